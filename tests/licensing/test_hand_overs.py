"""Handing a licence over: the offer, its link, who may accept, what stays and what goes."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from frontdesk.accounts.errors import AccountFrozen
from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.services.securing import secure
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import devices, errors, hand_overs, redemption, seats, selectors
from frontdesk.licensing.models import Activation, HandOver, License
from tests.licensing.conftest import Time
from tests.licensing.test_redemption import redeem
from tests.support.mailbox import secret_sent_to
from tests.support.shop import PRODUCT, device, new_code, new_license

pytestmark = pytest.mark.django_db


def seated(license: License, name: str) -> Activation:
    seat = seats.take(actor=Actor(ActorKind.DEVICE), device=device(name), license=license.id)
    return Activation.objects.get(pk=seat.activation)


def offered(owner: Person, license: License, to: Person, **values: object) -> str:
    """The token in the mail."""
    hand_overs.offer(
        actor=Actor.customer(owner.id),
        license=license,
        to_email=to.email.upper() + " ",
        **values,  # type: ignore[arg-type]  # devices_to_free
    )
    return secret_sent_to(to.email).rstrip("/").rpartition("/")[2]


def accept(person: Person, token: str) -> License:
    return hand_overs.accept(actor=Actor.customer(person.id), person=person, token=token)


def test_the_licence_goes_with_its_devices_and_both_are_told(ada: Person, bob: Person) -> None:
    code = new_code()
    license = redeem(ada, code).license
    laptop, phone = seated(license, "Laptop"), seated(license, "Phone")
    token = offered(ada, license, bob, devices_to_free=[phone])
    found = hand_overs.find(token)
    assert (found.license, found.offered_by, hand_overs.open_offer(license)) == (license, ada, found)
    accept(bob, token)
    assert [each.id for each in selectors.licenses_of(bob)] == [license.id]
    assert selectors.licenses_of(ada) == []
    assert [each.id for each in selectors.devices_of(license)] == [laptop.id]
    templates = Message.objects.order_by("created_at").values_list("address", "template")
    assert list(templates)[-2:] == [
        (ada.email, "licensing/hand_over_given"),
        (bob.email, "licensing/hand_over_received"),
    ]
    entries = AuditEntry.objects.filter(action__startswith="hand_over.").order_by("id").values_list("action", "person")
    assert list(entries) == [
        ("hand_over.offered", ada.id),
        ("hand_over.given", ada.id),
        ("hand_over.received", bob.id),
    ]
    with pytest.raises(errors.CodeAlreadyClaimed):
        redeem(ada, code)
    assert redeem(bob, code).effect == redemption.Effect.ALREADY_YOURS
    with pytest.raises(errors.HandOverGone):
        accept(bob, token)


def test_only_the_address_that_got_the_offer_may_accept(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    with pytest.raises(errors.HandOverAddress):
        accept(ada, token)
    EmailAddress.objects.filter(user=bob).update(verified=False)
    with pytest.raises(errors.HandOverAddress):
        accept(bob, token)
    with pytest.raises(errors.HandOverGone):
        accept(bob, "another token")
    license.refresh_from_db()
    assert license.owner == ada


def test_one_open_offer_and_it_may_be_withdrawn(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    with pytest.raises(errors.HandOverOpen):
        offered(ada, license, bob)
    for _ in range(2):
        hand_overs.withdraw(actor=Actor.customer(ada.id), hand_over=HandOver.objects.get())
    assert hand_overs.open_offer(license) is None
    with pytest.raises(errors.HandOverGone):
        accept(bob, token)
    again = offered(ada, license, bob)
    accept(bob, again)
    with pytest.raises(errors.HandOverGone):
        hand_overs.withdraw(actor=Actor.customer(ada.id), hand_over=HandOver.objects.get(accepted_at__isnull=False))


def test_an_offer_ends_after_a_week_and_makes_room(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    made = HandOver.objects.get()
    assert made.expires_at - made.created_at == timedelta(days=7)
    HandOver.objects.update(expires_at=made.created_at)
    with pytest.raises(errors.HandOverGone):
        accept(bob, token)
    accept(bob, offered(ada, license, bob))


def test_an_offer_dies_when_the_licence_changes_hands_otherwise(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    License.objects.update(owner=bob)
    with pytest.raises(errors.HandOverGone):
        accept(bob, token)


def test_what_cannot_be_offered_says_why(ada: Person, bob: Person, time: Time) -> None:
    license, other = redeem(ada, new_code()).license, redeem(ada, new_code()).license
    foreign = seated(other, "Elsewhere")
    with pytest.raises(errors.HandOverToOneself):
        offered(ada, license, ada)
    EmailAddress.objects.create(user=ada, email="second@mail.example", verified=True)
    with pytest.raises(errors.HandOverToOneself):
        hand_overs.offer(actor=Actor.customer(ada.id), license=license, to_email="Second@mail.example")
    with pytest.raises(RequestInvalid):
        offered(ada, license, bob, devices_to_free=[foreign.id])
    with pytest.raises(errors.LicenseUnclaimed):
        offered(ada, new_license(), bob)
    token = offered(ada, license, bob)
    License.objects.filter(pk=license.pk).update(suspended_at=time.now)
    with pytest.raises(errors.LicenseSuspended):
        accept(bob, token)
    License.objects.filter(pk=license.pk).update(refunded_at=time.now)
    with pytest.raises(errors.LicenseRefunded):
        accept(bob, token)


def test_staff_may_offer_with_a_reason(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    hand_overs.offer(actor=Actor.staff(bob.id, "conversation 9"), license=license, to_email=bob.email)
    entry = AuditEntry.objects.get(action="hand_over.offered")
    assert (audit.reason_of(entry), entry.person) == ("conversation 9", ada.id)


def test_a_freed_seat_of_the_giver_counts_as_freed_by_the_giver(ada: Person, bob: Person) -> None:
    code = new_code()
    license = redeem(ada, code).license
    seat = seats.take(actor=Actor(ActorKind.DEVICE), device=device(), code=code, product=PRODUCT)
    token = offered(ada, license, bob, devices_to_free=[seat.activation])
    accept(bob, token)
    gone = Activation.objects.get()
    assert gone.removed_by == ActorKind.CUSTOMER
    assert devices.free(actor=Actor.customer(bob.id), activation=gone) is False


def secured(person: Person) -> Person:
    return secure(person=person.pk, cause="person.password_changed", since=clock.real_now())


def test_out_of_a_secured_account_nothing_is_handed_over(ada: Person, bob: Person, time: Time) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    until = secured(ada).frozen_until
    assert until is not None
    assert hand_overs.open_offer(license) is None, "what was offered before may not have been the owner's doing"
    with pytest.raises(errors.HandOverGone):
        accept(bob, token)
    with pytest.raises(AccountFrozen) as refused:
        offered(ada, license, bob)
    assert refused.value.members["retry_at"] == until.isoformat(timespec="seconds").replace("+00:00", "Z")
    time.by(hours=73)
    accept(bob, offered(ada, license, bob))


def test_an_offer_is_not_accepted_while_its_giver_is_secured(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    secured(ada)
    HandOver.objects.update(withdrawn_at=None)  # as if it had been offered at the very same moment
    with pytest.raises(AccountFrozen):
        accept(bob, token)
    license.refresh_from_db()
    assert license.owner == ada


def test_a_secured_receiver_is_no_hindrance(ada: Person, bob: Person) -> None:
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)
    secured(bob)
    assert accept(bob, token).owner == bob
