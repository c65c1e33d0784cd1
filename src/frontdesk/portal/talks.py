"""A conversation as a customer or a guest sees it: whose turn it is, by when an answer comes, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.core import clock
from frontdesk.support.tickets import files
from frontdesk.support.tickets.contents import REASONS
from frontdesk.support.tickets.conversations import turns, waking
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant
from frontdesk.support.tickets.selectors import public_messages

Status = Conversation.Status
_STATES: dict[str, tuple[str | Promise, str]] = {
    Status.OPEN: (_("We are on it"), "info"),
    Status.WAITING: (_("Your turn"), "warn"),
    Status.SOLVED: (_("Solved"), "good"),
    Status.SPAM: (_("Received"), ""),
}
_CLOSED: tuple[str | Promise, str] = (_("Closed"), "")


@dataclass(frozen=True)
class State:
    """A conversation's state in words, for lists and pages."""

    conversation: Conversation

    @property
    def words(self) -> str:
        """Whose turn it is."""
        return str(_CLOSED[0] if self.is_closed else _STATES[self.conversation.status][0])

    @property
    def tone(self) -> str:
        """How that is coloured."""
        return _CLOSED[1] if self.is_closed else _STATES[self.conversation.status][1]

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be added any more."""
        return self.conversation.status not in _STATES or turns.is_closed(self.conversation, clock.now())

    @property
    def is_solved(self) -> bool:
        """Whether it is solved, and can be reopened."""
        return self.conversation.status == Status.SOLVED and not self.is_closed

    @property
    def answer_by(self) -> datetime | None:
        """By when an answer was promised, while it is our turn."""
        if self.conversation.status != Status.OPEN:
            return None
        if self.conversation.first_answered_at is None:
            return self.conversation.first_due_at
        return self.conversation.next_due_at

    @property
    def is_late(self) -> bool:
        """Whether that moment has passed."""
        return self.answer_by is not None and self.answer_by < clock.now()


@dataclass(frozen=True)
class ShownFile:
    """A file of a message, with the address for this reader."""

    row: Attachment
    url: str

    @property
    def is_shown(self) -> bool:
        """Whether the page shows it as a picture."""
        return files.is_shown(self.row)

    @property
    def why(self) -> str:
        """Why there is no file; empty when there is one."""
        return str(REASONS.get(self.row.refused, REASONS["unknown_kind"])) if self.row.refused else ""


@dataclass(frozen=True)
class Line:
    """A message with its files."""

    message: Message
    files: Sequence[ShownFile]

    @property
    def is_theirs(self) -> bool:
        """Whether the customer's side wrote it."""
        return self.message.kind == Message.Kind.CUSTOMER

    @property
    def kind(self) -> str:
        """The bubble's: what customers write stands at the end of the line, as in every messenger."""
        return "ours" if self.is_theirs else "theirs"

    @property
    def is_automatic(self) -> bool:
        """Whether no human wrote it."""
        return self.message.kind == Message.Kind.AUTOMATIC

    @property
    def html(self) -> str:
        """What an agent wrote, as it was sanitised when it was sent; of customers only the text is shown."""
        return "" if self.is_theirs else self.message.html


@dataclass(frozen=True)
class Seat:
    """Somebody at a conversation: a customer in their account, or a guest by the secret of their link."""

    conversation: Conversation
    participant: Participant
    secret: str = ""

    @property
    def state(self) -> State:
        """How the conversation stands."""
        return State(self.conversation)

    @property
    def page(self) -> str:
        """The conversation's page."""
        return self._url("conversation")

    @property
    def news(self) -> str:
        """Where the page asks for what is new."""
        return self._url("news")

    @property
    def topic(self) -> str:
        """What the page waits for."""
        return str(waking.talk(self.conversation.pk))

    @property
    def ticket(self) -> str:
        """Where the page asks for tickets to wait for it."""
        return self._url("ticket")

    @property
    def solution(self) -> str:
        """Where it is said that it is solved."""
        return self._url("solution")

    @property
    def reopening(self) -> str:
        """Where it is said that it is not."""
        return self._url("reopening")

    def lines(self, after: int = 0) -> list[Line]:
        """What was said, from a message on."""
        said = public_messages(self.conversation).filter(sequence__gt=after)
        return [Line(message, [self._file(row) for row in message.attachments.all()]) for message in said]

    def _file(self, row: Attachment) -> ShownFile:
        return ShownFile(row, "" if row.refused else self._url("file", row.pk))

    def _url(self, page: str, *args: object) -> str:
        if self.secret:  # is of the conversation that the link was made for, be it that it was merged since
            number = self.participant.conversation_id
            return reverse(f"conversations:guest_{page}", args=[number, self.secret, *args])
        if page == "file":
            return reverse("file", args=args)
        return reverse(f"conversations:{page}", args=[self.conversation.pk, *args])
