"""What the desk shows of chats: the strip above the inbox, who waits, and how a chat stands beside its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db.models import Case, CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, When
from django.db.models.functions import Coalesce, Left
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.chat import presence
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Channel, Conversation, Message, Participant

MOST = 50  # of each list; whoever waits behind them is counted
WORDS = 120
Rows = QuerySet[Chat]


@dataclass(frozen=True)
class Row:
    """A chat as lists show it: whose it is, how it last went on, and how many messages its agent has not read."""

    chat: Chat
    who: str
    words: str
    unread: int
    last: int  # the sequence of the customer's last message
    since: datetime  # since when they wait: for an agent, or for the answer to the first that is unread

    @property
    def conversation(self) -> Conversation:
        """What is said in it."""
        return self.chat.conversation

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has taken it yet."""
        return self.chat.state == Chat.State.WAITING

    @property
    def waits(self) -> str:
        """For how long they have."""
        return gettext("has waited %(time)s") % {"time": short(clock.now() - self.since)}

    @property
    def is_new(self) -> bool:
        """Whether its agent has something to read, or has not answered at all."""
        return self.unread > 0 or self.chat.answered_at is None

    @property
    def news(self) -> str:
        """What changes when something new is to be told about it."""
        return f"{self.chat.pk}:{self.last}:{self.chat.conversation.assignee_id or ''}"

    @property
    def offered_to(self) -> Person | None:
        """Who is to take it, while it waits."""
        return self.chat.conversation.assignee


@dataclass(frozen=True)
class Strip:
    """The agent's own chats, those with something new in front, and those that wait: the ones offered to them first."""

    mine: Sequence[Row]
    waiting: Sequence[Row]
    now: datetime

    @property
    def next(self) -> Row | None:
        """The chat that the key leads to."""
        return self.mine[0] if self.mine else None

    @property
    def count(self) -> int:
        """How many want something: for the page's title."""
        return sum(each.is_new for each in self.mine) + len(self.waiting)


def strip_of(agent: Person) -> Strip:
    """What is on for this agent; one query. However many wait, theirs stay, then those offered to them."""
    place = Case(When(agent=agent, then=0), When(conversation__assignee=agent, then=1), default=2)
    found = rows_of(on().filter(Q(state=Chat.State.WAITING) | Q(agent=agent)).order_by(place, "began_at", "pk")[:MOST])
    mine = sorted((each for each in found if not each.is_waiting), key=lambda each: (not each.is_new, each.since))
    waiting = sorted((each for each in found if each.is_waiting), key=lambda each: each.offered_to != agent)
    return Strip(mine, waiting, clock.now())


def everything() -> tuple[list[Row], list[Row]]:
    """Who waits, the longest first, and what is talked in; one query."""
    found = rows_of(on().order_by("began_at", "pk")[: 2 * MOST])
    return [each for each in found if each.is_waiting], [each for each in found if not each.is_waiting]


def on() -> Rows:
    """Chats that wait or are talked in."""
    return Chat.objects.filter(state__in=[Chat.State.WAITING, Chat.State.ACTIVE])


def rows_of(chats: Rows) -> list[Row]:
    """Chats as rows; one query."""
    said = Message.objects.filter(conversation=OuterRef("pk"), kind=Message.Kind.CUSTOMER).order_by()
    unread = said.filter(sequence__gt=OuterRef("agent_read_sequence"))
    requester = Participant.objects.filter(conversation=OuterRef("pk"), role=Participant.Role.REQUESTER).order_by("pk")
    number = unread.values("conversation").annotate(number=Count("pk")).values("number")
    found = chats.select_related(
        "agent", "conversation__person", "conversation__assignee", "conversation__area"
    ).annotate(
        who=Coalesce(Subquery(requester.values("name")[:1]), "conversation__subject", output_field=CharField()),
        address=Subquery(requester.values("address")[:1]),
        words=Subquery(said.order_by("-sequence").values(start=Left("text", WORDS))[:1], output_field=TextField()),
        last=Coalesce(Subquery(said.order_by("-sequence").values("sequence")[:1]), 0, output_field=IntegerField()),
        unread=Coalesce(Subquery(number, output_field=IntegerField()), 0),
        waits_since=Coalesce(Subquery(unread.order_by("sequence").values("created_at")[:1]), F("began_at")),
    )
    return [_row(each) for each in found]


