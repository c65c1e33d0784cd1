"""What moderators took out of profiles, what stands there since, and that its owner does not put it back."""

import secrets
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.support.forum import names
from frontdesk.support.forum.errors import NameRefused
from frontdesk.support.forum.models import Decision, Member

CLEARED, RESTORED = "member.cleared", "member.restored"
PARTS = ("name", "handle", "about")


def neutral_name() -> str:
    """A name that says nothing, and that nobody has, in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        word = _("Member")
    for digits in range(5, 12):
        name = f"{word} {10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))}"
        if not Member.objects.filter(name=name).exists():
            return name
    raise RuntimeError("no name is left")


def neutral_handle() -> str:
    """The same for the handle."""
    return names.first_handle("")


def last_of(member: Member) -> Decision | None:
    """The last clearing that nobody has taken back."""
    return next(iter(_in_force(member.pk)), None)


def is_in_force(decision: Decision) -> bool:
    """Whether nobody has taken this clearing back."""
    return decision.member_id is not None and decision in _in_force(decision.member_id)


def left_as_cleared(member: Member) -> Decision | None:
    """The last clearing, while its owner has chosen nothing else in any part of it."""
    last = last_of(member)
    made = last.data["made"] if last else {}
    return last if any(getattr(member, part) == value for part, value in made.items()) else None


def require_not_cleared(member: Member, **wanted: str) -> None:
    """A name, handle or About that was taken away does not come back, nor one that looks like it. Raises NameRefused.
    What stands there already is not looked at."""
    new = {part: value for part, value in wanted.items() if value and value != getattr(member, part)}
    for decision in _in_force(member.pk) if new else ():
        for part, value in new.items():
            gone = str(decision.data.get(part, ""))
            if gone and _look(gone) == _look(value):
                raise NameRefused(field=part, why="cleared")


def _in_force(member: UUID) -> list[Decision]:
    rows = Decision.objects.filter(member=member, what__in=(CLEARED, RESTORED)).order_by("-created_at", "-id")
    found = list(rows)
    undone = {each.data.get("of") for each in found if each.what == RESTORED}
    standing = [each for each in found if each.what == CLEARED and str(each.pk) not in undone]
    return [each for each in standing if each.data.get("made")]  # not of who left: their words are gone


def _look(text: str) -> str:
    """What is compared; a text of signs alone as it stands."""
    return names.fold(text) or " ".join(text.split())
