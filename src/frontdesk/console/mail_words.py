"""What the pages of received mail say."""

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.support.tickets.contents import REASONS
from frontdesk.support.tickets.mail.incoming import details, effects, reviewing
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.models import IncomingMail, Verdict

TONES = {
    Verdict.OPENED: "good",
    Verdict.REPLY: "good",
    Verdict.REVIEW: "warn",
    Verdict.BOUNCE: "bad",
    Verdict.UNREADABLE: "bad",
    Verdict.TIMED_OUT: "bad",
    Verdict.TOO_LARGE: "bad",
    Verdict.BLOCKED: "",
}
LONGEST = 50_000  # characters of a text that a page shows


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
    """What a mail says, read anew for the page."""

    why: str
    read: Read
    files: Sequence[FileShown]

    @classmethod
    def of(cls, mail: IncomingMail) -> "Shown":
        """The content, and why the mail got its verdict."""
        read = reviewing.reread(mail)
        files = [
            FileShown(file.name, len(file.data), str(REASONS.get(refused, refused)))
            for file, refused in effects.judged_files(read)
        ]
        return cls(details.in_words(mail.detail), read, files)

    @property
    def text(self) -> str:
        """The writer's own words."""
        return self.read.text[:LONGEST]

    @property
    def quoted(self) -> str:
        """What was split off."""
        return self.read.quoted[:LONGEST]
