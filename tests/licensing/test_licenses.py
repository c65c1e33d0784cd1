"""Plan changes, suspension, refund, lost codes, devices, selectors, integrity."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.errors import AccountFrozen
from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.services.securing import secure
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import audit, clock, outbox
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, ReasonMissing, RequestInvalid
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import codes, devices, errors, integrity, licenses, lost_codes, mails, seats, selectors
from frontdesk.licensing.models import Activation, Code, License, Term
from tests.licensing.conftest import Time
from tests.licensing.test_redemption import redeem
from tests.support.mailbox import secret_sent_to
from tests.support.shop import PRODUCT, device, license_of, new_code, new_license, plan_version

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("a test")


def owned(person: Person, names: tuple[str, ...] = (), **values: int) -> License:
    code = new_code(plan_version(**values))  # type: ignore[arg-type]  # numbers only
    license = redeem(person, code).license
    for name in names:
        seats.take(actor=Actor(ActorKind.DEVICE), device=device(name), code=code, product=PRODUCT)
    return license_of(code) if names else license


def seat(license: License, name: str) -> Activation:
    return license.activations.get(name=name)


def smaller(license: License, limit: int) -> PlanVersion:
    return PlanVersion.objects.create(plan=license.plan_version.plan, number=2, device_limit=limit)


def live(license: License) -> set[str]:
    names = {each.name for each in selectors.devices_of(license)}
    license.refresh_from_db()
    assert license.seats_used == len(names)
    return names


@pytest.fixture
def three(ada: Person, time: Time) -> License:
    """A licence with three devices, "New" seen last and "Old" long ago."""
    license = owned(ada, ("Old", "Mid", "New"))
    for days, name in enumerate(("Old", "Mid", "New")):
        license.activations.filter(name=name).update(last_seen_at=time.now + timedelta(days=days))
    return license


def test_a_lower_limit_takes_the_devices_seen_least_recently(ada: Person, three: License) -> None:
    freed = licenses.change_plan_version(actor=SYSTEM, license=three, plan_version=smaller(three, 2))
    assert [each.name for each in freed] == ["Old"]
    assert live(three) == {"Mid", "New"}
    assert three.plan_version.device_limit == 2
    mail = Message.objects.get(person=ada)
    assert (mail.template, "Old" in mail.text) == ("licensing/devices_freed", True)
    assert AuditEntry.objects.get(action="license.plan_changed").data["freed"] == [str(freed[0].id)]


def test_the_customer_chooses_who_stays(three: License) -> None:
    keep: list[Activation | UUID] = [seat(three, "Old"), seat(three, "Mid").id]
    licenses.change_plan_version(actor=SYSTEM, license=three, plan_version=smaller(three, 2), keep=keep)
    assert live(three) == {"Old", "Mid"}
    assert not Message.objects.exists()


def test_who_chose_too_few_keeps_the_choice_and_the_last_seen(three: License) -> None:
    licenses.change_plan_version(actor=SYSTEM, license=three, plan_version=smaller(three, 2), keep=[seat(three, "Old")])
    assert live(three) == {"Old", "New"}


def test_a_limit_that_is_not_reached_frees_nobody(three: License) -> None:
    assert licenses.change_plan_version(actor=SYSTEM, license=three, plan_version=smaller(three, 3)) == []
    assert len(live(three)) == 3


def test_plan_changes_that_make_no_sense_are_refused(three: License) -> None:
    every = list(three.activations.all())
    with pytest.raises(errors.TooManyKept) as refused:
        licenses.change_plan_version(actor=SYSTEM, license=three, plan_version=smaller(three, 2), keep=every)
    assert refused.value.members == {"device_limit": 2}
    with pytest.raises(errors.TooManyKept):
        licenses.change_plan_version(
            actor=SYSTEM, license=three, plan_version=PlanVersion.objects.get(number=2), keep=[uuid4()]
        )
    with pytest.raises(errors.OtherProduct):
        licenses.change_plan_version(actor=SYSTEM, license=three, plan_version=plan_version(product="other"))
    three.refresh_from_db()
    assert (three.plan_version.number, len(live(three))) == (1, 3)


def test_a_lower_limit_on_an_unclaimed_licence_mails_nobody() -> None:
    code = new_code()
    for name in ("One", "Two"):
        seats.take(actor=Actor(ActorKind.DEVICE), device=device(name), code=code, product=PRODUCT)
    license = license_of(code)
    licenses.change_plan_version(actor=SYSTEM, license=license, plan_version=smaller(license, 1))
    assert len(live(license)) == 1
    assert not Message.objects.exists()


def test_suspended_restored_refunded(ada: Person, bob: Person, time: Time) -> None:
    license, staff = owned(ada, ("One", "Two")), Actor.staff(bob.id, "conversation 3")
    for _ in range(2):
        licenses.suspend(actor=staff, license=license, reason="dispute")
        assert license.status_at(time.now) == License.Status.SUSPENDED
    for _ in range(2):
        licenses.restore(actor=staff, license=license, reason="dispute won")
        assert license.status_at(time.now) == License.Status.ACTIVE
    assert licenses.refund(actor=staff, license=license, reason="asked for it") == 2
    assert licenses.refund(actor=staff, license=license, reason="asked for it") == 0
    assert license.status_at(time.now) == License.Status.REFUNDED
    assert live(license) == set()
    rows = AuditEntry.objects.filter(subject=license.id, actor=bob.id).order_by("id")
    assert [(row.action, audit.reason_of(row)) for row in rows] == [
        ("license.suspended", "dispute"),
        ("license.restored", "dispute won"),
        ("device.removed", "asked for it"),
        ("device.removed", "asked for it"),
        ("license.refunded", "asked for it"),
    ]
    with pytest.raises(ReasonMissing):
        licenses.suspend(actor=Actor(ActorKind.STAFF, bob.id), license=license, reason="")


def test_a_lost_code_stops_and_the_new_one_comes_by_mail(ada: Person, time: Time) -> None:
    code = new_code()
    license, ends = redeem(ada, code).license, License.objects.get().expires_at
    time.by(days=1)
    row = lost_codes.replace_lost(actor=Actor.customer(ada.id), license=license)
    fresh = secret_sent_to(ada.email)
    mail = Message.objects.get(person=ada)
    assert codes.parse(fresh).tail == row.tail
    assert fresh not in mail.text + mail.html
    assert mail.secret_hint == f"code ending in {row.tail}"
    old = Code.objects.get(hash=codes.digest(code))
    assert (old.voided_at, old.replaced_by) == (time.now, row)
    assert selectors.live_codes(license) == [row]
    for attempt in (code, fresh):
        taken = codes.parse(attempt if isinstance(attempt, str) else attempt.text)
        if attempt is code:
            with pytest.raises(errors.CodeBlocked):
                seats.take(actor=SYSTEM, device=device(), code=taken, product=PRODUCT)
        else:
            assert seats.take(actor=SYSTEM, device=device(), code=taken, product=PRODUCT).created
    license.refresh_from_db()
    assert (license.expires_at, Term.objects.count()) == (ends, 1)


def test_in_a_secured_account_no_code_is_replaced(ada: Person, time: Time) -> None:
    license = redeem(ada, new_code()).license
    secure(person=ada.pk, cause="person.password_changed", since=clock.real_now())
    with pytest.raises(AccountFrozen):
        lost_codes.replace_lost(actor=Actor.customer(ada.id), license=license)
    time.by(hours=73)
    lost_codes.replace_lost(actor=Actor.customer(ada.id), license=license)


def test_all_codes_of_a_stacked_licence_are_replaced_by_one(ada: Person, time: Time) -> None:
    version = plan_version()
    first, second = new_code(version), new_code(version)
    license = redeem(ada, first).license
    time.by(days=1)
    redeem(ada, second, license)
    row = lost_codes.replace_lost(actor=Actor.customer(ada.id), license=license)
    assert Code.objects.get(replaced_by=row).hash == codes.digest(second)
    assert selectors.live_codes(license) == [row]


def test_what_cannot_be_replaced_says_why(ada: Person, time: Time) -> None:
    license = new_license(owner=ada)
    for expected, changes in (
        (errors.NoCodeToReplace, {}),
        (errors.LicenseSuspended, {"suspended_at": time.now}),
        (errors.LicenseRefunded, {"refunded_at": time.now}),
        (errors.LicenseUnclaimed, {"owner": None}),
    ):
        License.objects.update(**changes)
        with pytest.raises(expected):
            lost_codes.replace_lost(actor=SYSTEM, license=license)


def test_a_device_is_renamed_and_freed(ada: Person) -> None:
    license = owned(ada, ("One",))
    one = seat(license, "One")
    assert devices.rename(actor=Actor.customer(ada.id), activation=one, name="  Ada's \n PC ").name == "Ada's PC"
    for wrong in ("", "   ", "x" * 101, "bell \x07"):
        with pytest.raises(RequestInvalid):
            devices.rename(actor=Actor.customer(ada.id), activation=one, name=wrong)
    assert devices.free(actor=Actor.customer(ada.id), activation=one)
    assert (one.removed_by, one.removed_at is not None) == ("customer", True)
    assert not devices.free(actor=Actor.customer(ada.id), activation=one)
    assert live(license) == set()


def test_by_when_a_removed_device_stops(ada: Person, time: Time) -> None:
    one = seat(owned(ada, ("One",), lease_days=14), "One")
    assert selectors.stops_by(one) == time.now + timedelta(days=14)
    one.offline_until = time.now + timedelta(days=90)
    assert selectors.stops_by(one) == time.now + timedelta(days=90)
    assert selectors.stops_by(one, time.now + timedelta(days=100)) == time.now + timedelta(days=100)


def test_customers_reach_their_own_rows_only(ada: Person, bob: Person) -> None:
    license = owned(ada, ("One",))
    one = seat(license, "One")
    assert selectors.access_license(ada, license.id).live_devices == [one]  # type: ignore[attr-defined]  # prefetched
    assert selectors.access_activation(ada, one.id) == one
    for stranger, license_id, activation_id in ((bob, license.id, one.id), (ada, uuid4(), uuid4())):
        with pytest.raises(NotFound):
            selectors.access_license(stranger, license_id)
        with pytest.raises(NotFound):
            selectors.access_activation(stranger, activation_id)


def test_many_licences_cost_two_queries(ada: Person) -> None:
    for number in range(4):
        owned(ada, (f"One {number}", f"Two {number}"))
    with CaptureQueriesContext(connection) as queries:
        names = [
            (license.product.name, license.plan_version.plan.name, license.device_limit, len(license.live_devices))  # type: ignore[attr-defined]  # prefetched
            for license in selectors.licenses_of(ada)
        ]
    assert (len(queries), len(names)) == (2, 4)
    assert selectors.batches().count() == 4


def test_the_owner_hears_of_a_new_device(ada: Person) -> None:
    license = owned(ada, ("Kitchen tablet",))
    outbox.deliver_due()
    mail = Message.objects.get(person=ada)
    assert (mail.template, "Kitchen tablet" in mail.text) == ("licensing/device_added", True)
    row = seat(license, "Kitchen tablet")
    again = outbox.Delivery(uuid4(), {"activation_id": str(row.id)}, "", row.created_at)
    License.objects.update(owner=None)
    mails.device_added(again)
    License.objects.update(owner=ada)
    devices.free(actor=SYSTEM, activation=row)
    mails.device_added(again)
    assert Message.objects.count() == 1


def spoil_counter(license: License) -> None:
    License.objects.filter(pk=license.pk).update(seats_used=9)


def spoil_end(license: License) -> None:
    License.objects.filter(pk=license.pk).update(expires_at=license.expires_at + timedelta(days=1))


def spoil_term(license: License) -> None:
    license.terms.update(ends_at=license.expires_at + timedelta(days=1))


def spoil_code(license: License) -> None:
    license.codes.update(redeemed_at=None)


@pytest.mark.parametrize(
    ("spoil", "checks"),
    [
        (spoil_counter, {"devices used", "seats over the limit"}),
        (spoil_end, {"span"}),
        (spoil_term, {"place of a term"}),
        (spoil_code, {"redeemed code"}),
    ],
)
def test_what_is_derived_wrongly_is_found(ada: Person, spoil: Callable[[License], None], checks: set[str]) -> None:
    license = owned(ada, ("One",))
    assert integrity.faults() == []
    spoil(license)
    found = integrity.faults()
    assert {fault.check for fault in found} == checks
    assert str(found[0]).startswith(found[0].check)
