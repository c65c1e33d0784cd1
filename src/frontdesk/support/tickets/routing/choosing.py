"""The choice, pure: candidates in, the best and why out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

from django.utils.translation import gettext as _

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """An agent as the choice sees them. `load` counts live conversations, weighted; `knows` the skill asked for.

    `speaks`: they know the conversation's language, as far as languages are skills here.
    """

    person: UUID
    knows: int
    load: float
    capacity: int
    last_given_at: datetime | None
    speaks: bool = True


@dataclass(frozen=True)
class Choice:
    """Who, and why, in words for the event line ("billing ≥ 2, least loaded"). `person` None: nobody can now."""

    person: UUID | None
    why: str


def choose(
    candidates: Sequence[Candidate],
    *,
    skill: str,
    least_level: int,
    relaxed: bool,
    weight: float = 1.0,
    language: str = "",
) -> Choice:
    """The least loaded relative to capacity who knows enough; ties go to whoever waited longest.

    `weight` is what the conversation will add to the load: nobody is ever given more than their capacity. Whoever
    speaks the language goes first, but a language that nobody there speaks holds nothing up.
    """
    if not candidates:
        return Choice(None, _("nobody is there"))
    knowing = list(candidates) if relaxed or not skill else [each for each in candidates if each.knows >= least_level]
    asked = _asked(skill, least_level, relaxed=relaxed)
    if not knowing:
        return Choice(None, _("nobody there knows %(skill)s") % {"skill": asked})
    free = [each for each in knowing if each.load + weight <= each.capacity]
    if not free:
        return Choice(None, ", ".join(part for part in (asked, _("all have enough to do")) if part))
    speaking = [each for each in free if each.speaks] if language else []
    if speaking:
        asked = ", ".join(part for part in (asked, _("speaks %(language)s") % {"language": language}) if part)
    best = min(speaking or free, key=_order)
    why = _("least loaded") if len(free) > 1 else _("the only one who is free")
    return Choice(best.person, ", ".join(part for part in (asked, why) if part))


def _asked(skill: str, least_level: int, *, relaxed: bool) -> str:
    if not skill:
        return ""
    return _("%(skill)s no longer asked for") % {"skill": skill} if relaxed else f"{skill} ≥ {least_level}"


def _order(each: Candidate) -> tuple[Fraction, datetime, UUID]:
    share = Fraction(each.load).limit_denominator(1000) / max(each.capacity, 1)
    return share, each.last_given_at or LONG_AGO, each.person
