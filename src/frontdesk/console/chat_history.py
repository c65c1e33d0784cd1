"""Chats that were, for managers: by outcome, agent, days and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.console.chats import Row, rows_of, short
from frontdesk.core import clock
from frontdesk.core.numbers import whole
from frontdesk.support.chat import reports
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Participant, Survey
from frontdesk.support.tickets.routing.states import State

Text = str | Promise
DAYS: dict[int, Text] = {1: _("Today"), 7: _("7 days"), 30: _("30 days"), 365: _("A year")}
OUTCOMES: dict[str, Text] = {
    "": _("Any"),
    "answered": _("Answered"),
    "unanswered": _("Nobody answered"),
    "ticket": _("Went on by mail"),
    "silence": _("Ended by silence"),
}
SCORES: dict[int, tuple[Text, str]] = {3: (_("good"), "good"), 2: (_("so-so"), "warn"), 1: (_("bad"), "bad")}


@dataclass(frozen=True)
class Wanted:
    """What is asked for."""

    days: int = 7
    outcome: str = ""
    agent: UUID | None = None
    q: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Wanted":
        """From an address; what means nothing counts as not asked for."""
        days = whole(given.get("days", ""), most=365) or 0
        outcome, text = given.get("outcome", ""), given.get("q", "").replace("\0", "").strip()[:100]
        try:
            agent = UUID(given.get("agent", ""))
        except ValueError:
            agent = None
        return cls(days if days in DAYS else 7, outcome if outcome in OUTCOMES else "", agent, text)

    @property
    def address(self) -> str:
        """As parameters of an address."""
        return urlencode({"days": self.days, "outcome": self.outcome, "agent": self.agent or "", "q": self.q})


@dataclass(frozen=True)
class Past:
    """A chat that was: how long they waited and talked, and how the customer found it."""

    row: Row
    waited: str
    lasted: str
    score: tuple[Text, str] | None


def found(wanted: Wanted) -> QuerySet[Chat]:
    """What it means, the latest first."""
    since = clock.now() - timedelta(days=wanted.days)
    rows = Chat.objects.filter(began_at__gte=since).order_by("-began_at", "pk")
    if wanted.agent:
        rows = rows.filter(Q(agent=wanted.agent) | Q(agent=None, conversation__assignee=wanted.agent))
    if wanted.outcome == "answered":
        rows = rows.filter(answered_at__isnull=False)
    elif wanted.outcome == "unanswered":
        rows = rows.filter(answered_at=None)
    elif wanted.outcome == "ticket":
        rows = rows.filter(state=Chat.State.TICKET)
    elif wanted.outcome == "silence":
        rows = rows.filter(ended_by=Chat.By.SILENCE)
    if not wanted.q:
        return rows
    people = Participant.objects.filter(Q(name__icontains=wanted.q) | Q(address__icontains=wanted.q))
    who = Q(conversation__in=people.values("conversation"))
    return rows.filter(who | Q(conversation__subject__icontains=wanted.q) | Q(conversation__reference__iexact=wanted.q))


def described(rows: QuerySet[Chat]) -> list[Past]:
    """A page of them; one query."""
    last = Survey.objects.filter(conversation=OuterRef("pk"), score__isnull=False).order_by("-answered_at")
    return [_past(each) for each in rows_of(rows.annotate(score=Subquery(last.values("score")[:1])))]


def _past(row: Row) -> Past:
    chat = row.chat
    over = chat.ended_at or clock.now()
    waited = short((chat.answered_at or over) - chat.began_at)
    lasted = short(over - chat.answered_at) if chat.answered_at else ""
    return Past(row, waited, lasted, SCORES.get(vars(chat)["score"]))


@dataclass(frozen=True)
class Today:
    """Today's numbers, since midnight where the vendor is; times are medians, in words, "–" for none."""

    begun: int
    answered: int
    by_mail: int
    waited: str
    lasted: str


def today() -> Today:
    """One query."""
    now = clock.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    total, _groups = reports.figures(midnight, now)
    return Today(total.begun, total.answered, total.tickets, _words(total.wait_median), _words(total.talk_median))


def _words(seconds: float | None) -> str:
    return "–" if seconds is None else short(timedelta(seconds=seconds))


def filters(wanted: Wanted, agents: Sequence[State]) -> list[tuple[str, Text, str, list[tuple[str, Text]]]]:
    """Each filter: name, label, value, what it offers."""
    people: list[tuple[str, Text]] = [(str(each.agent.pk), each.agent.person.shown_name) for each in agents]
    return [
        ("days", _("Span"), str(wanted.days), [(str(days), label) for days, label in DAYS.items()]),
        ("outcome", _("Outcome"), wanted.outcome, list(OUTCOMES.items())),
        ("agent", _("Agent"), str(wanted.agent or ""), [("", _("Any")), *people]),
    ]
