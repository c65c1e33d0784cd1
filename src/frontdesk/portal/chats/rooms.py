"""A chat as the customer sees it: what was said, who answers, how long it takes, and what happens at its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from frontdesk.portal.chats import passes
from frontdesk.portal.chats.askers import Asker
from frontdesk.portal.talks import Line, Said, Seat
from frontdesk.support.chat import presence, queue, selectors
from frontdesk.support.chat.models import Chat
from frontdesk.support.chat.queue import Place
from frontdesk.support.tickets import files
from frontdesk.support.tickets.models import Attachment, Participant, Survey

BENEATH = frozenset(
    ("page", "piece", "say", "news", "earlier", "here", "left", "upload", "end", "transcript", "by_mail", "survey")
)
FOLLOWS = timedelta(minutes=5)  # lines of one author within it stand together


@dataclass(frozen=True, kw_only=True)
class ChatSeat(Seat):
    """The seat in a chat: long messages and files have addresses beneath the chat's own, wherever it lives on."""

    chat: UUID
    is_boxed: bool = False

    def _url(self, page: str, *args: object) -> str:
        return reverse(f"chat:{'room' if page == 'conversation' else page}", args=[self.chat, *args])

    def file_url(self, row: Attachment) -> str:
        """A file in a frame is fetched without our header: its address is signed, for as long as its chat may be."""
        return files.signed_url(row, passes.LASTS) if self.is_boxed else self._url("file", row.pk)


@dataclass(frozen=True)
class Heard:
    """A part of what was said, as groups of one author's lines."""

    said: Said

    @property
    def grouped(self) -> Iterator[tuple[Line, bool]]:
        """Each line, and whether it follows another of the same author's."""
        before: Line | None = None
        for line in self.said.lines:
            yield line, before is not None and _follows(before, line)
            before = line

    @property
    def upto(self) -> int:
        """The last sequence that was looked at."""
        return self.said.upto

    @property
    def has_earlier(self) -> bool:
        """Whether there is more before."""
        return self.said.has_earlier

    @property
    def first(self) -> int:
        """The sequence of the first line; 0 without any."""
        return self.said.first

    @property
    def has_later(self) -> bool:
        """Whether there is more behind."""
        return self.said.has_later


def _follows(before: Line, line: Line) -> bool:
    close = line.message.created_at - before.message.created_at < FOLLOWS
    return close and before.by == line.by


class Room:
    """A chat with the place of who asks in it."""

    def __init__(self, chat: Chat, asker: Asker, participant: Participant) -> None:
        self.chat, self.asker, self.participant = chat, asker, participant
        self.conversation = participant.conversation  # where it lives on, should it have been merged
        self.seat = ChatSeat(self.conversation, participant, chat=chat.pk, is_boxed=asker.is_boxed)

    def latest(self, before: int = 0) -> Heard:
        """What was said last, or last before a message."""
        return Heard(self.seat.latest(before))

    def fresh(self, after: int) -> Heard:
        """What was said after a message."""
        return Heard(self.seat.fresh(after))

    @property
    def number(self) -> str:
        """The chat's own."""
        return str(self.chat.pk)

    @property
    def is_on(self) -> bool:
        """Whether it goes on here."""
        return self.chat.is_on

    @property
    def stage(self) -> str:
        """What the page is for: to talk, to look back, or to learn that it goes on by mail."""
        if self.is_on:
            return "on"
        return "mail" if self.goes_on else "over"

    @property
    def goes_on(self) -> bool:
        """Whether it goes on by mail."""
        return self.chat.state == Chat.State.TICKET

    @property
    def words(self) -> str:
        """What became of it."""
        if self.goes_on:
            return _("This goes on by mail")
        if self.chat.ended_by == Chat.By.SILENCE:
            return _("This chat has ended, since nobody wrote any more")
        return _("This chat has ended")

    @cached_property
    def place(self) -> Place:
        """The place in the queue."""
        return queue.place(self.chat)

    @property
    def agent_name(self) -> str:
        """Who answers; empty while nobody does."""
        agent = self.chat.agent
        return agent.shown_name if agent and self.chat.state != Chat.State.WAITING else ""

    @cached_property
    def agent_types(self) -> bool:
        """Whether they are writing just now."""
        return self.chat.state == Chat.State.ACTIVE and presence.is_typing(self.chat)

    @property
    def typing_words(self) -> str:
        """The same in words; empty while nobody is."""
        return _("%(name)s is typing") % {"name": self.agent_name} if self.agent_types else ""

    @property
    def read_by_us(self) -> int:
        """Up to where our side has read."""
        return self.chat.agent_read_sequence

    @cached_property
    def survey_row(self) -> Survey | None:
        """The question how it was, once it is asked."""
        return None if self.is_on else self.conversation.surveys.order_by("-asked_at").first()

    @property
    def asks(self) -> bool:
        """Whether they may say how it was: not while it is not over."""
        return not self.goes_on and self.survey_row is not None and self.survey_row.answered_at is None

    @property
    def is_rated(self) -> bool:
        """Whether they have."""
        return self.survey_row is not None and self.survey_row.answered_at is not None

    @property
    def topic(self) -> str:
        """What the page waits for."""
        return self.seat.topic

    @property
    def ticket(self) -> str:
        """Where tickets for it are asked for. The tab that asks may be another one, which knows no secret of a frame's:
        the address itself lets in, to nothing but wakes."""
        return reverse("chat:ticket", args=[passes.issue(self.chat.pk)])

    @property
    def in_account(self) -> str:
        """The conversation among the customer's own."""
        return reverse("conversations:conversation", args=[self.chat.pk]) if self.asker.person else ""

    def __getattr__(self, name: str) -> Any:
        """The addresses beneath the chat's own, by the names of `chat_urls`."""
        if name in BENEATH:
            return reverse(f"chat:{'room' if name == 'page' else name}", args=[self.chat.pk])
        raise AttributeError(name)


def enter(asker: Asker, number: UUID) -> Room:
    """The room of a chat that is theirs. Raises ChatUnknown."""
    chat = asker.access(number)
    return Room(chat, asker, selectors.writer(chat))
