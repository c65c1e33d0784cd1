"""The conversations that a filter means, for one agent at one moment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.inbox.filters import ME, NOBODY, Filter
from frontdesk.support.tickets.inbox.searching import search
from frontdesk.support.tickets.models import NOBODYS, Conversation, Mention, Reminder, Team

Status = Conversation.Status
LIVE = (Status.OPEN, Status.WAITING)
SOON = timedelta(hours=2)
Rows = QuerySet[Conversation]


def awake(now: datetime) -> Q:
    """Not put off."""
    return Q(snoozed_until=None) | Q(snoozed_until__lte=now)


def teams_of(agent: Person) -> QuerySet[Team]:
    """The teams that somebody is on."""
    return Team.objects.filter(agents__person=agent)


def mentions_of(agent: Person) -> QuerySet[Mention]:
    """The notes that name somebody."""
    return Mention.objects.filter(person=agent)


def reminders_of(agent: Person, now: datetime) -> QuerySet[Reminder]:
    """What somebody wanted to be reminded of by now."""
    return Reminder.objects.filter(person=agent, done_at=None, due_at__lte=now)


def in_view(view: str, agent: Person, now: datetime) -> Q:
    """What belongs to a view."""
    conditions: dict[str, Callable[[], Q]] = {
        "mine": lambda: Q(assignee=agent, status=Status.OPEN) & awake(now),
        "unassigned": lambda: NOBODYS & Q(status=Status.OPEN) & awake(now),
        "teams": lambda: Q(team__in=teams_of(agent), status=Status.OPEN) & awake(now),
        "waiting": lambda: Q(status=Status.WAITING) & awake(now),
        "snoozed": lambda: Q(status__in=LIVE, snoozed_until__gt=now),
        "mentions": lambda: Q(Exists(mentions_of(agent).filter(message__conversation=OuterRef("pk")))),
        "reminders": lambda: Q(Exists(reminders_of(agent, now).filter(conversation=OuterRef("pk")))),
        "due": lambda: Q(status__in=LIVE, due_at__lte=now + SOON),
        "solved": lambda: Q(status__in=(Status.SOLVED, Status.CLOSED)),
        "spam": lambda: Q(status=Status.SPAM),
        "all": lambda: ~Q(status__in=(Status.SPAM, Status.MERGED)),
    }
    return conditions[view]()


def select(wanted: Filter, *, agent: Person, now: datetime) -> Rows:
    """The conversations of a filter, in no order yet."""
    if wanted.view == "all" and wanted.status:
        rows = Conversation.objects.all()
    else:
        rows = Conversation.objects.filter(in_view(wanted.view, agent, now))
    rows = rows.filter(*_narrowing(wanted, agent, now))
    return search(rows, wanted.q) if wanted.q else rows


def _narrowing(wanted: Filter, agent: Person, now: datetime) -> list[Q]:
    lists = {
        "status__in": wanted.status,
        "team__slug__in": wanted.team,
        "area__slug__in": wanted.area,
        "product__slug__in": wanted.product,
        "channel__in": wanted.channel,
        "priority__in": wanted.priority,
        "language__in": wanted.language,
        "tags__contains": wanted.tag,
        "plan_name__icontains": wanted.plan,
        "reason_code": wanted.reason,
    }
    conditions = [
        Q(**{name: list(value) if isinstance(value, tuple) else value}) for name, value in lists.items() if value
    ]
    return [*conditions, *_assigned(wanted.assignee, agent), *_due(wanted.due, now)]


def _assigned(who: str, agent: Person) -> list[Q]:
    if not who:
        return []
    if who == NOBODY:
        return [NOBODYS]
    return [Q(assignee=agent if who == ME else UUID(who))]


def _due(due: str, now: datetime) -> list[Q]:
    if not due:
        return []
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    until = {"overdue": now, "hour": now + timedelta(hours=1), "today": midnight}[due]
    return [Q(due_at__lt=until, status__in=LIVE)]
