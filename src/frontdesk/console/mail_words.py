"""What the pages of received mail say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontdesk.support.tickets.contents import REASONS
from frontdesk.support.tickets.mail.incoming import details
from frontdesk.support.tickets.models import IncomingMail, RawMail, Verdict

TONES = {
    Verdict.OPENED: "good",
    Verdict.REPLY: "good",
    Verdict.POSTED: "good",
    Verdict.REVIEW: "warn",
    Verdict.BOUNCE: "bad",
    Verdict.UNREADABLE: "bad",
    Verdict.TIMED_OUT: "bad",
    Verdict.TOO_LARGE: "bad",
    Verdict.BLOCKED: "",
}


def tone_of(mail: IncomingMail) -> str:
    """How good its verdict is."""
    return TONES.get(Verdict(mail.verdict), "") if mail.verdict else "info"


@dataclass(frozen=True)
class FileShown:
    """A file of a mail that is in no conversation yet: only named."""

    name: str
    size: int
    refused: str


@dataclass(frozen=True)
class Shown:
    """What a mail says, as it was read when it came. `was_read`: whether it was, and nobody has deleted it since."""

    why: str
    text: str
    quoted: str
    files: Sequence[FileShown]
    missing: Sequence[str]
    was_read: bool

    @classmethod
    def of(cls, mail: IncomingMail) -> "Shown":
        """The content, why the mail got its verdict, and what of it could not be read."""
        row: dict[str, Any] = dict(RawMail.objects.filter(mail=mail).values("text", "quoted", "files").first() or {})
        files = [
            FileShown(each["name"], each["size"], str(REASONS.get(each["refused"], each["refused"])))
            for each in row.get("files") or ()
        ]
        return cls(
            details.in_words(mail.detail),
            row.get("text") or "",
            row.get("quoted") or "",
            files,
            details.reported(mail.reports),
            row.get("text") is not None,
        )