def _row(chat: Chat) -> Row:
    known, person = vars(chat), chat.conversation.person
    who = (person.name if person else "") or known["who"] or known["address"] or (person.email if person else "")
    words = " ".join((known["words"] or chat.conversation.subject).split())
    since = chat.began_at if chat.state == Chat.State.WAITING else known["waits_since"]
    return Row(chat, who or "", words, known["unread"], known["last"], since)


@dataclass(frozen=True)
class Beside:
    """How the chat of a conversation stands, for the agent who looks at it. `seen`: up to which message the customer
    has read."""

    chat: Chat
    agent: Person
    who: str
    seen: int
    now: datetime
    real_now: datetime

    @property
    def is_mine(self) -> bool:
        """Whether this agent has it."""
        return self.chat.state == Chat.State.ACTIVE and self.chat.agent_id == self.agent.pk

    @property
    def offered_to(self) -> Person | None:
        """Which colleague is to take it, while it waits."""
        is_waiting = self.chat.state == Chat.State.WAITING
        return self.chat.conversation.assignee if is_waiting else None

    @property
    def is_here(self) -> bool:
        """Whether the customer has the chat open."""
        return presence.is_here(self.chat, self.real_now)

    @property
    def away_since(self) -> datetime | None:
        """When they were last there; None for one who is, or never was."""
        return None if self.is_here else self.chat.customer_here_until

    @property
    def waited(self) -> str:
        """How long they waited for the first answer, in words; empty while they still do."""
        return short(self.chat.answered_at - self.chat.began_at) if self.chat.answered_at else ""

    @property
    def page(self) -> str:
        """The page on which it was begun, short: its path, and its host where it is another site of the vendor's."""
        host = urlsplit(self.chat.site).netloc
        return f"{host}{urlsplit(self.chat.page).path}" or self.chat.page

    @property
    def page_url(self) -> str:
        """Where that is; empty for what is no address of ours or of the vendor's."""
        site, page = self.chat.site, self.chat.page
        address = f"{site}{page}" if page.startswith("/") else page
        hosts = {urlsplit(site).netloc} if site else None
        is_there = (address == site or address.startswith(f"{site}/")) and url_has_allowed_host_and_scheme(
            address, hosts
        )
        return address if is_there else ""

    @property
    def mode(self) -> str:
        """What the page is made for: when it is another, the page loads anew."""
        return f"{self.chat.state}:{self.chat.agent_id or self.chat.conversation.assignee_id or ''}"


def beside(conversation: Conversation, agent: Person) -> Beside | None:
    """The chat of a conversation; None where there is none."""
    rows = Chat.objects.select_related("agent")
    chat = rows.filter(pk=conversation.pk).first() if conversation.channel == Channel.CHAT else None
    if chat is None:
        return None
    chat.conversation = conversation
    requester = Participant.objects.filter(conversation=conversation, role=Participant.Role.REQUESTER).first()
    who = conversation.person.name if conversation.person else ""
    who = who or (requester.name or requester.address if requester else "")
    seen = requester.last_read_sequence if requester else 0
    return Beside(chat, agent, who, seen, clock.now(), clock.real_now())


def short(span: timedelta) -> str:
    """A length of time in one or two units, down to seconds."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 60:
        return gettext("%(n)s s") % {"n": seconds}
    minutes, left = divmod(seconds, 60)
    if minutes < 10 and left:
        return gettext("%(n)s min %(s)s s") % {"n": minutes, "s": left}
    if minutes < 120:
        return gettext("%(n)s min") % {"n": minutes}
    return gettext("%(n)s h") % {"n": round(minutes / 60)}
