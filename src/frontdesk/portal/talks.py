"""A conversation as a customer or a guest sees it: whose turn it is, by when an answer comes, what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.core import clock
from frontdesk.support.tickets import files
from frontdesk.support.tickets.contents import REASONS
from frontdesk.support.tickets.conversations import turns, waking
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant
from frontdesk.support.tickets.reading import OURS
from frontdesk.support.tickets.selectors import public_messages

A_PAGE = 40  # messages at once
LONGEST_TEXT, LONGEST_QUOTE = 20_000, 2_000  # characters of a message that a page shows
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
    """A message with its files; long words and long quotes are cut, and can be read whole on a page of their own."""

    message: Message
    files: Sequence[ShownFile]
    whole: str  # the address of that page

    @property
    def is_theirs(self) -> bool:
        """Whether the customer's side wrote it."""
        return self.message.is_theirs

    @property
    def by(self) -> str:
        """Who said it, for lines of one author to stand together: nobody's name on the customer's side."""
        return "" if self.is_theirs else f"{self.message.kind} {self.message.author_name}"

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
        return str(getattr(self.message, "shown_html", ""))

    @property
    def text(self) -> str:
        """The words, or their beginning."""
        return str(getattr(self.message, "beginning", ""))[:LONGEST_TEXT]

    @property
    def quoted(self) -> str:
        """What it quotes, or the beginning of it."""
        return str(getattr(self.message, "quote", ""))[:LONGEST_QUOTE]

    @property
    def is_cut(self) -> bool:
        """Whether there is more of the words than is shown."""
        return not self.html and len(getattr(self.message, "beginning", "")) > LONGEST_TEXT

    @property
    def is_quote_cut(self) -> bool:
        """Whether there is more of the quote than is shown."""
        return len(getattr(self.message, "quote", "")) > LONGEST_QUOTE


@dataclass(frozen=True)
class Said:
    """A part of a conversation: its lines, whether there are earlier ones, and up to which message one has read it.

    `has_later`: there are more than these.
    """

    lines: Sequence[Line]
    has_earlier: bool
    upto: int
    has_later: bool = False

    @property
    def first(self) -> int:
        """The sequence of the first line; 0 without any."""
        return self.lines[0].message.sequence if self.lines else 0


@dataclass(frozen=True)
class Seat:
    """Somebody at a conversation: a customer in their account, or a guest by the secret of their link.

    `linked` is the conversation that a guest's link was made for, be it that it was merged into this one since.
    """

    conversation: Conversation
    participant: Participant
    secret: str = ""
    linked: UUID | None = None

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

    @property
    def again(self) -> str:
        """The form for whoever writes again once this is closed; the new conversation goes on with this one."""
        if not self.secret:
            return f"{reverse('contact:form')}?{urlencode({'continues': self.conversation.pk})}"
        asked = {"continues": self.linked or self.participant.conversation_id, "secret": self.secret}
        return f"{reverse('contact:form')}?{urlencode(asked)}"

    def latest(self, before: int = 0) -> Said:
        """What was said last, or last before a message."""
        rows = _shown(self.conversation)
        rows = rows.filter(sequence__lt=before) if before else rows
        found = list(rows.order_by("-sequence")[: A_PAGE + 1])
        lines = [self._line(message) for message in reversed(found[:A_PAGE])]
        # Something may have been said since the conversation was read.
        upto = max([self.conversation.last_sequence, *(message.sequence for message in found[:1])])
        return Said(lines, len(found) > A_PAGE, upto)

    def fresh(self, after: int) -> Said:
        """What was said next after a message."""
        found = list(_shown(self.conversation).filter(sequence__gt=after)[: A_PAGE + 1])
        shown = found[:A_PAGE]
        upto = shown[-1].sequence if shown else 0
        if len(found) <= A_PAGE:
            upto = max(upto, self.conversation.last_sequence)
        return Said([self._line(message) for message in shown], False, upto, len(found) > A_PAGE)

    def _line(self, message: Message) -> Line:
        files = [self._file(row) for row in message.attachments.all()]
        return Line(message, files, self._url("message", message.sequence))

    def _file(self, row: Attachment) -> ShownFile:
        return ShownFile(row, "" if row.refused else self.file_url(row))

    def file_url(self, row: Attachment) -> str:
        """Where this reader fetches a file."""
        return self._url("file", row.pk)

    def _url(self, page: str, *args: object) -> str:
        if self.secret:
            number = self.linked or self.participant.conversation_id
            return reverse(f"conversations:guest_{page}", args=[number, self.secret, *args])
        if page == "file":
            return reverse("file", args=args)
        return reverse(f"conversations:{page}", args=[self.conversation.pk, *args])


def _shown(conversation: Conversation) -> QuerySet[Message]:
    """What the customer sees, in order, no more of each message than a page shows."""
    rows = public_messages(conversation).defer("text", "html", "quoted")
    ours = Case(When(OURS, then=F("html")), default=Value(""), output_field=TextField())
    return rows.annotate(
        beginning=Left("text", LONGEST_TEXT + 1), quote=Left("quoted", LONGEST_QUOTE + 1), shown_html=ours
    )
