"""Makers of service levels, calendars, rules and those who are there, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from frontdesk.accounts.models import Person
from frontdesk.core import clock, outbox
from frontdesk.support.tickets.models import (
    Agent,
    AgentSkill,
    Calendar,
    CalendarVersion,
    Message,
    Policy,
    Rule,
    ServiceLevel,
    Skill,
)
from frontdesk.support.tickets.rules import running

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ALWAYS = {str(weekday): [["00:00", "24:00"]] for weekday in range(7)}
NEVER: dict[str, list[list[str]]] = {}


def calendar(slug: str = "always", hours: Any = None, zone: str = "UTC", since: datetime = LONG_AGO) -> Calendar:
    """A calendar with one version: open day and night unless it is told otherwise."""
    made, _new = Calendar.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    CalendarVersion.objects.get_or_create(
        calendar=made, since=since, defaults={"time_zone": zone, "hours": ALWAYS if hours is None else hours}
    )
    return made


def level(
    slug: str = "standard", rank: int = 0, *, first: int | None = 60, default: bool = False, **values: Any
) -> ServiceLevel:
    """A level that promises a first response in so many minutes; `next`, `solve`, `calendar` if wanted."""
    made = ServiceLevel.objects.create(slug=slug, name=slug.title(), rank=rank, is_default=default)
    Policy.objects.create(
        level=made,
        since=LONG_AGO,
        calendar=values.get("calendar") or calendar(),
        first_minutes=first,
        next_minutes=values.get("next"),
        solve_minutes=values.get("solve"),
    )
    return made


def is_there(person: Person, *, capacity: int = 10, skills: dict[str, int] | None = None) -> Agent:
    """The agent's desk is open."""
    Agent.objects.filter(person=person).update(
        online_until=clock.real_now() + timedelta(hours=1), capacity=capacity, takes_new=True
    )
    made = Agent.objects.get(person=person)
    for slug, known in (skills or {}).items():
        skill, _new = Skill.objects.get_or_create(slug=slug, defaults={"name": slug})
        AgentSkill.objects.create(agent=made, skill=skill, level=known)
    return made


def rule(title: str = "A rule", trigger: str = Rule.Trigger.OPENED, **values: Any) -> Rule:
    """A rule that is on; it adds a tag unless it is told otherwise."""
    start: dict[str, Any] = {"actions": [{"do": "add_tag", "value": "seen"}], "is_on": True}
    return Rule.objects.create(title=title, trigger=trigger, changed_at=clock.now(), **(start | values))


def rules_look() -> int:
    """The worker delivers what woke rules; returns how many."""
    return outbox.deliver_due(topics=[running.TOPIC])


def lines(conversation: Any, what: str) -> QuerySet[Message]:
    """The conversation's lines about something."""
    return Message.objects.filter(conversation=conversation, kind=Message.Kind.EVENT, data__what=what)
