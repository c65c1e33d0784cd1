"""From rows to what the arithmetic takes: the book of promises and hours, and what happened to a conversation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from frontdesk.support.tickets.models import CalendarVersion, Conversation, Policy, StateChange
from frontdesk.support.tickets.sla.book import Book, Change, Promise
from frontdesk.support.tickets.sla.counting import OVER
from frontdesk.support.tickets.sla.hours import Hours

MIDNIGHT = "24:00"
TURNS = {"opened": True, "customer_wrote": True, "waiting": False, "resumed": True, "reopened": True}


def load_book() -> Book:
    """All promises and calendars, in two queries."""
    calendars: dict[str, list[Hours]] = defaultdict(list)
    for version in CalendarVersion.objects.order_by("since"):
        calendars[str(version.calendar_id)].append(hours_of(version))
    promises = [
        Promise(each.since, str(each.level_id), str(each.calendar_id), each.first_minutes, each.next_minutes,
                each.solve_minutes)
        for each in Policy.objects.order_by("since")
    ]  # fmt: skip
    return Book(promises, dict(calendars))


def hours_of(version: CalendarVersion) -> Hours:
    """A calendar's version for the arithmetic."""
    week = tuple(_spans(version.hours.get(str(weekday), [])) for weekday in range(7))
    holidays = frozenset(date.fromisoformat(each) for each in version.holidays)
    return Hours(version.since, ZoneInfo(version.time_zone), week, holidays)


def _spans(spans: Iterable[Sequence[str]]) -> tuple[tuple[time, time], ...]:
    return tuple((time.fromisoformat(begin), _end(end)) for begin, end in spans)


def _end(text: str) -> time:
    return time() if text == MIDNIGHT else time.fromisoformat(text)


def changes_of(conversation: Conversation) -> list[Change]:
    """What happened to it, in order of time; at the same moment in the order in which it was written."""
    rows = StateChange.objects.filter(conversation=conversation).order_by("at", "id")
    return [
        Change(at, kind, str(level) if level else "") for at, kind, level in rows.values_list("at", "kind", "level")
    ]


def waits_since(changes: Iterable[Change]) -> datetime | None:
    """Since when the customer waits for a person's answer; None when it is not our turn."""
    since: datetime | None = None
    is_ours = True
    for change in changes:
        is_ours = TURNS.get(change.kind, is_ours)
        if change.kind in {"opened", "customer_wrote"}:
            since = since or change.at
        elif change.kind == "answered" or change.kind in OVER:
            since = None
    return since if is_ours else None
