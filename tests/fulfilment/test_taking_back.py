"""Money that goes back takes its licence, time, plan or devices with it, in one commit; a dispute only stops it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing import disputes, quotes
from frontdesk.billing.models import EndReason, Invoice, Order, Payment, Refund, Subscription
from frontdesk.billing.refunds import asking, settling
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import history
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.fulfilment.models import Hold
from frontdesk.licensing import integrity, licenses, redemption, seats
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.support import money, sales, shop
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def last_payment() -> Payment:
    return Payment.objects.filter(status=Payment.Status.SUCCEEDED).order_by("-started_at", "-settled_at")[0]


def payment_of(order: Order) -> Payment:
    return Payment.objects.get(invoice__order=order)


def refund(payment: Payment, *, takes_back: bool = True, cause: Refund.Cause = Refund.Cause.STAFF) -> Refund:
    done = asking.refund(
        actor=SYSTEM,
        payment=payment,
        amount_minor=payment.amount_minor,
        cause=cause,
        takes_back=takes_back,
        key=uuid4().hex,
        reason="a test",
    )
    assert done.status == Refund.Status.SUCCEEDED
    return done


def seat(license: License, name: str = "Ada's laptop") -> seats.Seat:
    return seats.take(actor=SYSTEM, device=shop.device(name), license=license.pk)


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def dispute(bank: Bank, payment: Payment) -> str:
    ref = bank.open_dispute(payment.ref)
    assert disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)
    return ref


def decide(bank: Bank, ref: str, *, won: bool) -> None:
    bank.close_dispute(ref, won=won)
    for _ in range(2):
        disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)


def test_refunding_the_only_term_ends_licence_devices_and_subscription(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)
    seat(license)
    time.by(days=3)
    refund(last_payment())
    license.refresh_from_db()
    assert (license.status_at(time.now), license.seats_used) == (License.Status.REFUNDED, 0)
    row = fresh(subscription)
    assert (row.end_reason, row.ended_at, row.next_action_at) == (EndReason.REFUNDED, time.now, None)
    sales.after(time, days=400)
    assert bank.taken() == sales.YEAR
    assert integrity.faults() == []
    money.assert_balanced()


def test_a_withdrawal_is_called_so(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    refund(last_payment(), cause=Refund.Cause.WITHDRAWAL)
    assert fresh(subscription).end_reason == EndReason.WITHDRAWN


def test_goodwill_takes_nothing_back(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    refund(last_payment(), takes_back=False)
    assert fresh(subscription).is_live
    assert sales.license_of(subscription).status_at(time.now) == License.Status.ACTIVE


def test_refunding_a_running_renewal_ends_the_licence(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    seat(sales.license_of(subscription))
    sales.until(time, subscription.paid_until + 5 * DAY)
    renewal = Payment.objects.get(invoice__subscription=subscription)
    refund(renewal)
    license = sales.license_of(subscription)
    assert (license.status_at(time.now), license.seats_used) == (License.Status.REFUNDED, 0)
    assert fresh(subscription).end_reason == EndReason.REFUNDED


def test_refunding_a_renewal_paid_early_leaves_what_was_paid_before(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    time.by(minutes=1)
    quote = quotes.renewal(subscription=subscription, license_ends_at=end)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    time.by(days=1)
    refund(payment_of(order))
    license = sales.license_of(subscription)
    assert (license.expires_at, license.status_at(time.now)) == (end, License.Status.ACTIVE)
    assert fresh(subscription).charge_at == end


def test_time_from_a_code_outlives_the_refund(ada: Person, bank: Bank, time: Time) -> None:
    version = for_sale(code_days=90)
    subscription = sales.buy(ada, version)
    time.by(minutes=1)
    redemption.redeem(
        actor=SYSTEM,
        person=ada,
        code_text=shop.new_code(version).text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )
    time.by(days=1)
    refund(payment_of(subscription.orders.get()))
    license = sales.license_of(subscription)
    assert (license.expires_at, license.status_at(time.now)) == (time.now + 90 * DAY, License.Status.ACTIVE)


def test_refunding_an_upgrade_goes_back_to_the_plan_before(ada: Person, bank: Bank, time: Time) -> None:
    small, large = for_sale(2000, device_limit=1), for_sale(4000, device_limit=3)
    subscription = sales.buy(ada, small)
    end = subscription.paid_until
    quote = quotes.upgrade(subscription=subscription, version=large, license_ends_at=end)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    license = sales.license_of(subscription)
    for name in ("a", "b", "c"):
        seat(license, name)
    refund(payment_of(order))
    row, license = fresh(subscription), sales.license_of(subscription)
    assert (row.is_live, row.plan_version, license.plan_version) == (True, small, small)
    assert (license.seats_used, license.expires_at) == (1, end)
    sales.until(time, end)
    assert bank.taken() - bank.returned() == 2000 + 2000


def test_keeping_a_later_upgrade_without_the_one_it_stands_on_is_not_to_be_had(
    ada: Person, bank: Bank, time: Time
) -> None:
    small, middle, large = for_sale(1000), for_sale(5000), for_sale(5100)
    subscription = sales.buy(ada, small)
    orders = []
    for version in (middle, large):
        current = fresh(subscription)
        quote = quotes.upgrade(subscription=current, version=version, license_ends_at=current.paid_until)
        orders.append(sales.pay(sales.place(ada, quote, subscription=current)))
    refund(payment_of(orders[0]))
    assert sales.license_of(subscription).plan_version == small


def upgraded(person: Person, subscription: Subscription, version: PlanVersion) -> Order:
    current = fresh(subscription)
    quote = quotes.upgrade(
        subscription=current, version=version, license_ends_at=sales.license_of(subscription).expires_at
    )
    return sales.pay(sales.place(person, quote, subscription=current))


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_upgrades_that_go_back_none_is_kept(ada: Person, bank: Bank, time: Time, first: int) -> None:
    small, middle, large = for_sale(1000), for_sale(5000), for_sale(5100)
    subscription = sales.buy(ada, small)
    orders = [upgraded(ada, subscription, version) for version in (middle, large)]
    for order in (orders[first], orders[1 - first]):
        refund(payment_of(order))
    assert bank.taken() - bank.returned() == 1000
    assert (fresh(subscription).plan_version, sales.license_of(subscription).plan_version) == (small, small)


def test_an_upgrade_goes_back_also_when_a_renewal_went_back_before(ada: Person, bank: Bank, time: Time) -> None:
    small, large = for_sale(1000), for_sale(5000)
    subscription = sales.buy(ada, small)
    end = subscription.paid_until
    upgrade = upgraded(ada, subscription, large)
    time.by(minutes=1)
    quote = quotes.renewal(subscription=fresh(subscription), license_ends_at=end)
    renewal = sales.pay(sales.place(ada, quote, subscription=fresh(subscription)))
    refund(payment_of(renewal))
    refund(payment_of(upgrade))
    license = sales.license_of(subscription)
    assert bank.taken() - bank.returned() == 1000
    assert (license.plan_version, license.expires_at, fresh(subscription).is_live) == (small, end, True)


def test_an_upgrade_that_goes_back_after_a_downgrade_leads_nowhere_up(ada: Person, bank: Bank, time: Time) -> None:
    small, large, largest = for_sale(1000), for_sale(5000), for_sale(5100)
    subscription = sales.buy(ada, large)
    end = subscription.paid_until
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=small, added_devices=0)
    sales.until(time, end - 5 * DAY)
    upgrade = upgraded(ada, subscription, largest)
    changing.plan_switch(actor=SYSTEM, subscription=fresh(subscription), version=small, added_devices=0)
    sales.until(time, end + 20 * DAY)
    assert sales.license_of(subscription).plan_version == small
    refund(payment_of(upgrade))
    assert sales.license_of(subscription).plan_version == small


def test_a_downgrade_to_the_plan_that_came_back_waits_no_more(ada: Person, bank: Bank, time: Time) -> None:
    small, large = for_sale(1000), for_sale(5000)
    subscription = sales.buy(ada, small)
    upgrade = upgraded(ada, subscription, large)
    changing.plan_switch(actor=SYSTEM, subscription=fresh(subscription), version=small, added_devices=0)
    refund(payment_of(upgrade))
    assert quotes.renewal(subscription=fresh(subscription), license_ends_at=subscription.paid_until)


def test_refunding_devices_takes_them(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(2000, device_limit=1), added_devices=1)
    quote = quotes.devices(subscription=subscription, more=2, license_ends_at=subscription.paid_until)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    license = sales.license_of(subscription)
    for name in ("a", "b", "c", "d"):
        seat(license, name)
    refund(payment_of(order))
    license = sales.license_of(subscription)
    assert (license.added_devices, license.device_limit, license.seats_used) == (1, 2, 2)
    assert fresh(subscription).added_devices == 1


def test_what_breaks_while_it_is_taken_back_takes_the_refund_along(
    ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The money went back at the bank; our rows say so together with the licence, or not at all."""
    subscription = sales.buy(ada)
    with monkeypatch.context() as patched:
        patched.setattr(licenses, "refund", lambda **_values: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            refund(last_payment())
    assert fresh(subscription).is_live
    assert Refund.objects.get().status != Refund.Status.SUCCEEDED
    time.by(hours=1)
    settling.sweep()
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
    assert (fresh(subscription).is_live, bank.returned()) == (False, sales.YEAR)


def test_a_dispute_stops_the_licence_and_winning_restores_it(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    ref = dispute(bank, last_payment())
    assert sales.license_of(subscription).status_at(time.now) == License.Status.SUSPENDED
    assert fresh(subscription).is_live
    decide(bank, ref, won=True)
    assert sales.license_of(subscription).status_at(time.now) == License.Status.ACTIVE
    assert not Hold.objects.exists()


def test_losing_takes_it_back(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    seat(sales.license_of(subscription))
    ref = dispute(bank, last_payment())
    time.by(days=30)
    decide(bank, ref, won=False)
    license = sales.license_of(subscription)
    assert (license.status_at(time.now), license.seats_used) == (License.Status.REFUNDED, 0)
    assert fresh(subscription).end_reason == EndReason.DISPUTED
    money.assert_balanced()


def test_losing_an_upgrade_goes_back_and_goes_on(ada: Person, bank: Bank, time: Time) -> None:
    small, large = for_sale(2000), for_sale(4000)
    subscription = sales.buy(ada, small)
    quote = quotes.upgrade(subscription=subscription, version=large, license_ends_at=subscription.paid_until)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    decide(bank, dispute(bank, payment_of(order)), won=False)
    license = sales.license_of(subscription)
    assert (license.plan_version, license.status_at(time.now)) == (small, License.Status.ACTIVE)
    assert fresh(subscription).is_live


def test_of_two_disputes_the_last_one_decides(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.devices(subscription=subscription, more=1, license_ends_at=subscription.paid_until)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    first, second = dispute(bank, payment_of(subscription.orders.get(purpose="new"))), dispute(bank, payment_of(order))
    decide(bank, first, won=True)
    assert sales.license_of(subscription).suspended_at is not None
    decide(bank, second, won=True)
    assert sales.license_of(subscription).suspended_at is None


def test_what_staff_suspended_is_not_restored_by_a_bank(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    licenses.suspend(actor=SYSTEM, license=sales.license_of(subscription), reason="abuse")
    decide(bank, dispute(bank, last_payment()), won=True)
    assert sales.license_of(subscription).suspended_at is not None


def test_nothing_is_charged_while_the_bank_looks_into_it(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    ref = dispute(bank, last_payment())
    sales.until(time, end + 3 * DAY)
    assert bank.taken() == sales.YEAR
    decide(bank, ref, won=True)
    sales.after(time, days=2)
    assert bank.taken() == sales.YEAR, "the announced day is past: another notice comes first"
    held = sales.license_of(subscription)
    assert held.is_usable_at(time.now)
    sales.after(time, days=15)
    assert bank.taken() == 2 * sales.YEAR
    newest = fresh(subscription).notices.first()
    assert newest is not None
    assert newest.accepted_at is not None
    assert newest.accepted_at <= newest.charge_at - 15 * DAY
    assert fresh(subscription).paid_until == sales.license_of(subscription).expires_at == end + 366 * DAY


def test_a_dispute_that_outlasts_the_grace_ends_it_uncharged(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end - DAY)
    ref = dispute(bank, last_payment())
    sales.until(time, end + 20 * DAY)
    decide(bank, ref, won=True)
    sales.after(time, days=30)
    assert fresh(subscription).end_reason == EndReason.RESTED
    assert bank.taken() == sales.YEAR


def test_everything_stands_in_the_history(ada: Person, bank: Bank, time: Time) -> None:
    sales.buy(ada)
    refund(last_payment())
    said = AuditEntry.objects.filter(person=ada.pk).values_list("action", flat=True)
    assert {"order.placed", "subscription.begun", "license.sold", "subscription.ended", "license.refunded"} <= {*said}
    assert [action for action in said if not history.is_described(action)] == []
    assert Invoice.objects.filter(person=ada).count() == 2
