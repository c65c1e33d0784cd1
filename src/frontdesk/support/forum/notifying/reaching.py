"""Whether mails reach a member: not while the newest ones to their present address all came back."""

from django.db import transaction
from django.db.models import OuterRef, Subquery

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import audit, clock
from frontdesk.support.forum.actors import actor_of
from frontdesk.support.forum.models import Member, NewsMail

BOUNCES = 3  # so many that came back, the newest ones: no more are sent


def reaches(member: Member) -> bool:
    """Whether there is somebody at the other end."""
    if member.person is None or not member.person.is_active or not member.person.email:
        return False
    return not all_came_back(member)


def all_came_back(member: Member) -> bool:
    """Whether the newest mails came back. What went to another address, or before they asked us to try again, does not
    count."""
    if member.person is None:
        return False
    letter = Letter.objects.filter(pk=OuterRef("account_message")).values("address")[:1]
    rows = NewsMail.objects.filter(member=member).alias(address=Subquery(letter))
    rows = rows.filter(address__iexact=member.person.email)
    if member.reached_from is not None:
        rows = rows.filter(sent_at__gte=member.reached_from)
    newest = rows.order_by("-sent_at").values_list("bounced_at", flat=True)[:BOUNCES]
    return len(newest) == BOUNCES and all(newest)


@transaction.atomic
def try_again(*, member: Member) -> None:
    """Send mails again, whatever came back before."""
    current = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    current.reached_from = clock.real_now()
    current.save(update_fields=["reached_from"])
    audit.record(
        actor=actor_of(member), action="member.mails_tried_again", subject_type="member", subject=member.pk,
        person=member.person_id,
    )  # fmt: skip
