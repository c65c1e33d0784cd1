"""A card that was used once is offered again, and is never kept twice."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Order, Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import detaching
from frontdesk.billing.providers.protocol import CardFacts
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import desk, money
from tests.support.bank import Bank, Declines, NeedsAction, new_card
from tests.support.buying import checkout, payment_of

pytestmark = pytest.mark.django_db(transaction=True)
PLUS = "/shop/halcyon-shield/plus-3/?country=DE"


@pytest.fixture(autouse=True)
def on_offer(bank: Bank, time: Time) -> None:
    desk.plan("plus-3", "Plus", minor=3995, trial_days=30)


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def browser(ada: Person) -> Client:
    return signed_in(ada)


def text(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def bought_with(browser: Client, bank: Bank, card: CardFacts) -> Order:
    """A plan, paid on the bank's page with this card."""
    assert checkout(browser)["Location"].startswith("/bank/")
    order = Order.objects.latest("placed_at", "reference")
    bank.pay(payment_of(order).ref, card=card)
    assert "Your licence is there" in text(browser, f"/orders/{order.pk}/")
    return order


def test_the_same_card_is_kept_once_and_its_old_reference_forgotten(browser: Client, bank: Bank, time: Time) -> None:
    first = bought_with(browser, bank, new_card(ref="card_1", fingerprint="f1", exp_year=2027))
    time.by(minutes=1)
    bought_with(browser, bank, new_card(ref="card_2", fingerprint="f1", exp_year=2031))
    kept = PaymentMethod.objects.get(detached_at=None)
    assert (kept.ref, kept.exp_year, kept.is_default) == ("card_2", 2031, True)
    assert {held.method_id for held in Subscription.objects.all()} == {kept.pk}, "renewals go on with it"
    assert payment_of(first).method_id == kept.pk
    assert detaching.sweep() == 1
    assert bank.detached == ["card_1"]
    assert text(browser, "/billing/methods/").count("•••• 4242") == text(browser, "/billing/methods/").count(str(kept))


def test_another_card_and_one_of_somebody_else_are_others(browser: Client, bank: Bank, time: Time) -> None:
    bought_with(browser, bank, new_card(ref="card_1", fingerprint="f1"))
    time.by(minutes=1)
    bought_with(browser, bank, new_card(ref="card_2", fingerprint="f2"))
    time.by(minutes=1)
    bought_with(browser, bank, new_card(ref="card_3"))
    bob = signed_in(customer("bob@example.org", "Bob"))
    time.by(minutes=1)
    bought_with(bob, bank, new_card(ref="card_4", fingerprint="f1"))
    assert PaymentMethod.objects.filter(detached_at=None).count() == 4


def test_a_card_that_is_being_charged_keeps_its_reference(ada: Person, browser: Client, bank: Bank, time: Time) -> None:
    bought_with(browser, bank, new_card(ref="card_1", fingerprint="f1"))
    kept = PaymentMethod.objects.get()
    bank.next("charge", NeedsAction())
    time.by(minutes=1)
    checkout(browser, card=str(kept.pk))
    time.by(minutes=1)
    bought_with(browser, bank, new_card(ref="card_2", fingerprint="f1"))
    kept.refresh_from_db()
    assert (kept.ref, kept.detached_at) == ("card_1", None)


def test_a_kept_card_is_offered_and_pays_at_once(ada: Person, browser: Client, bank: Bank) -> None:
    card = money.card(ada, is_default=True)
    page = text(browser, PLUS)
    assert f'name="card" value="{card.pk}" checked' in page
    assert "Another card" in page
    answer = checkout(browser, card=str(card.pk))
    order = Order.objects.get()
    assert answer["Location"] == f"/orders/{order.pk}/"
    assert "Your licence is there" in text(browser, answer["Location"])
    assert (bank.taken(), Subscription.objects.get().method) == (3995, card)


