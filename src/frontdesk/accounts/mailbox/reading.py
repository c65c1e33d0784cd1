"""Reading the mails that the file adapter has left in the data folder. Codes lie there in clear, in the demo only."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

END = b"-" * 79
MOST = 200
NAME = re.compile(r"[\w-]+\.log")


@dataclass(frozen=True)
class Mail:
    """One mail as it left."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str


def newest() -> list[Mail]:
    """The newest mails first, at most MOST."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [_read(file) for file in files[:MOST]]


def find(name: str) -> Mail | None:
    """The mail in this file."""
    file = Path(settings.EMAIL_FILE_PATH) / name
    return _read(file) if NAME.fullmatch(name) and file.is_file() else None


def _read(file: Path) -> Mail:
    raw = file.read_bytes().partition(b"\n" + END)[0]
    mail = message_from_bytes(raw, policy=policy.default)
    return Mail(
        name=file.name,
        at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
