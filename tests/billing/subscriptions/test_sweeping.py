"""The sweep with many workers: nobody is charged twice, nobody is lost, and one bad row keeps no other waiting."""

import os
import signal
import threading
import time as real_time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import outside
from frontdesk.billing.models import ChargeNotice, Invoice, Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import sweeping as payments
from frontdesk.billing.providers.sandbox.models import Card, Intent
from frontdesk.billing.subscriptions import charging, notices, planning, sweeping
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor
from frontdesk.licensing import integrity, selling
from frontdesk.licensing.models import License, TermKind
from tests.licensing.conftest import Time
from tests.support import bills, money, sales
from tests.support.bank import Bank, Slow
from tests.support.races import at_once
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


class Killed(BaseException):
    """The worker dies here."""


def many_due(cards: list[PaymentMethod], version: PlanVersion, time: Time, count: int) -> list[Subscription]:
    """So many subscriptions of these cards' customers whose charge is due now, all of them announced in time."""
    made = []
    for number in range(count):
        card = cards[number % len(cards)]
        assert card.person
        license = selling.sell(
            actor=SYSTEM,
            owner=card.person,
            plan_version=version,
            kind=TermKind.ORDER,
            grant_ref=f"test:{uuid4()}",
            months=version.term_months,
        )
        made.append(
            Subscription(
                person=card.person,
                license=license.pk,
                plan_version=version,
                currency="EUR",
                method=card,
                tax_country="DE",
                anchor=license.starts_at,
                paid_periods=1,
                charge_at=license.expires_at,
                next_action_at=license.expires_at,
                created_at=time.now,
            )
        )
    Subscription.objects.bulk_create(made)
    _announce(made, time)
    time.now = made[0].charge_at
    return made


def _announce(made: list[Subscription], time: Time) -> None:
    message = Message.objects.create(
        reference="H7K-2QX-9MA",
        address="ada@mail.example",
        template="billing/price_notice",
        created_at=time.now,
        sent_at=time.now,
    )
    ChargeNotice.objects.bulk_create(
        ChargeNotice(
            subscription=each,
            period_anchor=each.anchor,
            period_number=2,
            amount_minor=sales.YEAR,
            currency="EUR",
            charge_at=each.charge_at,
            message=message,
            created_at=time.now,
            reminded=2,
        )
        for each in made
    )


def workers(count: int, deed: Callable[[], object]) -> list[BaseException]:
    """Let so many sweep until nothing is due; what killed some of them."""
    killed: list[BaseException] = []

    def run() -> None:
        try:
            while deed():
                pass
        except Killed as death:
            killed.append(death)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return killed


@contextmanager
def one_dies(monkeypatch: pytest.MonkeyPatch, point: str, after: int) -> Iterator[None]:
    """The first worker that comes to a point for the so-many-th time dies there."""
    seen, lock = [0], threading.Lock()

    def at_point(at: str) -> None:
        with lock:
            seen[0] += at == point
            dies = at == point and seen[0] == after
        if dies:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outside, "at_point", at_point)
        yield


