"""Raw mails as they come in, written down as bytes so that they may be as wrong as real ones."""

from itertools import count

from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import processing, storing
from frontdesk.support.tickets.models import Conversation, IncomingMail

NUMBERS = count(1)
AUTHSERV = "mx.halcyon.example"
PROVED = f"{AUTHSERV}; dmarc=pass header.from=example.org"
SUPPORT = "support@halcyon.example"


def letter(
    body: str | bytes = "My code does not work.\n", sender: str = "Ada <ada@example.org>", to: str = SUPPORT,
    subject: str = "My code", **headers: str | None,
) -> bytes:  # fmt: skip
    """A mail; `headers` are named with underscores, and None leaves one out."""
    lines: dict[str, str | None] = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Message-ID": f"<{next(NUMBERS)}.letter@example.org>",
        "Date": "Fri, 27 Nov 2026 10:00:00 +0000",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
    }
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return head.encode() + b"\r\n" + (body.encode() if isinstance(body, str) else body)


def multipart(*parts: bytes, kind: str = "mixed", **values: str | None) -> bytes:
    """A mail of several parts, each with its own headers."""
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return letter(body, **{"Content_Type": f'multipart/{kind}; boundary="edge"', **values})  # type: ignore[arg-type] # names of headers


def part(content: str | bytes, kind: str = "text/plain; charset=utf-8", **headers: str) -> bytes:
    """One part."""
    head = f"Content-Type: {kind}\r\n" + "".join(
        f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()
    )
    return head.encode() + b"\r\n" + (content.encode() if isinstance(content, str) else content)


def arrives(raw: bytes, *, envelope_from: str = "", envelope_to: str = "") -> IncomingMail:
    """A mail comes in and is processed."""
    return processing.process(
        storing.store(raw, source="test", envelope_from=envelope_from, envelope_to=envelope_to).pk
    )


def token_of(conversation: Conversation) -> str:
    """Where replies to it go."""
    return addresses.reply_address(conversation.reply_token)
