"""Licences that are sold: one for each payment, with a code that only its buyer's mailbox has seen."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from frontdesk.accounts.models import Message, Person
from frontdesk.core import clock, events, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import (
    codes,
    hand_overs,
    integrity,
    leases,
    licenses,
    redemption,
    seats,
    selling,
    terms,
    tokens,
)
from frontdesk.licensing.admin.licenses import with_status
from frontdesk.licensing.errors import LicenseExpired, TooManyKept
from frontdesk.licensing.events import LicenseEndMoved, LicenseHandedOver
from frontdesk.licensing.models import Batch, BatchKind, Code, License, TermKind
from frontdesk.licensing.seats import Seat
from tests.licensing.conftest import Time
from tests.licensing.test_hand_overs import offered
from tests.support.shop import PRODUCT, device, new_code, new_license, plan_version

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def sell(owner: Person, ref: str = "invoice:1", **values: Any) -> License:
    version = values.pop("version", None) or plan_version()
    facts: dict[str, Any] = {"kind": TermKind.ORDER, "months": 12} | values
    return selling.sell(actor=SYSTEM, owner=owner, plan_version=version, grant_ref=ref, **facts)


def heard(monkeypatch: pytest.MonkeyPatch, event: type) -> list[Any]:
    """What is published of one class from here on, and nobody else hears of it."""
    seen: list[Any] = []
    monkeypatch.setitem(events._reactions, event, [seen.append])
    return seen


def test_a_sold_licence_is_its_buyers_with_a_term_and_a_code(ada: Person, time: Time) -> None:
    license = sell(ada, added_devices=2)
    assert (license.owner, license.device_limit) == (ada, 7)
    assert (license.starts_at, license.expires_at) == (time.now, datetime(2027, 11, 1, 12, tzinfo=UTC))
    batch = Batch.objects.get()
    assert (batch.kind, batch.count, batch.made, batch.list_path) == (BatchKind.ORDER, 1, 1, "")
    assert AuditEntry.objects.filter(action="license.sold", person=ada.pk).count() == 1
    assert integrity.faults() == []


def test_the_code_is_in_one_mail_and_activates(ada: Person, time: Time) -> None:
    license = sell(ada)
    outbox.deliver_due()
    (letter,) = mail.outbox
    code = codes.parse(str(letter.body))
    assert codes.digest(code) == bytes(Code.objects.get().hash)
    assert code.text not in Message.objects.get().text
    seat = seats.take(actor=SYSTEM, device=device(), code=code, product=PRODUCT)
    assert seat.license.id == license.pk
    again = redemption.redeem(actor=SYSTEM, person=ada, code_text=code.text, ip_prefix="192.0.2.0")
    assert again.effect == redemption.Effect.ALREADY_YOURS


def test_one_licence_for_one_payment(ada: Person, time: Time) -> None:
    assert sell(ada) == sell(ada)
    assert (License.objects.count(), Code.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_a_trial_lasts_its_days(ada: Person, time: Time) -> None:
    license = sell(ada, "trial:1", kind=TermKind.TRIAL, months=None, days=14)
    assert license.expires_at == time.now + 14 * DAY


def test_a_term_may_count_from_before_it_was_paid(ada: Person, time: Time) -> None:
    time.now = datetime(2027, 1, 31, 12, tzinfo=UTC)
    license = sell(ada, months=1)
    end = license.expires_at
    time.now = end + 5 * DAY
    term = terms.grant(
        actor=SYSTEM,
        license=license,
        kind=TermKind.ORDER,
        plan_version=license.plan_version,
        grant_ref="invoice:2",
        months=1,
        since=end,
    )
    assert (term.starts_at, license.expires_at) == (end, datetime(2027, 3, 31, 12, tzinfo=UTC))
    ahead = terms.grant(
        actor=SYSTEM,
        license=license,
        kind=TermKind.ORDER,
        plan_version=license.plan_version,
        grant_ref="invoice:3",
        months=1,
        since=time.now + DAY,
    )
    assert ahead.granted_at == time.now, "never from a day to come"
    assert integrity.faults() == []


def test_moving_the_end_is_told_and_only_that(ada: Person, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    license = sell(ada)
    moved = heard(monkeypatch, LicenseEndMoved)
    redemption.redeem(
        actor=SYSTEM,
        person=ada,
        code_text=new_code(license.plan_version).text,
        ip_prefix="192.0.2.0",
        license=license,
    )
    license.refresh_from_db()
    assert moved == [LicenseEndMoved(license.pk, license.expires_at)]
    time.now = license.expires_at + DAY
    used = license.terms.get(grant_ref="invoice:1")
    terms.revoke(actor=SYSTEM, term=used, reason="of a term that is over nothing can be taken")
    assert len(moved) == 1
    term = terms.grant(
        actor=SYSTEM,
        license=license,
        kind=TermKind.ADJUSTMENT,
        plan_version=license.plan_version,
        grant_ref="a gift",
        days=3,
    )
    terms.revoke(actor=SYSTEM, term=term, reason="a mistake")
    license.refresh_from_db()
    assert [each.ends_at for each in moved[1:]] == [time.now + 3 * DAY, license.expires_at]


def test_handing_over_is_told(ada: Person, bob: Person, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    told = heard(monkeypatch, LicenseHandedOver)
    license = sell(ada)
    token = offered(ada, license, bob)
    hand_overs.accept(actor=Actor.customer(bob.pk), person=bob, token=token)
    assert told == [LicenseHandedOver(license.pk, ada.pk, bob.pk)]


def test_plan_and_devices_change_together(ada: Person, time: Time) -> None:
    license = sell(ada, version=plan_version(device_limit=3))
    names = ("a", "b", "c")
    seated = [seats.take(actor=SYSTEM, device=device(name), license=license.pk).activation for name in names]
    freed = licenses.change_plan_version(
        actor=SYSTEM, license=license, plan_version=plan_version(device_limit=1), added_devices=2
    )
    assert (freed, license.device_limit) == ([], 3), "in one step nobody loses a seat that fits afterwards"
    freed = licenses.change_plan_version(
        actor=SYSTEM, license=license, plan_version=license.plan_version, added_devices=0, keep=seated[1:2]
    )
    assert {each.pk for each in freed} == {seated[0], seated[2]}
    assert (license.added_devices, license.seats_used) == (0, 1)
    with pytest.raises(TooManyKept):
        sell_and_cut(ada)
    same = licenses.change_plan_version(actor=SYSTEM, license=license, plan_version=license.plan_version)
    assert (same, license.added_devices) == ([], 0)


def sell_and_cut(owner: Person) -> None:
    license = sell(owner, "invoice:9", version=plan_version(device_limit=1), added_devices=1)
    kept = [seats.take(actor=SYSTEM, device=device(name), license=license.pk).activation for name in ("d", "e")]
    licenses.change_plan_version(
        actor=SYSTEM, license=license, plan_version=license.plan_version, added_devices=0, keep=kept
    )


def test_a_tolerated_licence_is_renewed_and_seats_devices(ada: Person, time: Time) -> None:
    """In the model and in both functions: past the grace, while a late charge is to come."""
    license = new_license(plan_version(grace_days=7), owner=ada, expires_at=time.now + 30 * DAY)
    seat = seats.take(actor=SYSTEM, device=device(), license=license.pk)
    time.now = license.expires_at + 10 * DAY
    assert renewed(seat)[0] == LicenseExpired.reason.code
    with pytest.raises(LicenseExpired):
        seats.take(actor=SYSTEM, device=device("another"), license=license.pk)
    until = time.now + 5 * DAY
    for _ in range(2):
        licenses.tolerate(license=license, until=until)
    assert AuditEntry.objects.filter(action="license.tolerated").count() == 1
    assert license.grace_until == until
    assert license.status_at(time.now) == License.Status.GRACE
    outcome, status, grace_until = renewed(seat)
    assert (outcome, status, grace_until) == ("granted", "grace", until)
    second = seats.take(actor=SYSTEM, device=device("another"), license=license.pk)
    assert second.license.grace_until == until
    assert leases.ends_at(second.license, time.now) == until
    assert list(with_status(License.objects.all(), License.Status.GRACE)) == [license]
    time.now = until
    assert renewed(seat)[0] == LicenseExpired.reason.code
    assert list(with_status(License.objects.all(), License.Status.EXPIRED)) == [license]
    licenses.tolerate(license=license, until=None)
    assert license.grace_until == license.expires_at + 7 * DAY


def test_tolerance_never_shortens_the_grace(time: Time) -> None:
    license = new_license(plan_version(grace_days=7), tolerated_until=time.now)
    assert license.grace_until == license.expires_at + 7 * DAY


def renewed(seat: Seat) -> tuple[str, str, datetime]:
    """What the function that judges leases says: outcome, status, end of the grace."""
    claim = tokens.read(seat.token)
    asked = {
        "activation": str(claim.activation),
        "token": claim.proof.hex(),
        "fingerprint": seats.fingerprint_hash(device().fingerprint).hex(),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select outcome, status, grace_until from licensing_lease(%s, %s::text::json)",
            [clock.now(), json.dumps([asked])],
        )
        outcome, status, grace_until = cursor.fetchone()
        return outcome, status, grace_until
