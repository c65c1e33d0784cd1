"""Entering a code in the account: new, stacked, claimed, already there, refused; and two at once."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import PlanVersion, Price
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import codes, errors, licenses, redemption, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import BatchKind, Code, License, Term
from frontdesk.licensing.redemption import Effect, Preview, Redemption
from tests.licensing.conftest import Time
from tests.support.shop import PRODUCT, device, license_of, new_code, new_license, plan_version

pytestmark = pytest.mark.django_db
NETWORK = "192.0.2.0/24"


def redeem(person: Person, code: ParsedCode | str, license: License | None = None) -> Redemption:
    text = code if isinstance(code, str) else code.text
    actor = Actor.customer(person.id)
    return redemption.redeem(actor=actor, person=person, code_text=text, ip_prefix=NETWORK, license=license)


def preview(person: Person, code: ParsedCode | str, license: License | None = None) -> Preview:
    text = code if isinstance(code, str) else code.text
    return redemption.preview(person=person, code_text=text, ip_prefix=NETWORK, license=license)


def priced(minor: int, currency: str = "EUR", **values: Any) -> PlanVersion:
    version = plan_version(**values)
    Price.objects.create(plan_version=version, currency=currency, minor=minor)
    return version


def test_an_unused_code_makes_a_licence_of_ones_own(ada: Person, time: Time) -> None:
    code = new_code(plan_version(code_days=30))
    seen = preview(ada, code)
    done = redeem(ada, code)
    assert (seen.effect, done.effect) == (Effect.NEW, Effect.NEW)
    assert (seen.license, seen.ends_before, seen.conversion, seen.onto) == (None, None, None, [])
    assert seen.ends_at == done.license.expires_at == time.now + timedelta(days=30)
    license, row, term = License.objects.get(), Code.objects.get(), Term.objects.get()
    assert (license.owner, license.starts_at, license.seats_used) == (ada, time.now, 0)
    assert (row.license, row.redeemed_at) == (license, time.now)
    assert (term.kind, term.grant_ref, term.code) == ("code", f"code:{row.id}", row)
    actions = AuditEntry.objects.filter(subject=license.id).values_list("action", "person")
    assert set(actions) == {("term.granted", ada.id), ("license.redeemed", ada.id)}


def test_a_second_code_stacks_as_previewed(ada: Person, time: Time) -> None:
    version = plan_version(code_days=30)
    license = redeem(ada, new_code(version)).license
    time.by(days=10)
    second = new_code(version, kind=BatchKind.GIFT)
    seen = preview(ada, second, license)
    assert preview(ada, second).onto == [license]
    done = redeem(ada, second, license)
    assert (seen.effect, done.effect, done.license) == (Effect.STACK, Effect.STACK, license)
    assert seen.conversion
    assert seen.conversion.is_equal
    assert seen.ends_before == done.license.starts_at + timedelta(days=30)
    assert seen.ends_at == done.license.expires_at == done.license.starts_at + timedelta(days=60)
    assert done.term
    assert (done.term.kind, done.term.starts_at) == ("gift", seen.ends_before)


def test_an_expired_licence_goes_on_from_now(ada: Person, time: Time) -> None:
    version = plan_version(code_days=30)
    license = redeem(ada, new_code(version)).license
    time.by(days=300)
    code = new_code(version)
    assert preview(ada, code, license).ends_at == redeem(ada, code, license).license.expires_at
    license.refresh_from_db()
    assert license.expires_at == time.now + timedelta(days=30)


def test_another_plan_counts_by_its_value_a_day(ada: Person, time: Time) -> None:
    plus, basic = priced(6000, code_days=360), priced(2000, code_days=100, device_limit=1)
    license = redeem(ada, new_code(plus)).license
    code = new_code(basic)
    seen = preview(ada, code, license)
    assert seen.conversion
    assert not seen.conversion.is_equal
    assert (seen.conversion.sold_seconds, seen.conversion.seconds) == (100 * 86400, 100 * 86400 // 3)
    done = redeem(ada, code, license)
    assert seen.ends_at == done.license.expires_at == time.now + timedelta(days=360, seconds=100 * 86400 // 3)
    assert done.term
    assert done.term.plan_version == basic


@pytest.mark.parametrize(("sold_minor", "counts"), [(None, 30), (1000, 15)])
def test_devices_that_were_added_count_too(ada: Person, time: Time, sold_minor: int | None, counts: int) -> None:
    held = plan_version(code_days=120)
    Price.objects.create(plan_version=held, currency="EUR", minor=2000, device_minor=600)
    sold = held if sold_minor is None else priced(sold_minor, code_days=120, device_limit=1)
    license = redeem(ada, new_code(held)).license
    License.objects.filter(pk=license.pk).update(added_devices=10)
    license.refresh_from_db()
    before, code = license.expires_at, new_code(sold)
    seen = preview(ada, code, license)
    done = redeem(ada, code, license)
    assert seen.ends_at == done.license.expires_at == before + timedelta(days=counts)
    assert (done.license.plan_version, done.license.added_devices) == (held, 10)


def test_added_devices_without_a_price_cannot_be_compared(ada: Person) -> None:
    held = priced(2000)
    license = new_license(held, owner=ada, added_devices=1)
    with pytest.raises(errors.PlansNotComparable):
        redeem(ada, new_code(held), license)


def test_versions_of_one_plan_count_one_to_one(ada: Person, time: Time) -> None:
    old = plan_version(code_days=30)
    new = PlanVersion.objects.create(plan=old.plan, number=2, device_limit=old.device_limit, code_days=30)
    license = redeem(ada, new_code(old)).license
    done = redeem(ada, new_code(new), license)
    assert done.license.expires_at == time.now + timedelta(days=60)


@pytest.mark.parametrize(("sold", "held"), [(0, 100), (100, 0), (None, 100), (1, 10**9)])
def test_plans_that_cannot_be_compared_are_refused(ada: Person, sold: int | None, held: int) -> None:
    license = redeem(ada, new_code(priced(held))).license
    code = new_code(plan_version(device_limit=1) if sold is None else priced(sold, device_limit=1, code_days=1))
    for attempt in (preview, redeem):
        with pytest.raises(errors.PlansNotComparable):
            attempt(ada, code, license)
    assert Code.objects.filter(license=None).count() == 1


def test_a_code_redeemed_on_a_device_claims_its_licence_once(ada: Person, bob: Person) -> None:
    code = new_code()
    seats.take(actor=Actor(ActorKind.DEVICE), device=device(), code=code, product=PRODUCT)
    assert preview(ada, code).effect == Effect.CLAIM
    done = redeem(ada, code)
    assert (done.effect, done.license, done.term) == (Effect.CLAIM, license_of(code), None)
    assert license_of(code).owner == ada
    assert preview(ada, code).effect == redeem(ada, code).effect == Effect.ALREADY_YOURS
    for attempt in (preview, redeem):
        with pytest.raises(errors.CodeAlreadyClaimed):
            attempt(bob, code)
    assert license_of(code).seats_used == 1


def test_what_cannot_be_redeemed_says_why(ada: Person, bob: Person) -> None:
    version = plan_version()
    license = redeem(ada, new_code(version)).license
    for attempt in (preview, redeem):
        with pytest.raises(errors.CodeMalformed) as malformed:
            attempt(ada, "AAAAA-BBBBB-CCCCC-DDDDD")
        assert malformed.value.members["wrong_groups"]
        with pytest.raises(errors.CodeUnknown):
            attempt(ada, codes.generate())
        with pytest.raises(errors.CodeBlocked):
            attempt(ada, new_code(version, voided_at=license.starts_at))
        with pytest.raises(errors.OtherProduct):
            attempt(ada, new_code(plan_version(product="other-product")), license)
        with pytest.raises(NotFound):
            attempt(bob, new_code(version), license)


def test_a_stopped_licence_takes_no_code(ada: Person) -> None:
    version, staff = plan_version(), Actor.staff(ada.id, "asked by mail")
    license = redeem(ada, new_code(version)).license
    licenses.suspend(actor=staff, license=license, reason="")
    with pytest.raises(errors.LicenseSuspended):
        redeem(ada, new_code(version), license)
    licenses.refund(actor=staff, license=license, reason="")
    with pytest.raises(errors.LicenseRefunded):
        redeem(ada, new_code(version), license)


def test_a_refunded_licence_is_not_claimed(ada: Person) -> None:
    code = new_code()
    license = new_license(refunded_at=new_license().starts_at)
    Code.objects.update(license=license, redeemed_at=license.starts_at)
    with pytest.raises(errors.LicenseRefunded):
        redeem(ada, code)


def test_guessing_is_slowed_down_but_a_good_code_is_always_taken(ada: Person) -> None:
    for _ in range(seats.UNKNOWN_FROM_PREFIX.count):
        with pytest.raises(errors.CodeUnknown):
            redeem(ada, codes.generate())
    with pytest.raises(TooManyAttempts):
        redeem(ada, codes.generate())
    with pytest.raises(TooManyAttempts):
        seats.take(
            actor=Actor(ActorKind.DEVICE),
            device=device(),
            code=codes.generate(),
            product=PRODUCT,
            address_prefix=NETWORK,
        )
    assert redeem(ada, new_code()).effect == Effect.NEW
