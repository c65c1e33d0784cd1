"""Halcyon's service: who answers what, when, and how soon.

Everything is found by its name first, so that a building that was cut off is taken up again.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Plan
from frontdesk.core.actors import Actor
from frontdesk.fulfilment.serving import set_plan_level
from frontdesk.project.demo.sources import read
from frontdesk.support.tickets.models import (
    Agent,
    AgentSkill,
    Area,
    Calendar,
    CalendarVersion,
    Policy,
    ServiceLevel,
    Skill,
    Team,
)

ACTOR = Actor.system("demo")
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)  # before anything that the demo tells of
Row = dict[str, Any]


@transaction.atomic
def build_service() -> None:
    """Make teams, areas, agents, hours and promises."""
    rows = read("support")
    for row in rows["teams"]:
        Team.objects.get_or_create(slug=row["slug"], defaults={"name": row["name"]})
    for row in rows["skills"]:
        Skill.objects.get_or_create(slug=row["slug"], defaults={"name": row["name"]})
    for position, row in enumerate(rows["areas"], 1):
        _build_area(row, position)
    for row in rows["agents"]:
        _build_agent(row)
    for row in rows["calendars"]:
        _build_calendar(row)
    for row in rows["levels"]:
        _build_level(row)


@transaction.atomic
def open_every_day() -> None:
    """A demo of before, whose promises kept office hours, follows the file as it is now; any other stays as it is."""
    for row in read("support")["calendars"]:
        CalendarVersion.objects.filter(calendar__slug=row["slug"], since=BEGINNING).update(time_zone=row["time_zone"])
    for row in read("support")["levels"]:
        old = Policy.objects.filter(level__slug=row["slug"], since=BEGINNING).exclude(calendar__slug=row["calendar"])
        old.update(**_promise(row))


def _build_area(row: Row, position: int) -> None:
    values = {name: row[name] for name in ("titles", "least_level", "relax_minutes") if name in row}
    Area.objects.get_or_create(
        slug=row["slug"],
        defaults={
            **values,
            "reason_codes": row["reasons"],
            "team": Team.objects.get(slug=row["team"]),
            "skill": Skill.objects.filter(slug=row.get("skill")).first(),
            "position": position,
        },
    )


def _build_agent(row: Row) -> None:
    person = Person.objects.get(email=row["email"])
    values = {"capacity": row["capacity"], "signature": row["signature"], "takes_new": row.get("takes_new", True)}
    agent, is_new = Agent.objects.get_or_create(person=person, defaults=values)
    if is_new:
        agent.teams.set(Team.objects.filter(slug__in=row["teams"]))
        for skill, level in row["skills"].items():
            AgentSkill.objects.create(agent=agent, skill_id=skill, level=level)


def _build_calendar(row: Row) -> None:
    calendar, is_new = Calendar.objects.get_or_create(slug=row["slug"], defaults={"name": row["name"]})
    if is_new:
        CalendarVersion.objects.create(
            calendar=calendar,
            since=BEGINNING,
            time_zone=row["time_zone"],
            hours={str(day): [span] if span else [] for day, span in enumerate(row["hours"])},
            holidays=[day.isoformat() for day in row["holidays"]],
        )


def _build_level(row: Row) -> None:
    values = {"name": row["name"], "rank": row["rank"], "is_default": row.get("is_default", False)}
    level, is_new = ServiceLevel.objects.get_or_create(slug=row["slug"], defaults=values)
    if is_new:
        Policy.objects.create(level=level, since=BEGINNING, **_promise(row))
    for plans in row.get("plans", []):
        product, _, beginning = plans.partition("/")
        for plan in Plan.objects.filter(product__slug=product, slug__startswith=beginning):
            set_plan_level(actor=ACTOR, plan=plan, level=level)


def _promise(row: Row) -> dict[str, Any]:
    return {
        "calendar": Calendar.objects.get(slug=row["calendar"]),
        "first_minutes": row["first"],
        "next_minutes": row["next"],
        "solve_minutes": row["solve"],
    }
