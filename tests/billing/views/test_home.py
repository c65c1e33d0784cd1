"""Billing's home: what somebody has, what happens next and when, and how it is changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.models import Person
from frontdesk.billing import outlooks, writing_off
from frontdesk.billing.credits import give
from frontdesk.billing.models import ChargeNotice, Invoice, PaymentMethod, Subscription
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.people import PASSWORD, customer, signed_in
from tests.support import desk, money, sales
from tests.support.bank import Bank, Declines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def browser(ada: Person) -> Client:
    return signed_in(ada)


@pytest.fixture
def held(ada: Person, bank: Bank, time: Time) -> Subscription:
    card = money.card(ada, is_default=True)
    return sales.buy(ada, desk.plan("plus-3", "Plus", minor=3995, trial_days=30), card=card)


@pytest.fixture
def said(browser: Client) -> Callable[[], str]:
    def read() -> str:
        answer = browser.get("/billing/")
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def page_of(held: Subscription, page: str = "") -> str:
    return f"/billing/subscriptions/{held.pk}/{page}"


def test_the_next_step_is_said_with_its_day_amount_and_card(held: Subscription, said: Callable[[], str]) -> None:
    page = said()
    assert "Halcyon Shield Plus" in page
    assert "On 1 November 2027 we charge €39.95 to Visa •••• 4242." in page
    assert "We write to you by 4 October 2027." in page
    for way in ("renew/", "switch/", "auto-renewal/", "card/"):
        assert f'href="{page_of(held, way)}"' in page
    assert f'href="{page_of(held, "devices/")}"' not in page, "the plan has no price for further devices"


def test_a_notice_that_went_out_is_named(held: Subscription, said: Callable[[], str], time: Time) -> None:
    sales.until(time, held.charge_at - timedelta(days=20))
    assert ChargeNotice.objects.filter(message__sent_at__isnull=False).count() == 1
    sent = ChargeNotice.objects.get().accepted_at
    assert sent
    assert "We wrote to you about it on" in said()


def test_credit_lowers_what_is_said_and_is_shown(held: Subscription, ada: Person, said: Callable[[], str]) -> None:
    actor = Actor.system("test")
    give(actor=actor, person=ada, amount_minor=1000, currency="EUR", key="a", reason="sorry")
    page = said()
    assert "we charge €29.95" in page
    assert "€10.00" in page
    give(actor=actor, person=ada, amount_minor=5000, currency="EUR", key="b", reason="sorry")
    assert "Nothing is charged: your credit or coupon covers it." in said()


def test_renewal_is_off_after_two_clicks_and_stays_off(
    held: Subscription, browser: Client, said: Callable[[], str], bank: Bank, time: Time
) -> None:
    page = browser.get(page_of(held, "auto-renewal/")).content.decode()
    assert "It goes on working until <strong>1 November 2027</strong>" in page
    assert "Would you tell us why?" in page
    answer = browser.post(page_of(held, "auto-renewal/"), {"on": "no"}, follow=True)
    assert "Automatic renewal is off." in answer.content.decode()
    assert "It ends on 1 November 2027. Nothing is charged, and it goes on working until then." in said()
    sales.until(time, held.charge_at + timedelta(days=1))
    assert bank.taken() == 3995
    held.refresh_from_db()
    assert not held.is_live
    assert "It ended on 1 November 2027, since its automatic renewal was off." in said()


def test_renewal_is_switched_on_again_with_its_price_said(
    held: Subscription, browser: Client, said: Callable[[], str]
) -> None:
    browser.post(page_of(held, "auto-renewal/"), {"on": "no", "why": "price"})
    page = browser.get(page_of(held, "auto-renewal/")).content.decode()
    assert "<strong>€39.95</strong>" in page
    assert "1 November 2027" in page
    browser.post(page_of(held, "auto-renewal/"), {"on": "yes"})
    assert "Renews by itself" in said()


def test_an_answer_that_is_none_of_ours_is_not_kept(held: Subscription, browser: Client) -> None:
    assert browser.post(page_of(held, "auto-renewal/"), {"on": "no", "why": "<b>x"}).status_code == 302
    held.refresh_from_db()
    assert not held.auto_renew


@pytest.mark.parametrize(
    ("decline", "why", "helps"),
    [
        ("insufficient_funds", "The account did not hold enough.", "We try again on 3 November 2027."),
        ("expired_card", "The card has expired.", "We do not try this card again. Use another one by 15 November 2027"),
    ],
)
def test_past_due_says_what_failed_why_and_what_helps(
    held: Subscription, browser: Client, said: Callable[[], str], bank: Bank, time: Time,
    decline: str, why: str, helps: str,
) -> None:  # fmt: skip
    bank.next("charge", Declines(decline))
    sales.until(time, held.charge_at + timedelta(hours=1))
    page = said()
    assert "On 1 November 2027 we could not charge €39.95 to Visa •••• 4242." in page
    assert why in page
    assert helps in page
    assert f'href="{page_of(held, "card/")}"' in page
    home = browser.get("/home/").content.decode()
    assert "The payment for Halcyon Shield Plus did not go through" in home
    assert "a new code extends it" not in home
    license_page = browser.get(f"/licenses/{held.license}/").content.decode()
    assert why in license_page


def test_without_a_card_one_is_asked_for(held: Subscription, browser: Client, said: Callable[[], str]) -> None:
    PaymentMethod.objects.update(detached_at=held.created_at, is_default=False)
    assert "There is no card to pay it with yet." in said()
    assert "has no card to renew with" in browser.get("/home/").content.decode()


def test_a_card_that_expires_first_is_warned_of(held: Subscription, browser: Client, said: Callable[[], str]) -> None:
    PaymentMethod.objects.update(exp_month=10, exp_year=2027)
    assert "The card expires before that" in said()
    assert "Visa •••• 4242 expires too early" in browser.get("/home/").content.decode()
    PaymentMethod.objects.update(exp_month=11, exp_year=2027)
    assert "The card expires before that" not in said(), "a card is good until the end of its month"


def test_a_trial_says_when_it_begins_to_cost(bank: Bank, time: Time, ada: Person, said: Callable[[], str]) -> None:
    held = sales.try_out(ada, desk.plan("plus-3", "Plus", minor=3995, trial_days=30))
    page = said()
    assert "Your trial ends on 1 December 2026. Then we charge €39.95 to Visa •••• 4242." in page
    assert f'href="{page_of(held, "renew/")}"' not in page


def test_home_does_not_press_about_what_renews_by_itself(held: Subscription, browser: Client, time: Time) -> None:
    sales.until(time, held.charge_at - timedelta(days=5))
    assert "ends in" not in browser.get("/home/").content.decode()
    browser.post(page_of(held, "auto-renewal/"), {"on": "no"})
    page = browser.get("/home/").content.decode()
    assert "Halcyon Shield Plus ends in 5 days" in page
    assert f'href="{page_of(held, "renew/")}"' in page


def test_nobody_has_nothing(browser: Client, bank: Bank, said: Callable[[], str]) -> None:
    assert "Nothing renews here" in said()


def test_pages_need_few_queries(
    ada: Person, browser: Client, held: Subscription, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    card = PaymentMethod.objects.get()
    for number in range(6):
        sales.buy(ada, desk.plan(f"plan-{number}", f"Plan {number}"), card=card)
    assert len(outlooks.outlooks_of(ada)) == 7
    pages = ["", "renew/", "switch/", "auto-renewal/", "card/"]
    for address in ["/billing/", "/billing/methods/", "/home/", *(page_of(held, page) for page in pages)]:
        with django_assert_max_num_queries(15):
            assert browser.get(address).status_code == 200, address


def test_what_was_written_off_is_said_and_offered_to_renew(
    held: Subscription, ada: Person, browser: Client, bank: Bank, time: Time
) -> None:
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, held.charge_at + timedelta(days=1))
    invoice = Invoice.objects.get(subscription=held, paid_at=None)
    writing_off.write_off(actor=Actor.staff(ada.pk, "goodwill"), invoice=invoice)
    for path in (page_of(held), f"/licenses/{held.license}/"):
        page = browser.get(path).content.decode()
        assert "no card is tried. Renew it by 15 November 2027, or the licence ends." in page
        assert "Renew it now" in page
        assert "Use another card" not in page
    card = money.card(ada)
    proven = Client()
    proven.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    answer = proven.post(page_of(held, "card/"), {"card": str(card.pk)}, follow=True).content.decode()
    assert "It is paid with" not in answer
    held.refresh_from_db()
    assert (held.method, held.is_past_due) == (card, True)
