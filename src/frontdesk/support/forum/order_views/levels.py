"""Which levels there are, what each may do, and where one stands oneself."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.core.reasons import Text
from frontdesk.support.forum import holding, members, rights, trust
from frontdesk.support.forum.holding import Limits
from frontdesk.support.forum.models import Member
from frontdesk.support.forum.trust import Step


@dataclass(frozen=True)
class Shown:
    """A level as the page shows it. `is_reached`: by whoever reads; None for a guest."""

    number: int
    name: Text
    rights: list[Text]
    limits: Limits
    steps: list[Step]
    is_current: bool
    is_next: bool


@require_safe
def levels(request: HttpRequest) -> HttpResponse:
    """The levels with their rights and limits, all from the tables that the verbs ask."""
    member = members.known(request.user)
    record = trust.record_of(member) if member else trust.Record()
    own = member.level if member else None
    shown = [
        Shown(
            number=level.value,
            name=level.label,
            rights=[right.text for right in rights.RIGHTS.values() if right.level == level],
            limits=holding.LIMITS[level],
            steps=trust.steps_to(record, level),
            is_current=level == own,
            is_next=own is not None and level == own + 1,
        )
        for level in Member.Level
    ]
    staff = [right.text for right in rights.RIGHTS.values() if right.level is None]
    context = {"levels": shown, "member": member, "is_team": rights.is_staff(member), "staff": staff, "record": record}
    return render(request, "forum/order/levels.html", context)
