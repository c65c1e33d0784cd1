"""The bank's pages: in doubt nothing happens twice, nothing typed is kept, and strangers see nothing."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from pytest_django import Settings

from frontdesk.billing.providers.protocol import Customer, ObjectKind, Outcome
from frontdesk.billing.providers.sandbox.cards import ALL, BY_CODE
from frontdesk.billing.providers.sandbox.models import Card, Dispute, Event, Intent
from frontdesk.core import clock
from tests.billing.sandbox.bank import BANK, now, paid, use
from tests.people import customer, signed_in
from tests.support import requests
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
REAL_LOOKING = "4242 4242 4242 4242"


def test_the_page_says_what_is_paid_and_that_it_is_a_test() -> None:
    started = BANK.start_checkout(requests.checkout())
    page = Client().get(started.action_url).content.decode()
    for text in ("€49.00", "Halcyon Shield Plus, 1 year", "Test bank", "No real money", "Never enter a real card"):
        assert text in page
    for card in ALL:
        assert card.spaced in page


def test_every_listed_card_can_be_used_by_its_button() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    page = browser.get(started.action_url).content.decode()
    assert page.count('name="number" value="9999') == len(ALL)
    answer = browser.post(started.action_url, {"number": BY_CODE["good"].number, "turn": "0"})
    assert answer["Location"] == "/billing/back/"


def test_a_number_that_is_no_test_card_is_refused_and_shown_to_nobody() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    answer = browser.post(started.action_url, {"number": REAL_LOOKING, "turn": "0"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "none of the test cards" in text
    assert "4242" not in text
    assert now(started).outcome is Outcome.REQUIRES_ACTION


def test_no_number_is_kept_anywhere() -> None:
    use(Client(), BANK.start_checkout(requests.checkout()), "good")
    number = BY_CODE["good"].number
    with connection.cursor() as cursor:
        for model in (Card, Intent, Event):
            table = model._meta.db_table
            cursor.execute(f"select count(*) from {table} t where t::text like %s", [f"%{number}%"])  # noqa: S608
            assert cursor.fetchone() == (0,)
    assert cache.get(number) is None
    assert Card.objects.get().last4 == number[-4:]


@pytest.mark.parametrize("expires", ["13/30", "00/30", "soon", "01/20", "1234"])
def test_a_month_that_is_none_or_over_is_refused(expires: str) -> None:
    started = BANK.start_checkout(requests.checkout())
    answer = use(Client(), started, "good", expires=expires)
    assert answer.status_code == 422
    assert now(started).outcome is Outcome.REQUIRES_ACTION


def test_a_form_without_a_turn_does_nothing() -> None:
    started = BANK.start_checkout(requests.checkout())
    answer = Client().post(started.action_url, {"number": BY_CODE["good"].number})
    assert answer.status_code == 422
    assert Card.objects.count() == 0


def test_pressing_twice_pays_once_and_leads_back_both_times() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    first = use(browser, started, "good")
    second = browser.post(started.action_url, {"number": BY_CODE["good"].number, "turn": "0"})
    assert first["Location"] == second["Location"] == "/billing/back/"
    assert (Card.objects.count(), Event.objects.filter(kind="payment.succeeded").count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_pressing_twice_at_once_tries_one_card_once() -> None:
    started = BANK.start_checkout(requests.checkout())
    form = {"number": BY_CODE["insufficient_once"].number, "turn": "0"}
    at_once(*[lambda: Client().post(started.action_url, form).status_code for _ in range(3)])
    assert Intent.objects.get().tries == {"insufficient_once": 1}
    assert now(started).outcome is Outcome.REQUIRES_ACTION


def test_the_back_button_after_paying_leads_back_to_the_shop() -> None:
    payment = paid()
    intent = Intent.objects.get(ref=payment.ref)
    assert Client().get(f"/sandbox/pay/{intent.ref}/")["Location"] == "/billing/back/"


def test_going_back_without_paying_closes_the_page() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    answer = browser.post(f"{started.action_url}cancel/")
    assert answer["Location"] == "/billing/away/"
    assert (now(started).outcome, now(started).decline) == (Outcome.FAILED, "abandoned")
    late = use(browser, started, "good")
    assert late.status_code == 410
    assert "This page is closed" in late.content.decode()
    assert now(started).outcome is Outcome.FAILED


def test_canceling_what_is_paid_leads_to_the_paid_order() -> None:
    payment = paid()
    answer = Client().post(f"/sandbox/pay/{payment.ref}/cancel/")
    assert answer["Location"] == "/billing/back/"
    assert now(payment).outcome is Outcome.SUCCEEDED


def test_a_page_that_nobody_uses_for_a_day_is_closed() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    with clock.standing_at(timedelta(hours=25)):
        assert browser.get(started.action_url).status_code == 410
        assert use(browser, started, "good").status_code == 410
        assert now(started).decline == "abandoned"
    assert now(started).outcome is Outcome.REQUIRES_ACTION  # back in the present it is open still


def test_a_card_is_left_and_the_way_back_names_it() -> None:
    started, browser = BANK.start_setup(requests.setup()), Client()
    assert "Leave a card" in browser.get(started.action_url).content.decode()
    answer = use(browser, started, "good")
    assert answer["Location"] == f"/billing/back/?setup={started.ref}"
    left = BANK.fetch(ObjectKind.SETUP, started.ref)
    assert left.outcome is Outcome.SUCCEEDED
    assert left.customer == requests.ADA.ref
    assert left.card is not None
    assert left.card.ref


@pytest.mark.parametrize("code", ["declined", "expired", "blocked"])
def test_a_card_that_is_declined_is_not_left(code: str) -> None:
    started = BANK.start_setup(requests.setup())
    use(Client(), started, code)
    assert (now(started).outcome, now(started).card) == (Outcome.REQUIRES_ACTION, None)


def test_a_card_that_was_not_to_be_kept_has_no_reference() -> None:
    payment = paid(keep=False)
    assert payment.card is not None
    assert (payment.card.ref, payment.card.last4) == ("", "0012")


def test_nobody_finds_a_page_without_its_reference() -> None:
    kept = paid("good", "other")
    for path in ("/sandbox/pay/sbx_pay_x/", "/sandbox/confirm/sbx_pay_x/", f"/sandbox/pay/{kept.ref[:-1]}/"):
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize("mode", ["stripe", "off"])
def test_without_the_sandbox_there_are_no_pages(mode: str, settings: Settings) -> None:
    started = BANK.start_checkout(requests.checkout())
    settings.PAYMENTS = mode
    browser = signed_in(customer())
    for path in (started.action_url, f"/sandbox/confirm/{started.ref}/", "/sandbox/desk/"):
        assert browser.get(path).status_code == 404


def test_the_page_of_a_kept_cards_charge_takes_no_card() -> None:
    card = paid("confirm_later").card
    assert card is not None
    waiting = BANK.charge(requests.charge(card.ref))
    assert Client().get(f"/sandbox/pay/{waiting.ref}/").status_code == 404
    assert Client().post(f"/sandbox/pay/{waiting.ref}/cancel/").status_code == 404


def test_the_desk_shows_ones_own_payments_and_disputes_them() -> None:
    ada, ben = customer(), customer("ben@example.org", "Ben")
    own = paid(customer=Customer(ref=str(ada.pk), email=ada.email))
    browser, stranger = signed_in(ada), signed_in(ben)
    assert "€49.00" in browser.get("/sandbox/desk/").content.decode()
    assert "€49.00" not in stranger.get("/sandbox/desk/").content.decode()
    assert stranger.post(f"/sandbox/desk/payments/{own.ref}/dispute/").status_code == 404
    assert not Dispute.objects.exists()
    for _ in range(2):
        assert browser.post(f"/sandbox/desk/payments/{own.ref}/dispute/").status_code == 302
    dispute = Dispute.objects.get()
    decision = f"/sandbox/desk/disputes/{dispute.ref}/decision/"
    assert stranger.post(decision, {"for": "vendor"}).status_code == 404
    assert "Disputed" in browser.get("/sandbox/desk/").content.decode()
    browser.post(decision, {"for": "cardholder"})
    browser.post(decision, {"for": "vendor"})  # what is decided stays
    dispute.refresh_from_db()
    assert dispute.status == Dispute.Status.LOST
    assert "decided for the cardholder" in browser.get("/sandbox/desk/").content.decode()


def test_a_refund_is_sent_back_from_ones_own_desk_once() -> None:
    ada, ben = customer(), customer("ben@example.org", "Ben")
    own = paid(customer=Customer(ref=str(ada.pk), email=ada.email))
    made = BANK.refund(requests.refund(own.ref))
    assert made.outcome is Outcome.SUCCEEDED
    address = f"/sandbox/desk/refunds/{made.ref}/sending-back/"
    browser = signed_in(ada)
    assert "Send the refund back" in browser.get("/sandbox/desk/").content.decode()
    assert signed_in(ben).post(address).status_code == 404
    for _ in range(2):
        assert browser.post(address).status_code == 302
    assert BANK.fetch(ObjectKind.REFUND, made.ref).outcome is Outcome.FAILED
    assert Event.objects.filter(object_ref=made.ref, kind="refund.failed").count() == 1
    assert "Refund not taken" in browser.get("/sandbox/desk/").content.decode()


def test_the_desk_wants_a_sign_in_and_starts_empty() -> None:
    assert Client().get("/sandbox/desk/").status_code == 302
    assert "No payment yet" in signed_in(customer()).get("/sandbox/desk/").content.decode()


@pytest.mark.parametrize("page", ["pay/%00/", "confirm/%00/", "pay/a%20b/"])
def test_what_is_no_reference_has_no_page(page: str) -> None:
    assert Client().get(f"/sandbox/{page}").status_code == 404
