"""Seats: exact limits, swaps, offline seats, tokens, the audit and the outbox, the throttle of guesses."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import connection

from frontdesk.accounts.models import Person
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.models import AuditEntry, OutboxMessage, ThrottleCounter
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import codes, errors, seats, tokens
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, BatchKind, Code, License, Term
from frontdesk.licensing.seats import Offline, Seat
from tests.support.shop import PRODUCT, device, license_of, new_code, new_license, plan_version

pytestmark = pytest.mark.django_db
DEVICE = Actor(ActorKind.DEVICE)
OFFLINE = Offline("nonce-0123456789", b"k" * 32)


class Travel:
    """Business time in the tests' hands."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def by(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@pytest.fixture
def travel() -> Iterator[Travel]:
    time = Travel()
    with patch.object(clock, "now", lambda: time.now):
        yield time


def take(code: ParsedCode, name: str = "Ada's laptop", **values: Any) -> Seat:
    given: dict[str, Any] = {"actor": DEVICE, "product": PRODUCT, "device": device(name)} | values
    return seats.take(code=code, **given)


def used(license: License) -> int:
    """The counter, which must agree with the rows."""
    license.refresh_from_db()
    assert license.seats_used == license.activations.filter(removed_at=None).count()
    return license.seats_used


def test_the_first_device_redeems_the_code(travel: Travel) -> None:
    code = new_code(plan_version(code_days=30, grace_days=7, features=["vault"]))
    seat = take(code)
    license, row = license_of(code), Code.objects.get()
    term = Term.objects.get()
    assert seat.created
    assert (row.redeemed_at, row.license_id) == (travel.now, license.id)
    assert (term.grant_ref, term.seconds, term.kind) == (f"code:{row.id}", 30 * 86400, "code")
    assert (term.starts_at, term.ends_at) == (license.starts_at, license.expires_at)
    assert license.expires_at - license.starts_at == timedelta(days=30)
    facts = seat.license
    assert (facts.id, facts.product, facts.status, facts.devices_used) == (license.id, PRODUCT, "active", 1)
    assert facts.grace_until - facts.expires_at == timedelta(days=7)
    assert facts.features == ["vault"]
    assert used(license) == 1
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[-2:] == [
        "license.redeemed",
        "device.added",
    ]


def test_a_gift_makes_a_gift_term() -> None:
    take(new_code(kind=BatchKind.GIFT))
    assert Term.objects.get().kind == "gift"


def test_the_same_device_keeps_its_seat_and_its_five_newest_tokens() -> None:
    code = new_code(plan_version(device_limit=1))
    taken = [take(code) for _ in range(7)]
    assert [seat.created for seat in taken] == [True] + [False] * 6
    assert len({seat.activation for seat in taken}) == 1
    claims = [tokens.read(seat.token) for seat in taken]
    kept = [bytes(proof) for proof in Activation.objects.get().token_hashes]
    assert kept == [claim.proof for claim in reversed(claims[2:])]
    assert {claim.activation for claim in claims} == {taken[0].activation}
    assert used(license_of(code)) == 1


def test_the_limit_holds_and_reveals_nothing_but_itself() -> None:
    code = new_code(plan_version(device_limit=2))
    take(code, "one"), take(code, "two")
    with pytest.raises(errors.DeviceLimitReached) as refused:
        take(code, "three")
    assert refused.value.members == {"device_limit": 2, "manage_url": seats.manage_url()}
    assert not take(code, "one").created
    assert used(license_of(code)) == 2


def test_added_devices_count() -> None:
    license = new_license(plan_version(device_limit=1), added_devices=1)
    for name in ("one", "two"):
        assert seats.take(actor=DEVICE, device=device(name), license=license.id).created
    with pytest.raises(errors.DeviceLimitReached):
        seats.take(actor=DEVICE, device=device("three"), license=license.id)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"expires_at": datetime(2025, 2, 1, tzinfo=UTC)}, errors.LicenseExpired),
        ({"suspended_at": datetime(2025, 2, 1, tzinfo=UTC)}, errors.LicenseSuspended),
        ({"refunded_at": datetime(2025, 2, 1, tzinfo=UTC)}, errors.LicenseRefunded),
    ],
)
def test_a_licence_that_cannot_be_used_refuses(values: dict[str, Any], refusal: type[Refusal]) -> None:
    license = new_license(starts_at=datetime(2025, 1, 1, tzinfo=UTC), **values)
    with pytest.raises(refusal):
        seats.take(actor=DEVICE, device=device(), license=license.id)


