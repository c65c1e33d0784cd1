"""What managers set: levels, what they promise from a day on, and when people are there. Nothing dated is changed."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Calendar, CalendarVersion, Policy, ServiceLevel
from frontdesk.support.tickets.sla.sweeping import look_again_at_all


@dataclass(frozen=True)
class Minutes:
    """What is promised, in minutes of the calendar's hours; None promises nothing of the kind."""

    first: int | None
    next: int | None
    solve: int | None


@transaction.atomic
def save_level(*, actor: Actor, level: ServiceLevel) -> ServiceLevel:
    """Make a level, or change its name, its rank, and whether it is for everybody else; only one is.

    Raises ValueError for taking that from the level that is: it goes over to another, or guests are promised nothing.
    """
    others = list(ServiceLevel.objects.select_for_update().order_by("pk"))
    if not level.is_default and any(each.pk == level.pk and each.is_default for each in others):
        raise ValueError("some level is for everybody else: name another one")
    if level.is_default:
        ServiceLevel.objects.exclude(pk=level.pk).filter(is_default=True).update(is_default=False)
    level.save()
    _note(actor, "level.saved", "service_level", level.pk, {"slug": level.slug, "rank": level.rank})
    return level


@transaction.atomic
def promise(
    *, actor: Actor, level: ServiceLevel, calendar: Calendar, minutes: Minutes, since: datetime | None = None
) -> Policy:
    """From a moment on (now, if none is named) the level promises this; what runs keeps what it was promised.

    Raises ValueError for a moment that has passed: who was promised something keeps it.
    """
    since = _not_past(since)
    made, _new = Policy.objects.update_or_create(
        level=level,
        since=since,
        defaults={
            "calendar": calendar,
            "first_minutes": minutes.first,
            "next_minutes": minutes.next,
            "solve_minutes": minutes.solve,
        },
    )
    data = {"level": level.slug, "calendar": calendar.slug, "since": since.isoformat(), **asdict(minutes)}
    _note(actor, "level.promised", "service_level", level.pk, data)
    return made


@transaction.atomic
def create_calendar(*, actor: Actor, slug: str, name: str) -> Calendar:
    """A calendar; it opens with its first hours."""
    made = Calendar.objects.create(slug=slug, name=name)
    _note(actor, "calendar.created", "calendar", made.pk, {"slug": slug})
    return made


@transaction.atomic
def set_hours(
    *,
    actor: Actor,
    calendar: Calendar,
    time_zone: str,
    hours: dict[str, list[list[str]]],
    holidays: list[str],
    since: datetime | None = None,
) -> CalendarVersion:
    """From a moment on (now, if none is named) the calendar has these hours; everything that runs is reckoned anew.

    Raises ValueError for a moment that has passed.
    """
    since = _not_past(since)
    made, _new = CalendarVersion.objects.update_or_create(
        calendar=calendar, since=since, defaults={"time_zone": time_zone, "hours": hours, "holidays": holidays}
    )
    data = {"calendar": calendar.slug, "since": since.isoformat(), "hours": hours, "holidays": holidays}
    _note(actor, "calendar.hours_set", "calendar", calendar.pk, data)
    look_again_at_all()
    return made


def _not_past(since: datetime | None) -> datetime:
    now = clock.now()
    if since is not None and since < now:
        raise ValueError("what was promised stays promised")
    return since or now


def _note(actor: Actor, action: str, kind: str, subject: UUID, data: dict[str, Any]) -> None:
    audit.record(actor=actor, action=action, subject_type=kind, subject=subject, data=data)
