"""What the mails of a dispute say of the licence is what becomes of it."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import mails, outlooks, quotes
from frontdesk.billing.models import EndReason, Payment, Subscription
from tests.fulfilment.test_taking_back import decide, dispute, fresh, last_payment, payment_of
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import sales
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)


def told(name: str) -> str:
    """The text of the newest mail of a dispute."""
    return Message.objects.filter(template=f"billing/dispute_{name}").latest("created_at").text


def test_the_mails_of_a_dispute_over_the_only_term_say_that_it_rests_and_ends(
    ada: Person, bank: Bank, time: Time
) -> None:
    sales.buy(ada)
    ref = dispute(bank, last_payment())
    assert "the licence rests" in told("opened")
    decide(bank, ref, won=False)
    assert "has ended" in told("lost")
    assert Message.objects.filter(template="billing/dispute_lost").count() == 1


def test_a_lost_part_or_one_of_several_terms_is_not_called_the_end(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.devices(subscription=subscription, more=1, license_ends_at=subscription.paid_until)
    devices = sales.pay(sales.place(ada, quote, subscription=subscription))
    time.by(minutes=1)
    quote = quotes.renewal(subscription=fresh(subscription), license_ends_at=subscription.paid_until)
    term = sales.pay(sales.place(ada, quote, subscription=fresh(subscription)))
    for order, words in ((devices, "so the change of"), (term, "The time it bought for")):
        time.by(minutes=1)
        decide(bank, dispute(bank, payment_of(order)), won=False)
        assert words.lower() in told("lost").lower()
        assert "has ended" not in told("lost")
        assert sales.license_of(subscription).is_usable_at(time.now)


def test_money_that_paid_for_nothing_stops_nothing_in_a_dispute(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    Payment.objects.update(status=Payment.Status.SURPLUS)
    ref = dispute(bank, Payment.objects.get())
    assert "your licence stays as it is" in told("opened")
    assert outlooks.outlook_of(ada, subscription.pk).state == "renews"
    decide(bank, ref, won=True)
    assert "nothing changes" in told("won")
    assert sales.license_of(subscription).is_usable_at(time.now)


def test_winning_one_of_two_does_not_promise_that_it_works(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.devices(subscription=subscription, more=1, license_ends_at=subscription.paid_until)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    first, second = dispute(bank, payment_of(subscription.orders.get(purpose="new"))), dispute(bank, payment_of(order))
    decide(bank, first, won=True)
    assert "works again" not in told("won")
    time.by(minutes=1)
    decide(bank, second, won=True)
    assert "works again" in told("won")


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_that_outlasts_the_term_is_no_unpaid_renewal(ada: Person, bank: Bank, time: Time, won: bool) -> None:
    subscription = sales.buy(ada, sales.for_sale(term_months=1))
    ref = dispute(bank, last_payment())
    charged = bank.calls["charge"]
    sales.until(time, subscription.paid_until + timedelta(days=45))
    assert fresh(subscription).end_reason == EndReason.RESTED
    assert bank.calls["charge"] == charged, "nothing was tried"
    mail = Message.objects.get(template="billing/ended").text
    assert "Its licence rested, so nothing was charged" in mail
    assert "could not be paid" not in mail
    browser = signed_in(ada)
    renew = f"/billing/subscriptions/{subscription.pk}/renew/"
    for page in ("/billing/", f"/billing/subscriptions/{subscription.pk}/", "/home/"):
        said = browser.get(page).content.decode()
        assert renew not in said, page
    assert "Your bank has not decided yet" in browser.get("/billing/").content.decode()
    decide(bank, ref, won=won)
    sales.after(time, minutes=1)
    said = browser.get("/billing/").content.decode()
    assert "has not decided" not in said
    assert (renew in said) == won
    if won:
        assert browser.get(renew).status_code == 200


def test_money_that_paid_for_nothing_holds_no_charge_back(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, sales.for_sale(term_months=1))
    Payment.objects.update(status=Payment.Status.SURPLUS)
    dispute(bank, Payment.objects.get())
    charged = bank.calls["charge"]
    sales.until(time, subscription.paid_until + timedelta(days=1))
    assert bank.calls["charge"] == charged + 1
    assert fresh(subscription).paid_until > subscription.paid_until


def test_no_mail_offers_a_term_that_an_open_dispute_refuses(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, sales.for_sale(term_months=1))
    dispute(bank, last_payment())
    sales.until(time, subscription.paid_until + timedelta(days=45))
    Subscription.objects.update(held_at=None)  # somebody let it work again meanwhile
    Message.objects.filter(template="billing/ended").delete()
    mails.ended(fresh(subscription))
    mail = Message.objects.get(template="billing/ended").text
    assert "As long as it rests it cannot be renewed." in mail
    assert not outlooks.outlook_of(ada, subscription.pk).is_revivable