def test_grace_still_serves(travel: Travel) -> None:
    code = new_code(plan_version(code_days=30, grace_days=7))
    take(code)
    travel.by(days=30)
    assert take(code, "another").license.status == "grace"
    travel.by(days=7)
    with pytest.raises(errors.LicenseExpired):
        take(code)


def test_a_voided_a_replaced_and_a_foreign_code_refuse() -> None:
    replacement = Code.objects.get(hash=codes.digest(new_code()))
    voided, replaced = new_code(voided_at=clock.now()), new_code(replaced_by=replacement)
    for code in (voided, replaced):
        with pytest.raises(errors.CodeBlocked):
            take(code)
    with pytest.raises(errors.ProductMismatch):
        take(new_code(plan_version(product="other-product")))
    assert not License.objects.exists()


def test_the_owner_hears_of_a_new_device_once() -> None:
    owner = Person.objects.create_user("ada@example.org")
    license = new_license(owner=owner)
    seat = seats.take(actor=DEVICE, device=device(), license=license.id)
    seats.take(actor=DEVICE, device=device(), license=license.id)
    message = OutboxMessage.objects.get()
    assert (message.topic, message.payload) == ("licensing.device_added", {"activation_id": str(seat.activation)})
    assert AuditEntry.objects.latest("id").person == owner.id


def test_a_freed_seat_is_free_and_freeing_twice_is_harmless() -> None:
    code = new_code(plan_version(device_limit=1))
    seat = take(code, "one")
    staff = Actor.staff(uuid4(), "conversation 12")
    assert seats.remove(actor=staff, activation=seat.activation) is True
    assert seats.remove(actor=staff, activation=seat.activation) is False
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, audit.reason_of(entry), entry.actor) == ("device.removed", "conversation 12", staff.person)
    assert Activation.objects.get().removed_by == "staff"
    assert used(license_of(code)) == 0
    assert take(code, "two").created
    with pytest.raises(errors.ActivationUnknown):
        seats.remove(actor=staff, activation=uuid4())


def swap(code: ParsedCode, seat: Seat, name: str) -> Seat:
    seats.remove(actor=DEVICE, activation=seat.activation)
    return take(code, name)


def test_four_swaps_in_thirty_days(travel: Travel) -> None:
    code = new_code(plan_version(device_limit=1))
    seat, first_swap_at = take(code, "0"), travel.now + timedelta(days=1)
    for number in range(1, 5):
        travel.by(days=1)
        seat = swap(code, seat, str(number))
    with pytest.raises(errors.SwapLimitReached) as refused:
        swap(code, seat, "5")
    assert refused.value.members == {"retry_at": seats.rfc3339(first_swap_at + timedelta(days=30))}
    travel.now = first_swap_at + timedelta(days=30, seconds=-1)
    with pytest.raises(errors.SwapLimitReached):
        take(code, "5")
    travel.by(seconds=1)
    assert take(code, "5").created


def test_a_seat_filled_thirty_days_after_the_last_freeing_is_no_swap(travel: Travel) -> None:
    code = new_code(plan_version(device_limit=2, swap_limit=0))
    seat = take(code, "one")
    travel.by(seconds=0.5)
    seats.remove(actor=DEVICE, activation=seat.activation)
    with pytest.raises(errors.SwapLimitReached) as refused:
        take(code, "two")
    assert refused.value.members["retry_at"] == seats.rfc3339(travel.now + timedelta(days=30, seconds=0.5))
    travel.by(days=30)
    assert take(code, "two").created
    assert not Activation.objects.get(removed_at=None).is_swap


def test_an_offline_seat_ends_with_its_lease(travel: Travel) -> None:
    code = new_code(plan_version(device_limit=1, offline_lease_days=90))
    seat = take(code, "one", offline=OFFLINE)
    assert seat.offline_until == travel.now + timedelta(days=90)
    again = take(code, "one", offline=OFFLINE)
    assert (again.created, again.offline_until) == (False, seat.offline_until)
    row = Activation.objects.get()
    assert (row.offline_nonce, bytes(row.offline_key or b"")) == (OFFLINE.nonce, OFFLINE.public_key)
    travel.by(days=89)
    with pytest.raises(errors.DeviceLimitReached):
        take(code, "two")
    travel.by(days=1, seconds=1)
    assert take(code, "two").created
    row.refresh_from_db()
    assert (row.removed_at, row.removed_by) == (seat.offline_until, "system")
    assert used(license_of(code)) == 1


def test_an_offline_lease_never_outlives_the_licence(travel: Travel) -> None:
    seat = take(new_code(plan_version(code_days=30, grace_days=7)), offline=OFFLINE)
    assert seat.offline_until == seat.license.grace_until


