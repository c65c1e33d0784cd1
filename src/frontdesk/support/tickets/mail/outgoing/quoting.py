"""What a mail quotes below its own words: the message that it answers, no more."""

from dataclasses import dataclass
from datetime import datetime

from frontdesk.support.tickets.models import Message

MOST_LINES, MOST_SIGNS = 40, 3_000


@dataclass(frozen=True)
class Quote:
    """Somebody's words, shortened; `lines` are for the text part, `text` for the other."""

    name: str
    at: datetime
    text: str
    is_shortened: bool

    @property
    def lines(self) -> list[str]:
        """The words line by line."""
        return self.text.split("\n")


def before(message: Message) -> Quote | None:
    """What the other side said last before this message, for its mail."""
    found = found_before(message)
    return of(found) if found else None


def found_before(message: Message) -> Message | None:
    """The message that a mail of this one quotes; notes and events are nobody's to quote."""
    sides = {str(Message.Kind.CUSTOMER), str(Message.Kind.AGENT)} - {message.kind}
    earlier = Message.objects.filter(conversation=message.conversation_id, sequence__lt=message.sequence)
    return earlier.filter(kind__in=sides, redacted_at=None).order_by("-sequence").first()


def of(message: Message) -> Quote:
    """The words of a message, as they are quoted."""
    lines = message.text.strip().split("\n")
    text = "\n".join(line.rstrip() for line in lines[:MOST_LINES])[:MOST_SIGNS].rstrip()
    name = message.author_name or message.author_address
    return Quote(name, message.created_at, text, len(lines) > MOST_LINES or len(message.text.strip()) > MOST_SIGNS)
