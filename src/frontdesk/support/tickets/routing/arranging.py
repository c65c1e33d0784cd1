"""What managers arrange: teams, skills, and the areas that lead to them.

Rules and macros know these by their short names, so that what one of them still names is not deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.db import transaction

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import slugs
from frontdesk.support.tickets.errors import StillNamed
from frontdesk.support.tickets.models import Area, CannedReply, Macro, Rule, Skill, Team
from frontdesk.support.tickets.sla.sweeping import look_again_at_all

TEAM, SKILL, AREA = "team", "skill", "area"
STEPS = {TEAM: {"team", "escalate"}, AREA: {"area"}}  # the steps that name one


@dataclass(frozen=True)
class Leading:
    """An area as its writer wants it: titles by language, the reasons that lead to it, and where it leads.

    `relax_minutes`: after so many without an agent who knows the skill at `least_level`, anybody may get it.
    """

    titles: Mapping[str, str]
    reason_codes: Sequence[str] = ()
    team: Team | None = None
    skill: Skill | None = None
    least_level: int = 1
    relax_minutes: int = 60
    position: int = 0


@transaction.atomic
def save_team(*, actor: Actor, name: str, team: Team | None = None) -> Team:
    """Make a team, or call it something else."""
    row = team or Team(slug=slugs.unused(Team, name))
    row.name = name
    row.save()
    _note(actor, "team.saved", TEAM, row.slug, {"name": name})
    return row


@transaction.atomic
def delete_team(*, actor: Actor, team: Team) -> None:
    """Delete it: its conversations are of no team then, its ready replies everybody's. Raises StillNamed."""
    _require_unnamed(TEAM, team.slug)
    CannedReply.objects.filter(team=team).update(team=None)
    _note(actor, "team.deleted", TEAM, team.slug, {"name": team.name})
    team.delete()


@transaction.atomic
def save_skill(*, actor: Actor, name: str, slug: str = "", skill: Skill | None = None) -> Skill:
    """Make a skill, or call it something else. `slug`: of a new one; a language's code makes it that language."""
    row = skill or Skill(slug=slug or slugs.unused(Skill, name))
    row.name = name
    row.save(force_insert=skill is None)
    _note(actor, "skill.saved", SKILL, row.slug, {"name": name})
    return row


@transaction.atomic
def delete_skill(*, actor: Actor, skill: Skill) -> None:
    """Delete it: nobody is asked for it any more."""
    _note(actor, "skill.deleted", SKILL, skill.slug, {"name": skill.name})
    skill.delete()
    look_again_at_all()


@transaction.atomic
def save_area(*, actor: Actor, writing: Leading, area: Area | None = None) -> Area:
    """Make an area, or change what leads to it and where it leads. Conversations that run stay where they are; who
    gets those that nobody has is chosen by what it says now."""
    title = next((text for text in writing.titles.values() if text), "")
    row = area or Area(slug=slugs.unused(Area, title))
    row.titles, row.reason_codes = dict(writing.titles), list(writing.reason_codes)
    row.team, row.skill, row.least_level = writing.team, writing.skill, writing.least_level
    row.relax_minutes, row.position = writing.relax_minutes, writing.position
    row.save()
    leads = {"team": row.team.slug if row.team else "", "skill": row.skill_id or "", "least_level": row.least_level}
    _note(actor, "area.saved", AREA, row.slug, {**leads, "relax_minutes": row.relax_minutes})
    look_again_at_all()
    return row


@transaction.atomic
def delete_area(*, actor: Actor, area: Area) -> None:
    """Delete it: its conversations are about nothing in particular then. Raises StillNamed."""
    _require_unnamed(AREA, area.slug)
    _note(actor, "area.deleted", AREA, area.slug, {})
    area.delete()
    look_again_at_all()


def named_by(kind: str, slug: str) -> list[str]:
    """The rules and macros that name a team or an area: they could not run without it."""
    rules = [
        rule.title
        for rule in Rule.objects.all()
        if _names(rule.actions, kind, slug)
        or any(each.get("field") == kind and each.get("value") == slug for each in rule.conditions)
    ]
    return [*rules, *(macro.title for macro in Macro.objects.all() if _names(macro.actions, kind, slug))]


def _names(steps: Sequence[Mapping[str, Any]], kind: str, slug: str) -> bool:
    return any(step.get("do") in STEPS[kind] and step.get("value") == slug for step in steps)


def _require_unnamed(kind: str, slug: str) -> None:
    if titles := named_by(kind, slug):
        raise StillNamed(where=", ".join(titles))


def _note(actor: Actor, action: str, kind: str, slug: str, data: dict[str, Any]) -> None:
    """Skills have no number, so that all are known in the audit by one made of their short name."""
    subject = uuid5(NAMESPACE_OID, f"{kind}:{slug}")
    audit.record(actor=actor, action=action, subject_type=kind, subject=subject, data={"slug": slug, **data})
