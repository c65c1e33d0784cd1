"""Decisions about what members say of themselves: their name, their handle, their About."""

from collections.abc import Collection

from django.db import transaction

from frontdesk.support.forum import cleared, rights
from frontdesk.support.forum.models import FormerHandle, Member
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.moderating.people import locked
from frontdesk.support.forum.order_errors import NotAllowed
from frontdesk.support.forum.order_phrases import PROFILE_RULES, TEAMS_PROFILE


@transaction.atomic
def clear_profile(
    *, by: Member, member: Member, reason: str, parts: Collection[str], rule: str = "other", seen: str | None = None
) -> bool:
    """Take these `parts` (of `cleared.PARTS`) of a profile away; False when nothing stands there.

    A neutral name or handle takes the place; the member is told which `rule` (a key of PROFILE_RULES) it breaks, and
    may choose another, only not the same again. What it was stays with the decision, for `restore_profile`. Raises
    NotAllowed, ReasonMissing, DecidedMeanwhile; ValueError for an unknown part or rule.
    """
    if rule not in PROFILE_RULES or not set(parts) <= set(cleared.PARTS):
        raise ValueError(f"no rule or no parts: {rule} {parts}")
    current, why = locked(by, "clear", member, reason, seen)
    if rights.is_staff(current):
        raise NotAllowed(why=str(TEAMS_PROFILE))
    gone = {part: getattr(current, part) for part in cleared.PARTS if part in parts and getattr(current, part)}
    if not gone:
        return False
    made = _put_neutral(current, gone)
    data = {**gone, "made": made, "parts": " ".join(gone), "rule": rule}
    deciding.decide(by, cleared.CLEARED, why, About(member=current, data=data), tell=current)
    return True


def _put_neutral(member: Member, gone: Collection[str]) -> dict[str, str]:
    """Returns what stands there now."""
    made: dict[str, str] = {}
    if "name" in gone:
        made["name"] = cleared.neutral_name()
    if "handle" in gone:
        made["handle"] = cleared.neutral_handle()
        _rename(member, made["handle"])
    if "about" in gone:
        made["about"] = ""
    for part, value in made.items():
        setattr(member, part, value)
    member.save(update_fields=list(made))
    return made


@transaction.atomic
def restore_profile(*, by: Member, member: Member, reason: str, seen: str | None = None) -> bool:
    """Give back what the last clearing took, where the member has chosen nothing else since; they may choose it again
    in any case. False when nothing was cleared. Leaders take back only what leaders did."""
    current, why = locked(by, "clear", member, reason, seen)
    last = cleared.last_of(current)
    if last is None:
        return False
    deciding.require_not_the_teams(by, cleared.CLEARED, current)
    made = last.data.get("made", {})
    back = [part for part in cleared.PARTS if part in made and getattr(current, part) == made[part]]
    for part in back:
        if part == "handle":
            _rename(current, str(last.data[part]))
        setattr(current, part, last.data[part])
    current.save(update_fields=back)
    data = {"of": str(last.pk), "parts": " ".join(back)}
    deciding.decide(by, cleared.RESTORED, why, About(member=current, data=data), tell=current)
    return True


def _rename(member: Member, handle: str) -> None:
    """Addresses with the handle until now still lead to the member, and nobody else takes it."""
    FormerHandle.objects.get_or_create(handle=member.handle, defaults={"member": member})
    FormerHandle.objects.filter(handle=handle, member=member).delete()
