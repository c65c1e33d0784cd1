"""A term that goes back takes its own time and no more: payments go on with what is left, and everybody says so."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import outlooks, quotes
from frontdesk.billing.models import EndReason, Order, Payment, Refund, Subscription
from frontdesk.billing.refunds import settling as refunds
from frontdesk.billing.refunds import unpaid
from frontdesk.billing.subscriptions import changing
from frontdesk.core.actors import Actor
from frontdesk.licensing import integrity, redemption
from frontdesk.licensing.models import License
from tests.fulfilment.test_taking_back import (
    decide,
    dispute,
    fresh,
    last_payment,
    payment_of,
    refund,
    seat,
    upgraded,
)
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import money, sales, shop
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def renewed(person: Person, subscription: Subscription) -> Order:
    ends_at = sales.license_of(subscription).expires_at
    quote = quotes.renewal(subscription=fresh(subscription), license_ends_at=ends_at)
    return sales.pay(sales.place(person, quote, subscription=fresh(subscription)))


def redeem(person: Person, subscription: Subscription) -> None:
    redemption.redeem(
        actor=SYSTEM,
        person=person,
        code_text=shop.new_code(subscription.plan_version).text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )


def told(name: str) -> str:
    found = Message.objects.filter(template=f"billing/{name}").latest("created_at")
    return " ".join(found.text.split())


def assert_in_step(subscription: Subscription) -> None:
    assert fresh(subscription).paid_until == sales.license_of(subscription).expires_at
    assert integrity.faults() == []
    money.assert_balanced()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "goes on with its other time until 1 November 2027, and renews by itself then"),
        ("de", "läuft mit ihrer übrigen Zeit bis zum 1. November 2027 weiter und verlängert sich dann automatisch"),
    ],
)
def test_an_early_renewal_that_goes_back_leaves_all_as_it_was(
    ada: Person, bank: Bank, time: Time, language: str, said: str
) -> None:
    Person.objects.filter(pk=ada.pk).update(language=language)
    subscription = sales.buy(ada)
    end = subscription.paid_until
    seat(sales.license_of(subscription))
    time.by(days=1)
    order = renewed(ada, subscription)
    time.by(days=1)
    refund(payment_of(order), cause=Refund.Cause.CUSTOMER)
    row, license = fresh(subscription), sales.license_of(subscription)
    assert (row.is_live, row.auto_renew, row.charge_at) == (True, True, end)
    assert (license.status_at(time.now), license.seats_used) == (License.Status.ACTIVE, 1)
    assert said in told("refunded")
    assert_in_step(subscription)
    sales.until(time, end)
    assert bank.taken() - bank.returned() == 2 * sales.YEAR
    assert_in_step(subscription)


def test_an_early_renewal_can_be_bought_again(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    time.by(days=1)
    for _ in range(2):
        order = renewed(ada, subscription)
        time.by(days=1)
        refund(payment_of(order))
    renewed(ada, subscription)
    assert fresh(subscription).paid_until == subscription.paid_until.replace(year=2028)
    assert_in_step(subscription)


def test_a_charge_by_itself_that_goes_back_is_the_last(ada: Person, bank: Bank, time: Time) -> None:
    version = for_sale(code_days=90)
    subscription = sales.buy(ada, version)
    sales.until(time, subscription.paid_until + DAY)
    redeem(ada, subscription)
    time.by(days=1)
    page = signed_in(ada).get(f"/billing/payments/{last_payment().pk}/refund/").content.decode()
    assert "Nothing is charged for it by itself any more." in page
    refund(last_payment())
    row, license = fresh(subscription), sales.license_of(subscription)
    assert (row.is_live, row.auto_renew) == (True, False)
    assert license.expires_at == time.now + 90 * DAY
    assert "Nothing is charged for it by itself any more" in told("refunded")
    assert_in_step(subscription)
    sales.until(time, license.expires_at + DAY)
    assert bank.taken() - bank.returned() == sales.YEAR


def test_a_bank_that_takes_one_of_several_terms_ends_the_charges_and_not_the_licence(
    ada: Person, bank: Bank, time: Time
) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    time.by(days=1)
    order = renewed(ada, subscription)
    decide(bank, dispute(bank, payment_of(order)), won=False)
    row, license = fresh(subscription), sales.license_of(subscription)
    assert (row.is_live, row.auto_renew, row.paid_until) == (True, False, end)
    assert license.status_at(time.now) == License.Status.ACTIVE
    said = told("dispute_lost")
    assert "has ended" not in said
    assert "until 1 November 2027. Nothing is charged for it by itself any more." in said


def test_a_bank_that_takes_an_upgrade_ends_no_licence(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(2000))
    order = upgraded(ada, subscription, for_sale(4000))
    decide(bank, dispute(bank, payment_of(order)), won=False)
    assert "so the change of" in told("dispute_lost")
    assert "has ended" not in told("dispute_lost")


def test_the_first_term_goes_back_and_the_one_paid_behind_it_stays(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    first = last_payment()
    time.by(days=1)
    renewed(ada, subscription)
    time.by(days=1)
    refund(first)
    row = fresh(subscription)
    assert row.is_live
    assert row.paid_until == time.now.replace(year=2027)
    assert_in_step(subscription)


def test_the_only_term_that_goes_back_says_that_the_licence_has_ended(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.until(time, subscription.paid_until + 5 * DAY)
    refund(last_payment())
    assert fresh(subscription).end_reason == EndReason.REFUNDED
    assert "has ended with it, and its devices are free" in told("refunded")
    page = signed_in(ada).get("/billing/").content.decode()
    assert "Buy again" in page
    assert "/renew/" not in page


def test_what_goes_on_by_a_code_can_be_bought_again(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(code_days=90))
    time.by(days=1)
    redeem(ada, subscription)
    refund(last_payment())
    row = fresh(subscription)
    assert (row.end_reason, row.outlived, row.can_come_back) == (EndReason.REFUNDED, True, True)
    assert "goes on with its other time until" in told("refunded")
    outlook = outlooks.outlook_of(ada, subscription.pk)
    assert outlook.is_revivable
    assert "goes on with time from elsewhere" in " ".join(outlook.sentences)
    before = sales.license_of(subscription).expires_at
    renewed(ada, subscription)
    row = fresh(subscription)
    assert (row.is_live, row.paid_until.date()) == (True, before.replace(year=before.year + 1).date())
    assert_in_step(subscription)


@pytest.mark.parametrize("has_code", [True, False])
def test_a_trial_that_is_withdrawn_from_is_bought_only_with_its_licence(
    ada: Person, bank: Bank, time: Time, has_code: bool
) -> None:
    subscription = sales.try_out(ada, for_sale(trial_days=14, code_days=90))
    time.by(days=1)
    if has_code:
        redeem(ada, subscription)
    unpaid.take_back(actor=Actor.customer(ada.pk), order=subscription.orders.get(), as_of=time.now)
    row = fresh(subscription)
    assert (row.end_reason, row.can_come_back) == (EndReason.WITHDRAWN, has_code)


def test_what_had_ended_by_itself_cannot_come_back_once_it_is_paid_back(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(term_months=1))
    changing.set_auto_renew(actor=SYSTEM, subscription=subscription, on=False)
    sales.until(time, subscription.paid_until + DAY)
    assert fresh(subscription).can_come_back
    refund(last_payment())
    assert (fresh(subscription).end_reason, fresh(subscription).can_come_back) == (EndReason.REFUNDED, False)


def test_a_term_of_a_licence_that_was_paid_back_meanwhile_goes_back(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    first = last_payment()
    time.by(minutes=1)
    quote = quotes.renewal(subscription=subscription, license_ends_at=subscription.paid_until)
    order = sales.place(ada, quote, subscription=subscription)
    refund(first)
    time.by(minutes=1)
    sales.pay(order)
    refunds.sweep()
    assert Payment.objects.get(invoice__order=order).status == Payment.Status.SURPLUS
    assert (bank.taken() - bank.returned(), fresh(subscription).is_live) == (0, False)
    assert "what it was for had ended or been paid back" in told("refunded")
    money.assert_balanced()
