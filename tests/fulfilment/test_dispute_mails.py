"""What the mails of a dispute say of the licence is what becomes of it."""

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import outlooks, quotes
from frontdesk.billing.models import Payment
from tests.fulfilment.test_taking_back import decide, dispute, fresh, last_payment, payment_of
from tests.licensing.conftest import Time
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
