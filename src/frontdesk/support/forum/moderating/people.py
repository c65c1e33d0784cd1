"""Decisions about members: who may not write for a while or at all, and at which level they are."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.core import clock
from frontdesk.support.forum import rights
from frontdesk.support.forum.models import Member
from frontdesk.support.forum.moderating import deciding
from frontdesk.support.forum.moderating.deciding import About
from frontdesk.support.forum.order_errors import NotAllowed

UNTIL_LOOKED = datetime(9000, 1, 1, tzinfo=UTC)  # until somebody looks
A_LEADERS = timedelta(days=1)  # for how long leaders may silence
LEAST = timedelta(hours=1)


@transaction.atomic
def silence(
    *, by: Member | None, member: Member, reason: str, lasts: timedelta | None = None, seen: str | None = None
) -> bool:
    """Let a member read only, for this long; None: until somebody looks. False when they are silenced for longer.

    `by` None is the system (a flood). Leaders silence for a day at most. Raises NotAllowed, ReasonMissing,
    DecidedMeanwhile.
    """
    current, why = locked(by, "silence", member, reason, seen)
    if by is not None and rights.is_staff(current):
        raise NotAllowed(why=_("Nobody silences the team."))
    until = UNTIL_LOOKED if lasts is None else clock.now() + max(lasts, LEAST)
    if by is not None and rights.is_leader(by):
        until = min(until, clock.now() + A_LEADERS)
    if current.silenced_until is not None and current.silenced_until >= until:
        return False
    current.silenced_until = until
    current.save(update_fields=["silenced_until"])
    data = {"until": until.isoformat()}
    deciding.decide(by, "member.silenced", why, About(member=current, data=data), tell=current)
    return True


@transaction.atomic
def unsilence(*, by: Member, member: Member, reason: str, seen: str | None = None) -> bool:
    """Let a member write again; False when they may already. Leaders take back only what leaders did."""
    current, why = locked(by, "silence", member, reason, seen)
    if current.silenced_until is None or current.silenced_until <= clock.now():
        return False
    if not rights.is_staff(by) and current.silenced_until >= UNTIL_LOOKED:
        raise NotAllowed(why=_("Only the team takes this back."))
    deciding.require_not_the_teams(by, "member.silenced", current)
    current.silenced_until = None
    current.save(update_fields=["silenced_until"])
    deciding.decide(by, "member.unsilenced", why, About(member=current), tell=current)
    return True


@transaction.atomic
def ban(*, by: Member, member: Member, reason: str, banned: bool = True, seen: str | None = None) -> bool:
    """Let a member never write again in the community, or lift that; False when it is so already. Managers only.

    Their account, licences and conversations with the team stay as they are.
    """
    current, why = locked(by, "ban", member, reason, seen)
    if rights.is_staff(current):
        raise NotAllowed(why=_("Nobody bans the team."))
    if (current.banned_at is not None) == banned:
        return False
    current.banned_at = clock.now() if banned else None
    current.save(update_fields=["banned_at"])
    what = "member.banned" if banned else "member.unbanned"
    deciding.decide(by, what, why, About(member=current), tell=current)
    return True


@transaction.atomic
def set_level(
    *, by: Member, member: Member, level: int, reason: str, fixed: bool = True, seen: str | None = None
) -> bool:
    """Put a member at a level; `fixed` keeps them there, whatever is reckoned daily. False when it is so already."""
    current, why = locked(by, "set_level", member, reason, seen)
    new = Member.Level(level)
    if (current.level, current.level_fixed) == (new, fixed):
        return False
    data = {"from": current.level, "to": int(new), "fixed": fixed}
    current.level, current.level_fixed = new, fixed
    current.save(update_fields=["level", "level_fixed"])
    deciding.decide(by, "member.level", why, About(member=current, data=data), tell=current)
    return True


def locked(by: Member | None, what: str, member: Member, reason: str, seen: str | None) -> tuple[Member, str]:
    """The member, fresh and locked, and the reason as it is kept.

    Raises NotAllowed, ReasonMissing, DecidedMeanwhile.
    """
    current = Member.objects.select_for_update(of=("self",), no_key=True).select_related("person").get(pk=member.pk)
    why = deciding.require(by, what, current, reason)
    deciding.require_unchanged(current, seen)
    return current, why