@pytest.mark.parametrize(("point", "after"), [("before charge", 20), ("after charge", 50)])
def test_a_hundred_due_and_three_workers_one_killed_charge_each_once(
    point: str, after: int, ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = many_due([money.card(ada)], for_sale(), time, 100 if after == 50 else 30)
    with one_dies(monkeypatch, point, after):
        assert len(workers(3, lambda: sweeping.sweep(limit=10))) == 1
    time.by(minutes=11)  # what the dead one held comes back
    payments.sweep()
    workers(2, lambda: sweeping.sweep(limit=10))
    assert Payment.objects.filter(status=Payment.Status.SUCCEEDED).count() == len(made)
    assert Payment.objects.count() == len(made), "nobody was asked twice"
    assert bank.taken() == len(made) * sales.YEAR
    assert set(Subscription.objects.values_list("paid_periods", flat=True)) == {2}
    assert not Subscription.objects.filter(next_action_at__lte=time.now).exists()
    ends = dict(License.objects.values_list("pk", "expires_at"))
    assert {each.paid_until == ends[each.license] for each in Subscription.objects.select_related("plan_version")} == {
        True
    }
    numbers = sorted(int(str(number).rsplit("-", 1)[-1]) for number in Invoice.objects.values_list("number", flat=True))
    assert numbers == list(range(1, len(made) + 1)), "no gap, and none twice"
    assert integrity.faults() == []
    money.assert_balanced()


def test_two_workers_at_one_subscription_take_one_step(ada: Person, bank: Bank, time: Time) -> None:
    (subscription,) = many_due([money.card(ada)], for_sale(), time, 1)
    bank.next("charge", Slow(0.3))
    done = at_once(*[lambda: sweeping.step(subscription.pk)] * 3)
    assert done.count(True) == 1
    assert done.count(False) == 2
    assert bank.calls["charge"] == 1
    assert sweeping.step(subscription.pk) is False


def test_a_row_that_fails_waits_longer_each_time_and_keeps_no_other_waiting(
    ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = many_due([money.card(ada)], for_sale(), time, 2)
    prepare = charging.prepare

    def fails(subscription: Subscription) -> charging.Charge | None:
        if subscription.pk == bad.pk:
            raise RuntimeError("a fault of ours")
        return prepare(subscription)

    with monkeypatch.context() as patched:
        patched.setattr(charging, "prepare", fails)
        waits = []
        for _ in range(3):
            before = time.now
            sweeping.sweep()
            bad.refresh_from_db()
            assert bad.next_action_at
            waits.append(bad.next_action_at - before)
            time.now = bad.next_action_at
        assert waits == sweeping.PAUSES[:3]
        good.refresh_from_db()
        assert good.paid_periods == 2
    sweeping.sweep()
    bad.refresh_from_db()
    assert (bad.paid_periods, bad.stumbles) == (2, 0)
    assert bank.taken() == 2 * sales.YEAR


def test_a_fault_after_the_bank_said_yes_is_made_up_for(
    ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks while the money is written down rolls back with it, and is done again from the bank's word."""
    (subscription,) = many_due([money.card(ada)], for_sale(), time, 1)
    with monkeypatch.context() as patched:
        patched.setattr(planning, "plan", lambda _subscription: 1 / 0)
        assert sweeping.sweep(limit=1) == 1
    subscription.refresh_from_db()
    assert (subscription.paid_periods, subscription.stumbles, bank.taken()) == (1, 1, sales.YEAR)
    sales.after(time, hours=1)
    subscription.refresh_from_db()
    assert (subscription.paid_periods, bank.taken()) == (2, sales.YEAR)
    assert Payment.objects.count() == 1


def test_what_is_due_is_judged_anew(ada: Person, bank: Bank, time: Time) -> None:
    """A row whose moment was written wrongly, or long ago, does nothing that is not due."""
    subscription = sales.buy(ada)
    Subscription.objects.update(next_action_at=time.now - DAY, next_step="charge")
    assert sweeping.sweep() == 1
    subscription.refresh_from_db()
    assert subscription.next_action_at == subscription.paid_until - 28 * DAY
    assert (sweeping.sweep(), bank.taken()) == (0, sales.YEAR)


def test_an_announcement_that_fails_leaves_nothing_behind(
    ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = sales.buy(ada)
    time.now = subscription.paid_until - 28 * DAY
    with monkeypatch.context() as patched:
        patched.setattr(notices, "_warn_of_old_card", lambda _subscription: 1 / 0)
        sweeping.sweep()
    assert not ChargeNotice.objects.exists()
    time.by(minutes=6)
    sweeping.sweep()
    assert ChargeNotice.objects.count() == 1


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded, use of fork:DeprecationWarning")
def test_ten_thousand_due_in_one_night(person: Callable[[str], Person], time: Time) -> None:
    """Three worker processes at the sandbox, one of them killed in the middle."""
    cards = [kept_at_the_sandbox(person(f"Customer{number}"), time) for number in range(200)]
    made = many_due(cards, for_sale(), time, 10_000)
    started = real_time.monotonic()
    took = run_processes(3, kill_first_after=20) - started
    time.by(minutes=11)
    payments.sweep()
    sweeping.sweep()
    paid = Payment.objects.filter(status=Payment.Status.SUCCEEDED)
    assert (paid.count(), Payment.objects.count()) == (len(made), len(made))
    assert Intent.objects.filter(status=Intent.Status.SUCCEEDED).count() == len(made), (
        "the bank was asked once for each"
    )
    assert set(Subscription.objects.values_list("paid_periods", flat=True)) == {2}
    assert integrity.faults() == []
    money.assert_balanced()
    assert took < 600


def kept_at_the_sandbox(customer: Person, time: Time) -> PaymentMethod:
    """A good card that the sandbox keeps."""
    kept = Card.objects.create(
        ref=uuid4().hex, customer_ref=f"cus_{customer.pk.hex}", code="good", last4="0001", exp_month=12, exp_year=2040
    )
    return bills.card(customer, provider="sandbox", ref=kept.ref, customer_ref=kept.customer_ref)


def run_processes(count: int, *, kill_first_after: float) -> float:
    """Let so many processes sweep until nothing is due; one is killed without a warning. When the last one ended."""
    connections.close_all()  # each process has its own
    children: list[int] = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            try:
                while sweeping.sweep(limit=100):
                    pass
            finally:
                os._exit(0)
        children.append(child)
    real_time.sleep(kill_first_after)
    os.kill(children[0], signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    return real_time.monotonic()