@pytest.mark.parametrize("chosen", ["another", "", "3f0c7d0e-0000-4000-8000-000000000000", "²"])
def test_another_card_is_entered_at_the_bank(ada: Person, browser: Client, bank: Bank, chosen: str) -> None:
    money.card(ada, is_default=True)
    money.card(customer("bob@example.org", "Bob"))
    assert checkout(browser, card=chosen)["Location"].startswith("/bank/")
    assert bank.taken() == 0


def test_somebody_elses_card_is_never_charged(browser: Client, bank: Bank) -> None:
    foreign = money.card(customer("bob@example.org", "Bob"))
    assert checkout(browser, card=str(foreign.pk))["Location"].startswith("/bank/")
    assert bank.taken() == 0


def test_the_bank_may_want_a_kept_card_confirmed_or_refuse_it(ada: Person, browser: Client, bank: Bank) -> None:
    card = money.card(ada, is_default=True)
    bank.next("charge", NeedsAction())
    assert checkout(browser, card=str(card.pk))["Location"].startswith("/bank/")
    order = Order.objects.get()
    bank.confirm(payment_of(order).ref)
    assert "Your licence is there" in text(browser, f"/orders/{order.pk}/")
    bank.next("charge", Declines("insufficient_funds"))
    page = text(browser, checkout(browser, card=str(card.pk))["Location"])
    assert "The account did not hold enough." in page
    assert "Try another card" in page


def test_an_expired_card_is_not_offered(ada: Person, browser: Client, bank: Bank) -> None:
    money.card(ada, is_default=True, exp_month=1, exp_year=2026)
    page = text(browser, PLUS)
    assert 'name="card"' not in page


def test_a_trial_begins_with_the_card_that_was_chosen(ada: Person, browser: Client, bank: Bank) -> None:
    money.card(ada, is_default=True)
    other = money.card(ada)
    assert checkout(browser, trial=True, card="another")["Location"].startswith("/bank/")
    assert not License.objects.exists()
    checkout(browser, trial=True, card=str(other.pk))
    assert Subscription.objects.get().method == other
    assert not Payment.objects.exists()


def test_an_old_reference_that_is_told_again_brings_no_card_back(browser: Client, bank: Bank, time: Time) -> None:
    bought_with(browser, bank, new_card(ref="card_1", fingerprint="f1"))
    time.by(minutes=1)
    bought_with(browser, bank, new_card(ref="card_2", fingerprint="f1"))
    time.by(minutes=1)
    bought_with(browser, bank, new_card(ref="card_1", fingerprint="f1"))
    assert PaymentMethod.objects.get(detached_at=None).ref == "card_2"


def test_a_trial_that_waits_begins_with_no_card_that_nobody_chose(ada: Person, browser: Client, bank: Bank) -> None:
    card = money.card(ada, is_default=True)
    assert checkout(browser, trial=True, card="another")["Location"].startswith("/bank/")
    page = f"/orders/{Order.objects.get().pk}/"
    assert f'name="card" value="{card.pk}"' in text(browser, page)
    for chosen in ({}, {"card": "another"}):
        assert browser.post(f"{page}pay/", chosen)["Location"].startswith("/bank/")
    assert not License.objects.exists()
    assert browser.post(f"{page}pay/", {"card": str(card.pk)})["Location"] == page
    assert Subscription.objects.get().method == card


def test_a_trial_begins_with_no_card_that_has_expired(ada: Person, browser: Client, bank: Bank) -> None:
    card = money.card(ada, is_default=True, exp_month=1, exp_year=2026)
    for chosen in ("", str(card.pk)):
        assert checkout(browser, trial=True, card=chosen)["Location"].startswith("/bank/")
    page = f"/orders/{Order.objects.latest('placed_at', 'reference').pk}/"
    assert browser.post(f"{page}pay/", {"card": str(card.pk)})["Location"].startswith("/bank/")
    assert not License.objects.exists()
