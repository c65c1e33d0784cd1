"""Reading the mails and SMS that the file adapters have left in the data folder, codes in clear: demo only."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

END = b"-" * 79
MOST = 200
NAME = re.compile(r"[\w-]+\.(log|sms)")


@dataclass(frozen=True)
class Mail:
    """One mail or SMS as it left; an SMS has neither subject nor HTML."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    message_id: str = ""


def newest() -> list[Mail]:
    """The newest first, at most MOST."""
    files = [*Path(settings.EMAIL_FILE_PATH).glob("*.log"), *Path(settings.SMS_FOLDER).glob("*.sms")]
    files.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    return [_read(file) for file in files[:MOST]]


def find(name: str) -> Mail | None:
    """The mail or SMS in this file."""
    file = Path(settings.SMS_FOLDER if name.endswith(".sms") else settings.EMAIL_FILE_PATH) / name
    return _read(file) if NAME.fullmatch(name) and file.is_file() else None


def _read(file: Path) -> Mail:
    at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    if file.suffix == ".sms":
        kept = json.loads(file.read_text())
        return Mail(name=file.name, at=at, to=kept["to"], subject="", text=kept["text"], html="")
    raw = file.read_bytes().partition(b"\n" + END)[0]
    mail = message_from_bytes(raw, policy=policy.default)
    return Mail(
        name=file.name,
        at=at,
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        reply_to=str(mail["Reply-To"] or mail["From"] or ""),
        message_id=str(mail["Message-ID"] or ""),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
