"""Where a chat stands in the queue, how long that may take, and whether a chat is offered at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from django.db.models import F

from frontdesk.core import clock
from frontdesk.support.chat import settings
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Area, ServiceLevel, Team
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.sla.hours import next_opening
from frontdesk.support.tickets.sla.loading import load_book

RECKONED_WITH = 20  # the last waits
NOT_OLDER = timedelta(days=7)


@dataclass(frozen=True)
class Place:
    """How many wait before this chat, and how many minutes that may take; None when there is nothing to reckon by, or
    it has taken longer already."""

    ahead: int
    minutes: int | None


@dataclass(frozen=True)
class Offer:
    """Whether a chat can be begun now. `is_offered`: the vendor chats at all; `agents`: how many are there for it;
    `opens_at`: the next opening while it is out of hours; `minutes`: the wait that a new chat can expect."""

    is_open: bool
    agents: int
    opens_at: datetime | None
    minutes: int | None
    is_offered: bool = True


def place(chat: Chat) -> Place:
    """Where a waiting chat stands among those of its team."""
    team = chat.conversation.team_id
    ahead = Chat.objects.filter(state=Chat.State.WAITING, conversation__team=team, began_at__lt=chat.began_at).count()
    minutes = _minutes(chat.conversation.team, ahead)
    is_past = minutes is not None and clock.now() - chat.began_at > timedelta(minutes=minutes)
    return Place(ahead, None if is_past else minutes)


def offer(area: Area | None = None) -> Offer:
    """Whether a chat about this (about anything, when None) can be begun now: it is offered, within the hours of the
    service level that is for everybody, and somebody is there who takes new ones."""
    team = area.team if area else None
    if not settings.current().is_open:
        return Offer(is_open=False, agents=0, opens_at=None, minutes=None, is_offered=False)
    opens_at = _opens_at()
    if opens_at is None or opens_at > clock.now():
        return Offer(is_open=False, agents=0, opens_at=opens_at, minutes=None)
    agents = there(team)
    ahead = Chat.objects.filter(state=Chat.State.WAITING, conversation__team=team).count()
    return Offer(is_open=agents > 0, agents=agents, opens_at=None, minutes=_minutes(team, ahead) if agents else None)


def there(team: Team | None) -> int:
    """How many agents of the team (of all, when None) are there and take new ones."""
    rows = giving.online()
    return (rows.filter(teams=team) if team else rows).count()


def _opens_at() -> datetime | None:
    """Now when it is open; who promised no hours is always open. None when it never opens."""
    now, level = clock.now(), ServiceLevel.objects.filter(is_default=True).first()
    book = load_book()
    hours = book.hours(book.promise(str(level.pk), now)) if level else ()
    return next_opening(now, hours) if hours else now


def _minutes(team: Team | None, ahead: int) -> int | None:
    """The median of the last waits, once for each round that the free agents need until it is this one's turn."""
    since = clock.now() - NOT_OLDER
    answered = Chat.objects.filter(conversation__team=team, answered_at__isnull=False, began_at__gte=since)
    waits = answered.order_by("-began_at").values_list(F("answered_at") - F("began_at"), flat=True)[:RECKONED_WITH]
    seconds = [wait.total_seconds() for wait in waits]
    if not seconds:
        return None
    rounds = ceil((ahead + 1) / max(_free(team), 1))
    minutes: int = ceil(median(seconds) * rounds / 60)
    return max(1, minutes)


def _free(team: Team | None) -> int:
    """How many agents could take one more."""
    rows = giving.online()
    capacities = dict((rows.filter(teams=team) if team else rows).values_list("pk", "capacity"))
    loads = giving.load_of(list(capacities))
    return sum(loads.get(person, 0.0) + 1 <= capacity for person, capacity in capacities.items())
