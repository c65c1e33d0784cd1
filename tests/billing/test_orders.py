"""Placing, paying and giving up orders; twice, at once, by strangers, and for nothing."""

from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import coupons, orders, quotes
from frontdesk.billing import credits as credit
from frontdesk.billing.errors import (
    CouponUnknown,
    NotPayable,
    PaymentUnderWay,
    QuoteOutdated,
    TrialUsed,
)
from frontdesk.billing.models import Coupon, CouponUse, Invoice, Order, Payment, PaymentMethod, Purpose, Subscription
from frontdesk.billing.payments import paying
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.licensing import codes
from frontdesk.licensing.models import Code, License
from tests.licensing.conftest import Time
from tests.support import money, sales
from tests.support.bank import Bank
from tests.support.races import at_once, waiting
from tests.support.sales import for_sale, place, quoted

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")


def by_page(order: Order) -> Payment:
    return paying.by_page(invoice=Invoice.objects.get(order=order), **money.URLS)


def test_an_order_keeps_what_was_agreed(ada: Person, bank: Bank, time: Time) -> None:
    ada.time_zone, ada.language = "Europe/Berlin", "de"
    ada.save()
    version = for_sale()
    order = place(ada, quoted(version, added_devices=1), network_country="AT", auto_renew=False)
    assert (order.due_minor, order.list_minor, order.renewal_minor) == (4495, 4495, 4495)
    assert (order.proof_given, order.proof_network, order.tax_country, order.tax_rate) == ("DE", "AT", "DE", 1900)
    assert (order.zone, order.language, order.auto_renew) == ("Europe/Berlin", "de", False)
    assert order.expires_at == time.now + timedelta(hours=24)
    invoice = Invoice.objects.get(order=order)
    assert (invoice.due_minor, invoice.number, invoice.is_open) == (4495, None, True)


def test_a_paid_order_gives_licence_code_and_subscription_at_once(ada: Person, bank: Bank, time: Time) -> None:
    card = money.card(ada)
    order = sales.pay(place(ada, quoted(for_sale(term_months=1))), card)
    license, subscription = License.objects.get(), Subscription.objects.get()
    assert (order.license, order.subscription, license.owner) == (license.pk, subscription, ada)
    assert (subscription.method, subscription.auto_renew, subscription.paid_until) == (card, True, license.expires_at)
    code = Code.objects.get(license=license)
    sales.deliver()
    (letter,) = [each for each in mail.outbox if code.tail in each.body]
    kept = Message.objects.get(template="licensing/order_code")
    assert code.tail in kept.secret_hint
    assert codes.digest(codes.parse(str(letter.body))) == bytes(code.hash), "the code is in the mail, and nowhere else"
    assert code.tail not in kept.text
    assert Message.objects.filter(template="billing/order_confirmed").count() == 1


def test_a_double_click_is_one_order(ada: Person, bank: Bank, time: Time) -> None:
    quote, key = quoted(for_sale()), uuid4()
    assert place(ada, quote, key=key) == place(ada, quote, key=key)
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_two_clicks_at_once_are_one_order(attempt: int, ada: Person, bank: Bank) -> None:
    coupons.create(actor=SYSTEM, code="BOTH", percent=10)
    quote, key = quoted(for_sale(), coupon_code="BOTH"), uuid4()
    first, second = at_once(*[lambda: place(ada, quote, key=key, coupon_code="BOTH").pk] * 2)
    assert first == second == Order.objects.get().pk
    assert (Invoice.objects.count(), CouponUse.objects.count(), Coupon.objects.get().uses) == (1, 1, 1)


