"""Decisions about what members say of themselves: their name, their handle, their About."""

from collections.abc import Collection

from django.db import transaction

from frontdesk.support.forum import cleared, rights
from frontdesk.support.forum.models import FormerHandle, Member
from frontdesk.support.forum.moderating import deciding, reports
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
    may choose another, only not the same again. Open reports of the profile were right. What it was stays with the
    decision, for `restore_profile`. Raises NotAllowed, ReasonMissing, DecidedMeanwhile; ValueError for an unknown part
    or rule.
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
    closed = reports.close_profile(current, was_right=True, why=why)
    flags = [str(each.pk) for each in closed]
    data = {**gone, "made": made, "parts": " ".join(gone), "rule": rule, "flags": flags}
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
    reports.take_back(last.data.get("flags", []))
    data = {"of": str(last.pk), "parts": " ".join(back)}
    deciding.decide(by, cleared.RESTORED, why, About(member=current, data=data), tell=current)
    return True


@transaction.atomic
def close_profile_reports(
    *, by: Member, member: Member, reason: str, were_right: bool | None, seen: str | None = None
) -> bool:
    """Close the open reports of a profile; False when none is open. Who made them hears the reason.

    `were_right`: they count for those who made them; False: against them; None: meant well, and the profile stays.
    """
    current, why = locked(by, "moderate", member, reason, seen)
    if not reports.close_profile(current, was_right=were_right, why=why):
        return False
    data = {} if were_right is None else {"were_right": were_right}
    deciding.decide(by, "member.reports_closed", why, About(member=current, data=data))
    return True


def _rename(member: Member, handle: str) -> None:
    """Addresses with the handle until now still lead to the member, and nobody else takes it."""
    FormerHandle.objects.get_or_create(handle=member.handle, defaults={"member": member})
    FormerHandle.objects.filter(handle=handle, member=member).delete()
