"""Handing a licence to another account: offered by mail, accepted by signing in. Real time: 7 days."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.db import transaction

from frontdesk.accounts.events import PersonSecured
from frontdesk.accounts.models import Person
from frontdesk.accounts.services.securing import refuse_frozen
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.licensing import locks, mails, notes, seats
from frontdesk.licensing.errors import (
    HandOverAddress,
    HandOverGone,
    HandOverOpen,
    HandOverToOneself,
    LicenseRefunded,
    LicenseSuspended,
    LicenseUnclaimed,
)
from frontdesk.licensing.events import LicenseHandedOver
from frontdesk.licensing.models import Activation, HandOver, License

OPEN_FOR = timedelta(days=7)


@transaction.atomic
def offer(
    *, actor: Actor, license: License, to_email: str, devices_to_free: Sequence[Activation | UUID] = ()
) -> HandOver:
    """Offer a licence to whoever reads this address. The owner's devices stay, except `devices_to_free`.

    Raises HandOverOpen, HandOverToOneself, LicenseUnclaimed, LicenseRefunded, LicenseSuspended, RequestInvalid (a
    device that is not on the licence), ReasonMissing, AccountFrozen.
    """
    actor = notes.explained(actor)
    to_email = to_email.strip().lower()
    locked = locks.license_row(license.id)
    owner = _owner_of_usable(locked)
    refuse_frozen(owner)
    if to_email == owner.email.lower() or to_email in verified_addresses(owner):
        raise HandOverToOneself
    _close_expired(locked)
    if open_offer(locked):
        raise HandOverOpen
    freed = _on_license(locked, devices_to_free)
    token, now = secrets.token_urlsafe(32), clock.real_now()
    made = HandOver.objects.create(
        id=uuid4(),
        license=locked,
        offered_by=owner,
        to_email=to_email,
        devices_to_free=freed,
        token_hash=_hash(token),
        created_at=now,
        expires_at=now + OPEN_FOR,
    )
    mails.hand_over_offered(made, locked, token)
    data = {"hand_over": str(made.id), "devices_to_free": [str(each) for each in freed]}
    notes.of_license(
        actor=actor, action="hand_over.offered", license=locked, data=data, personal={"to_email": to_email}
    )
    return made


def find(token: str) -> HandOver:
    """The open offer behind a link, for the page with one button. Raises HandOverGone."""
    rows = HandOver.objects.select_related("license__product", "license__plan_version__plan", "offered_by")
    found = rows.filter(token_hash=_hash(token), accepted_at=None, withdrawn_at=None).first()
    if found is None or found.expires_at <= clock.real_now():
        raise HandOverGone
    return found


def open_offer(license: License) -> HandOver | None:
    """The licence's offer that can still be accepted."""
    rows = HandOver.objects.filter(license=license, accepted_at=None, withdrawn_at=None)
    return rows.filter(expires_at__gt=clock.real_now()).first()


@transaction.atomic
def accept(*, actor: Actor, person: Person, token: str) -> License:
    """Take an offered licence into the account of the person whose confirmed address it was sent to.

    Its codes go on activating devices, but can't be claimed by anybody. Both are told by mail. Raises HandOverGone,
    HandOverAddress, LicenseRefunded, LicenseSuspended, AccountFrozen (the giver's).
    """
    seen = find(token)
    locked = locks.license_row(seen.license_id)
    made = HandOver.objects.select_for_update(of=("self",)).select_related("offered_by").get(pk=seen.pk)
    if made.accepted_at or made.withdrawn_at or locked.owner_id != made.offered_by_id:
        raise HandOverGone
    if made.to_email not in verified_addresses(person):
        raise HandOverAddress
    refuse_frozen(_owner_of_usable(locked))
    giver = Actor.customer(made.offered_by_id)
    for activation in locked.activations.filter(pk__in=made.devices_to_free, removed_at=None).order_by("id"):
        seats.remove(actor=giver, activation=activation.id)
    made.accepted_at = clock.real_now()
    made.save(update_fields=["accepted_at"])
    License.objects.filter(pk=locked.pk).update(owner=person)
    data = {"hand_over": str(made.id)}
    # A row in each history: the licence left one account and came into the other.
    notes.of_license(actor=actor, action="hand_over.given", license=locked, data=data)
    locked.owner = person
    notes.of_license(actor=actor, action="hand_over.received", license=locked, data=data)
    mails.hand_over_done(made, locked, person)
    events.publish(LicenseHandedOver(locked.id, made.offered_by_id, person.pk))
    return locked


@transaction.atomic
def withdraw(*, actor: Actor, hand_over: HandOver) -> None:
    """Take an offer back; its link stops working. Raises HandOverGone when it was accepted before."""
    actor = notes.explained(actor)
    license = locks.license_row(hand_over.license_id)
    hand_over.refresh_from_db()
    if hand_over.accepted_at:
        raise HandOverGone
    if hand_over.withdrawn_at is None:
        hand_over.withdrawn_at = clock.real_now()
        hand_over.save(update_fields=["withdrawn_at"])
        data = {"hand_over": str(hand_over.id)}
        notes.of_license(actor=actor, action="hand_over.withdrawn", license=license, data=data)


def withdraw_secured(event: PersonSecured) -> None:
    """Somebody's account was secured: what was offered out of it before may not have been theirs to offer."""
    offers = HandOver.objects.filter(offered_by=event.person, accepted_at=None, withdrawn_at=None)
    for offered in offers.order_by("license_id"):
        withdraw(actor=Actor.customer(event.person), hand_over=offered)


def verified_addresses(person: Person) -> set[str]:
    """The addresses that the person has proved to read, in lower case."""
    rows = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return {address.lower() for address in rows}


def _owner_of_usable(license: License) -> Person:
    if license.refunded_at:
        raise LicenseRefunded
    if license.suspended_at:
        raise LicenseSuspended
    if license.owner is None:
        raise LicenseUnclaimed
    return license.owner


def _close_expired(license: License) -> None:
    now = clock.real_now()
    lapsed = HandOver.objects.filter(license=license, accepted_at=None, withdrawn_at=None, expires_at__lte=now)
    lapsed.update(withdrawn_at=now)


def _on_license(license: License, chosen: Sequence[Activation | UUID]) -> list[UUID]:
    wanted = {each.id if isinstance(each, Activation) else each for each in chosen}
    live = set(license.activations.filter(pk__in=wanted, removed_at=None).values_list("id", flat=True))
    if live != wanted:
        raise RequestInvalid(field="devices_to_free")
    return sorted(wanted)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