def test_somebody_elses_key_and_subscription_are_not_found(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    quote, key = quoted(for_sale()), uuid4()
    order = place(ada, quote, key=key)
    with pytest.raises(NotFound):
        place(bob, quote, key=key)
    with pytest.raises(NotFound):
        orders.access_order(bob, order.pk)
    with pytest.raises(NotFound):
        orders.access_order(bob, uuid4())
    assert orders.access_order(ada, order.pk) == order
    subscription = sales.buy(ada)
    renewal = quotes.renewal(subscription=subscription, license_ends_at=subscription.paid_until)
    for whose in (subscription, None):
        with pytest.raises(NotFound):
            place(bob, renewal, subscription=whose)


def test_a_price_that_changed_meanwhile_is_refused_and_nothing_is_charged(ada: Person, bank: Bank) -> None:
    shown, now = quoted(for_sale(3995)), quoted(for_sale(4995))
    with pytest.raises(QuoteOutdated):
        place(ada, now, agreed_digest=shown.digest)
    assert not Order.objects.exists()
    assert not bank.calls


def test_what_a_coupon_covers_whole_is_paid_at_once(ada: Person, bank: Bank, time: Time) -> None:
    coupons.create(actor=SYSTEM, code="GIFT", percent=100)
    order = place(ada, quoted(for_sale(), coupon_code="GIFT"), coupon_code="GIFT")
    assert order.paid_at == time.now
    assert (License.objects.count(), Payment.objects.count(), bank.taken()) == (1, 0, 0)
    subscription = sales.of(order)
    assert (subscription.method, subscription.coupon) == (None, None)


def test_what_credit_covers_whole_is_paid_at_once(ada: Person, bank: Bank, time: Time) -> None:
    credit.give(actor=SYSTEM, person=ada, amount_minor=4000, currency="EUR", key="a test")
    order = place(ada, quoted(for_sale(3995)))
    assert order.paid_at == time.now
    assert (License.objects.count(), bank.taken(), credit.balance(ada, "EUR")) == (1, 0, 5)


@pytest.mark.parametrize("attempt", range(3))
def test_the_last_use_of_a_coupon_goes_to_one_of_two(attempt: int, ada: Person, bob: Person, bank: Bank) -> None:
    coupons.create(actor=SYSTEM, code="LAST", percent=10, max_uses=1)
    version = for_sale()
    outcomes = at_once(
        *[lambda who=who: place(who, quoted(version, coupon_code="LAST"), coupon_code="LAST") for who in (ada, bob)]
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["CouponUnknown", "Order"]
    assert (Coupon.objects.get().uses, CouponUse.objects.count(), Order.objects.count()) == (1, 1, 1)


def test_giving_up_frees_the_coupon_and_voids_the_invoice(ada: Person, bank: Bank, time: Time) -> None:
    coupons.create(actor=SYSTEM, code="LAST", percent=10, max_uses=1)
    version = for_sale()
    order = place(ada, quoted(version, coupon_code="LAST"), coupon_code="LAST")
    with pytest.raises(CouponUnknown):
        quoted(version, coupon_code="LAST")
    orders.cancel(actor=Actor.customer(ada.pk), order=order)
    assert order.canceled_at == time.now
    assert Invoice.objects.get(order=order).void_at == time.now
    assert Coupon.objects.get().uses == 0
    with pytest.raises(NotPayable):
        orders.cancel(actor=Actor.customer(ada.pk), order=order)
    assert quoted(version, coupon_code="LAST").due.gross_minor == 3595


def test_no_order_is_given_up_while_it_is_being_paid(ada: Person, bank: Bank, time: Time) -> None:
    order = place(ada, quoted(for_sale()))
    payment = by_page(order)
    with pytest.raises(PaymentUnderWay):
        orders.cancel(actor=Actor.customer(ada.pk), order=order)
    time.by(hours=25)
    assert orders.expire_open() == 0
    paying.cancel(payment=payment)
    assert orders.expire_open() == 1
    order.refresh_from_db()
    assert order.canceled_at == time.now
    assert orders.expire_open() == 0


def test_an_order_that_cannot_be_closed_does_not_keep_others_open(
    ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = place(ada, quoted(for_sale())), place(ada, quoted(for_sale()))
    give_up = orders._give_up

    def fails_once(actor: Actor, order: Order) -> None:
        if order.pk == first.pk:
            raise RuntimeError("a fault of ours")
        give_up(actor, order)

    monkeypatch.setattr(orders, "_give_up", fails_once)
    time.by(hours=25)
    assert orders.expire_open() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.canceled_at, second.canceled_at) == (None, time.now)


def test_a_second_change_of_a_subscription_replaces_one_that_nobody_pays(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    ends_at = subscription.paid_until
    first = place(
        ada, quotes.devices(subscription=subscription, more=1, license_ends_at=ends_at), subscription=subscription
    )
    second = place(ada, quotes.renewal(subscription=subscription, license_ends_at=ends_at), subscription=subscription)
    first.refresh_from_db()
    assert (first.canceled_at, second.is_open) == (time.now, True)
    by_page(second)
    with pytest.raises(PaymentUnderWay):
        place(ada, quotes.renewal(subscription=subscription, license_ends_at=ends_at), subscription=subscription)


def test_a_trial_waits_for_its_card_and_starts_once(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    version = for_sale(trial_days=14)
    order = place(ada, quoted(version, trial=True))
    assert not Invoice.objects.exists()
    stranger, card, gone = money.card(bob), money.card(ada), money.card(ada, detached_at=time.now)
    for method in (stranger, gone):
        with pytest.raises(NotFound):
            orders.start_trial(actor=SYSTEM, order=order, method=method)
    for _ in range(2):
        orders.start_trial(actor=Actor.customer(ada.pk), order=order, method=card)
    license, subscription = License.objects.get(), Subscription.objects.get()
    assert license.expires_at == subscription.paid_until == subscription.charge_at == time.now + timedelta(days=14)
    assert (subscription.is_trial, subscription.paid_periods, subscription.method) == (True, 0, card)
    assert Message.objects.filter(template="billing/trial_started").count() == 1
    with pytest.raises(TrialUsed):
        place(ada, quoted(version, trial=True))


def test_a_trial_does_not_start_with_a_card_that_is_being_removed(ada: Person, bank: Bank, time: Time) -> None:
    order, card = place(ada, quoted(for_sale(trial_days=14), trial=True)), money.card(ada)

    def remove() -> None:
        with transaction.atomic():
            PaymentMethod.objects.filter(pk=card.pk).update(detached_at=time.now)
            is_removed.set()
            waiting(1)

    def start() -> Order:
        assert is_removed.wait(30)
        return orders.start_trial(actor=SYSTEM, order=order, method=card)

    is_removed = Event()
    removed, started = at_once(remove, start)
    assert (removed, type(started)) == (None, NotFound)
    order.refresh_from_db()
    assert (order.paid_at, Subscription.objects.count()) == (None, 0)


def test_of_two_trials_ordered_before_the_first_started_one_starts(ada: Person, bank: Bank, time: Time) -> None:
    version, card = for_sale(trial_days=14), money.card(ada)
    first, second = place(ada, quoted(version, trial=True)), place(ada, quoted(version, trial=True))
    orders.start_trial(actor=SYSTEM, order=first, method=card)
    with pytest.raises(TrialUsed):
        orders.start_trial(actor=SYSTEM, order=second, method=card)
    time.by(hours=25)
    assert orders.expire_open() == 1
    with pytest.raises(NotPayable):
        orders.start_trial(actor=SYSTEM, order=second, method=card)
    bought = place(ada, quoted(version))
    with pytest.raises(NotFound):
        orders.start_trial(actor=SYSTEM, order=bought, method=card)
    assert bought.purpose == Purpose.NEW


def test_a_quote_from_before_another_term_was_paid_is_outdated(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.renewal(subscription=subscription, license_ends_at=subscription.paid_until)
    sales.pay(place(ada, quote, subscription=subscription))
    with pytest.raises(QuoteOutdated):
        place(ada, quote, subscription=subscription)
    assert bank.taken() == 2 * sales.YEAR
