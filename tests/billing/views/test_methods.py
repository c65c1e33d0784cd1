"""Payment methods: left at the bank, chosen, removed; a step-up where money could be led elsewhere."""

from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing.models import PaymentMethod, Subscription
from tests.licensing.conftest import Time
from tests.people import PASSWORD, customer, signed_in
from tests.support import desk, money, sales
from tests.support.bank import Bank, Down

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bank")]

METHODS = "/billing/methods/"


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def browser(ada: Person) -> Client:
    """Somebody who has just proved who they are."""
    client = Client()
    assert client.post("/account/login/", {"login": ada.email, "password": PASSWORD}).status_code == 302
    return client


def shown(browser: Client) -> str:
    return str(browser.get(METHODS).content.decode())


def test_a_card_is_left_at_the_bank_and_comes_back(browser: Client, bank: Bank, ada: Person) -> None:
    assert "No card yet" in shown(browser)
    assert browser.post(f"{METHODS}add/")["Location"].startswith("/bank/")
    (ref,) = bank.records
    answer = browser.get(f"{METHODS}added/bank/?setup={ref}", follow=True)
    assert "No card was added." in answer.content.decode()
    bank.pay(ref)
    for _ in range(2):
        answer = browser.get(f"{METHODS}added/bank/?setup={ref}", follow=True)
        assert "visa •••• 4242 was added." in answer.content.decode()
    card = PaymentMethod.objects.get()
    assert (card.person, card.is_default) == (ada, True)


def test_a_card_that_somebody_else_left_is_like_none(browser: Client, bank: Bank) -> None:
    browser.post(f"{METHODS}add/")
    (ref,) = bank.records
    bank.pay(ref)
    eve = signed_in(customer("eve@example.org", "Eve"))
    assert eve.get(f"{METHODS}added/bank/?setup={ref}").status_code == 404
    assert not PaymentMethod.objects.exists()
    assert browser.get(f"{METHODS}added/nobody/?setup={ref}").status_code == 404
    assert browser.get(f"{METHODS}added/bank/?setup=%00").status_code == 404


def test_with_the_bank_away_nothing_is_lost(browser: Client, bank: Bank) -> None:
    bank.next("setup", Down())
    assert "Payments cannot be taken just now" in browser.post(f"{METHODS}add/", follow=True).content.decode()


def test_the_default_pays_for_renewals(browser: Client, ada: Person) -> None:
    first, second = money.card(ada, is_default=True), money.card(ada, last4="1881")
    assert "Used for renewals" in shown(browser)
    assert browser.post(f"{METHODS}{second.pk}/default/")["Location"] == METHODS
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


def test_a_card_is_removed_after_a_question_and_the_last_one_is_explained(
    browser: Client, ada: Person, bank: Bank, time: Time
) -> None:
    card, spare = money.card(ada, is_default=True), money.card(ada, last4="1881")
    held = sales.buy(ada, desk.plan(), card=card)
    Subscription.objects.filter(pk=held.pk).update(method=card)
    assert "Remove Visa •••• 1881?" in browser.get(f"{METHODS}{spare.pk}/remove/").content.decode()
    browser.post(f"{METHODS}{spare.pk}/remove/")
    assert "1881" not in shown(browser).partition("</main>")[0].rpartition("<main")[2].partition("rows")[2]
    assert bank.detached == [spare.ref]
    answer = browser.post(f"{METHODS}{card.pk}/remove/", follow=True)
    assert "This card is needed for a renewal" in answer.content.decode()
    card.refresh_from_db()
    assert card.detached_at is None


def test_a_card_is_removed_also_while_the_bank_is_away(browser: Client, ada: Person, bank: Bank) -> None:
    card = money.card(ada)
    bank.next("detach", Down())
    answer = browser.post(f"{METHODS}{card.pk}/remove/", follow=True).content.decode()
    assert "Visa •••• 4242 was removed." in answer
    assert "No card yet" in answer


def test_cards_that_expired_or_will_are_marked(browser: Client, ada: Person, time: Time) -> None:
    money.card(ada, exp_month=10, exp_year=2026)
    assert "Expired" in shown(browser)


def test_who_has_not_proved_it_lately_does_so_first(ada: Person, bank: Bank) -> None:
    card, browser = money.card(ada), signed_in(ada)
    deeds = [f"{METHODS}add/", f"{METHODS}{card.pk}/default/", f"{METHODS}{card.pk}/remove/"]
    for address in deeds:
        assert browser.post(address)["Location"].startswith("/account/reauthenticate/")
    card.refresh_from_db()
    assert (card.is_default, card.detached_at, bank.records) == (False, None, {})


@pytest.mark.parametrize("deed", ["default/", "remove/"])
def test_anothers_card_is_like_none(browser: Client, deed: str) -> None:
    theirs = money.card(customer("eve@example.org", "Eve"))
    for number in (theirs.pk, uuid4()):
        assert browser.post(f"{METHODS}{number}/{deed}").status_code == 404
    theirs.refresh_from_db()
    assert theirs.detached_at is None


def test_a_subscription_is_paid_with_the_card_that_is_chosen(browser: Client, ada: Person, time: Time) -> None:
    held = sales.buy(ada, desk.plan(), card=money.card(ada, is_default=True))
    other, theirs = money.card(ada, last4="1881"), money.card(customer("eve@example.org", "Eve"))
    address = f"/billing/subscriptions/{held.pk}/card/"
    assert "Visa •••• 1881" in browser.get(address).content.decode()
    for wrong in (str(theirs.pk), "x", ""):
        assert browser.post(address, {"card": wrong}).status_code == 404
    assert browser.post(address, {"card": str(other.pk)}).status_code == 302
    held.refresh_from_db()
    assert held.method == other
