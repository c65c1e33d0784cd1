"""Whoever signs up with the confirmed address of an imported member gets that member; never by a name."""

import hashlib
import hmac
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.support.forum.models import Member


def mark_of(email: str = "", sha256: str = "") -> bytes | None:
    """What is kept of an imported address: a keyed hash, which tells nothing by itself. None where there is none."""
    digest = sha256 or (hashlib.sha256(email.strip().lower().encode()).hexdigest() if email.strip() else "")
    if not digest:
        return None
    return _keyed(f"community claim {digest}")


def mark_of_outside(external_id: str) -> bytes:
    """What is kept of an imported id whose owner was erased: it tells nothing by itself, and the same file again brings
    nobody back."""
    return _keyed(f"community erased {external_id}")


def _keyed(text: str) -> bytes:
    return hmac.new(settings.SECRETS.token_key.encode(), text.encode(), hashlib.sha256).digest()


@transaction.atomic
def claim(person: Person) -> Member | None:
    """The imported member that waits for one of this person's confirmed addresses, theirs from now on; None without."""
    proved = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    marks = [mark for each in proved if (mark := mark_of(each))]
    if not marks or Member.objects.filter(person=person).exists():
        return None
    waiting = Member.objects.select_for_update().filter(person=None, claim_address_hash__in=marks)
    member = waiting.order_by("-post_count", "joined_at").first()
    if member is None:
        return None
    member.person, member.claim_address_hash = person, None
    member.digest_at = clock.now() + timedelta(days=member.digest_days) if member.digest_days else None
    member.save(update_fields=["person", "claim_address_hash", "digest_at"])
    audit.record(
        actor=Actor.customer(person.pk), action="member.claimed", subject_type="member", subject=member.pk,
        person=person.pk,
    )  # fmt: skip
    return member