def test_a_device_that_asks_again_after_its_offline_lease_keeps_its_seat(travel: Travel) -> None:
    code = new_code(plan_version(device_limit=1, offline_lease_days=10))
    first = take(code, offline=OFFLINE)
    travel.by(days=11)
    again = take(code, offline=OFFLINE)
    assert (again.created, again.activation) == (False, first.activation)
    assert again.offline_until == travel.now + timedelta(days=10)
    online = take(code)
    assert (online.created, online.offline_until) == (False, None)


def test_the_sweep_frees_lapsed_seats(travel: Travel) -> None:
    code = new_code(plan_version(offline_lease_days=10))
    take(code, "one", offline=OFFLINE), take(code, "two")
    assert seats.free_lapsed() == 0
    travel.by(days=11)
    assert seats.free_lapsed() == 1
    assert used(license_of(code)) == 1


def batch(*asked: dict[str, Any]) -> list[seats.SeatRow]:
    """Several requests in one call, as the gateway makes them."""
    rows = [
        {"name": "x", "platform": "linux", "app_version": "1", "token": "00" * 32, "bucket": "b"} | a for a in asked
    ]
    real_now = clock.real_now()
    with connection.cursor() as cursor:
        cursor.execute(
            seats.TAKE,
            [clock.now(), real_now, json.dumps(rows), seats.limits(real_now), "device", None, ""],
        )
        return [seats.SeatRow(*row) for row in cursor.fetchall()]


def asks(code: ParsedCode, name: str, **values: Any) -> dict[str, Any]:
    fingerprint = seats.fingerprint_hash(name * 16).hex()
    return {"code": codes.digest(code).hex(), "product": PRODUCT, "fingerprint": fingerprint} | values


def test_one_batch_is_as_exact_as_many_calls() -> None:
    code, other = new_code(plan_version(device_limit=2)), new_code(plan_version(device_limit=1))
    rows = batch(*[asks(code, name) for name in "aabcadb"], asks(other, "a"), asks(other, "a", product="else"))
    assert [row.outcome for row in rows] == [
        "created", "held", "created", "device_limit_reached", "held", "device_limit_reached", "held", "created",
        "product_mismatch",
    ]  # fmt: skip
    assert [row.n for row in rows] == list(range(1, 10))
    assert (used(license_of(code)), used(license_of(other))) == (2, 1)
    assert Term.objects.count() == 2


def test_swaps_are_counted_within_a_batch(travel: Travel) -> None:
    code = new_code(plan_version(device_limit=5, swap_limit=2))
    seat = take(code, "first")
    seats.remove(actor=DEVICE, activation=seat.activation)
    rows = batch(*[asks(code, name) for name in "abcd"])
    assert [row.outcome for row in rows] == ["created", "created", "swap_limit_reached", "swap_limit_reached"]
    assert rows[2].retry_at == travel.now + timedelta(days=30)


def test_only_unknown_codes_are_throttled_each_prefix_apart_and_a_good_code_is_served() -> None:
    good = new_code()
    unknown = [asks(codes.generate(), "a", bucket="near") for _ in range(seats.UNKNOWN_FROM_PREFIX.count + 2)]
    rows = batch(*unknown, asks(codes.generate(), "a", bucket="far"), asks(good, "a", bucket="near"))
    assert [row.outcome for row in rows[:20]] == ["code_unknown"] * 20
    assert [row.outcome for row in rows[20:]] == ["too_many_attempts"] * 2 + ["code_unknown", "created"]
    assert 1 <= (rows[20].retry_after or 0) <= seats.UNKNOWN_FROM_PREFIX.seconds
    with pytest.raises(errors.CodeUnknown):
        take(codes.generate())
    for _ in range(seats.UNKNOWN_FROM_PREFIX.count):
        with pytest.raises(errors.CodeUnknown):
            take(codes.generate(), address_prefix="192.0.2.0/24")
    with pytest.raises(TooManyAttempts):
        take(codes.generate(), address_prefix="192.0.2.0/24")
    assert take(good, address_prefix="192.0.2.0/24")


def test_over_the_overall_limit_no_unknown_code_learns_anything() -> None:
    overall = json.loads(seats.limits(clock.real_now()))[1]
    ThrottleCounter.objects.create(bucket=overall["bucket"], window=overall["since"], count=overall["most"])
    with pytest.raises(TooManyAttempts):
        take(codes.generate())
    assert take(new_code()).created


def test_a_licence_that_is_not_there_looks_like_an_unknown_code() -> None:
    with pytest.raises(errors.CodeUnknown):
        seats.take(actor=DEVICE, device=device(), license=UUID(int=1))
