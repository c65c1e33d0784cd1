"""Each test card does what its title says, on the page and when it is charged later."""

from datetime import timedelta

import pytest
from django.test import Client

from frontdesk.billing import declines
from frontdesk.billing.providers.protocol import DisputeStatus, ObjectKind, Outcome
from frontdesk.billing.providers.sandbox import adapter, cards, sweeping
from frontdesk.billing.providers.sandbox.models import Card, Dispute, Intent
from frontdesk.core import clock
from tests.billing.sandbox.bank import BANK, kept_card, now, paid, use
from tests.support import requests

pytestmark = pytest.mark.django_db
DECLINED_NOW = {
    "declined": "declined",
    "insufficient": "insufficient_funds",
    "insufficient_once": "insufficient_funds",
    "expired": "expired_card",
    "blocked": "lost_or_stolen",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "SLOW_SECONDS", 0.0)


def luhn_holds(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


def test_numbers_read_like_cards_and_can_be_nobodys() -> None:
    assert len(cards.BY_NUMBER) == len(cards.BY_CODE) == len(cards.ALL)
    for each in cards.ALL:
        assert luhn_holds(each.number), each.code
        assert each.number.startswith("9999")
        assert each.number == each.spaced.replace(" ", "")
        assert {each.now, each.later} - {""} <= set(declines.ALL), each.code


@pytest.mark.parametrize("code", ["good", "slow", "confirm_later", "declined_later", "blocked_later", "disputed"])
def test_a_card_that_works_pays_keeps_itself_and_leads_back(code: str) -> None:
    started = BANK.start_checkout(requests.checkout())
    answer = use(Client(), started, code)
    assert (answer.status_code, answer["Location"]) == (302, "/billing/back/")
    paid_now = now(started)
    assert (paid_now.outcome, paid_now.amount_minor, paid_now.currency) == (Outcome.SUCCEEDED, 4900, "EUR")
    assert paid_now.card is not None
    assert (paid_now.card.brand, paid_now.card.last4) == ("Test card", cards.BY_CODE[code].last4)
    assert paid_now.card.ref
    assert (paid_now.key, paid_now.customer) == ("checkout-1", requests.ADA.ref)


@pytest.mark.parametrize(("code", "decline"), DECLINED_NOW.items())
def test_a_declined_card_says_why_and_another_one_pays(code: str, decline: str) -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    answer = use(browser, started, code)
    assert (answer.status_code, answer["Location"]) == (302, started.action_url)
    page = browser.get(started.action_url).content.decode()
    assert str(declines.of(decline).text) in page
    assert now(started).outcome is Outcome.REQUIRES_ACTION
    use(browser, started, "good")
    assert now(started).outcome is Outcome.SUCCEEDED
    assert Card.objects.count() == 1


def test_the_card_with_too_little_pays_at_the_second_try() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    use(browser, started, "insufficient_once")
    assert now(started).outcome is Outcome.REQUIRES_ACTION
    use(browser, started, "insufficient_once")
    assert now(started).outcome is Outcome.SUCCEEDED


def test_three_d_secure_pays_once_it_is_confirmed() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    answer = use(browser, started, "confirm")
    assert answer["Location"] == f"/sandbox/confirm/{started.ref}/"
    assert now(started).outcome is Outcome.REQUIRES_ACTION
    assert browser.get(started.action_url)["Location"] == answer["Location"]  # the back button leads there again
    question = browser.get(answer["Location"]).content.decode()
    assert "€49.00" in question
    assert "0079" in question
    done = browser.post(answer["Location"], {"answer": "yes"})
    assert done["Location"] == "/billing/back/"
    assert now(started).outcome is Outcome.SUCCEEDED


def test_three_d_secure_refused_lets_another_card_pay() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    use(browser, started, "confirm")
    answer = browser.post(f"/sandbox/confirm/{started.ref}/", {"answer": "no"})
    assert answer["Location"] == started.action_url
    page = browser.get(started.action_url).content.decode()
    assert str(declines.of("authentication_failed").text) in page
    use(browser, started, "good")
    assert now(started).outcome is Outcome.SUCCEEDED


def test_a_confirmation_without_an_answer_counts_as_no() -> None:
    started, browser = BANK.start_checkout(requests.checkout()), Client()
    use(browser, started, "confirm")
    browser.post(f"/sandbox/confirm/{started.ref}/", {})
    assert Intent.objects.get().status == Intent.Status.OPEN


LATER = {
    "good": ("", Outcome.SUCCEEDED),
    "confirm": ("", Outcome.SUCCEEDED),
    "confirm_later": ("", Outcome.REQUIRES_ACTION),
    "declined_later": ("declined", Outcome.FAILED),
    "blocked_later": ("lost_or_stolen", Outcome.FAILED),
    "insufficient": ("insufficient_funds", Outcome.FAILED),
}


@pytest.mark.parametrize("code", LATER)
def test_a_kept_card_does_later_what_its_title_says(code: str) -> None:
    card = kept_card(code)
    charged = BANK.charge(requests.charge(card.ref))
    assert (charged.decline, charged.outcome) == LATER[code]
    assert bool(charged.action_url) == (charged.outcome is Outcome.REQUIRES_ACTION)
    assert now(charged) == charged


def test_a_renewal_that_has_to_be_confirmed_is_confirmed_or_fails() -> None:
    card, browser = kept_card("confirm_later"), Client()
    first = BANK.charge(requests.charge(card.ref))
    assert "€49.00" in browser.get(first.action_url).content.decode()
    assert browser.post(first.action_url, {"answer": "yes"})["Location"] == "/billing/back/"
    assert now(first).outcome is Outcome.SUCCEEDED
    second = BANK.charge(requests.charge(card.ref, "charge-2"))
    browser.post(second.action_url, {"answer": "no"})
    assert (now(second).outcome, now(second).decline) == (Outcome.FAILED, "authentication_failed")
    third = BANK.charge(requests.charge(card.ref, "charge-3", on_session=True))
    assert third.outcome is Outcome.REQUIRES_ACTION


def test_a_customer_who_is_there_confirms_where_the_card_wants_it() -> None:
    card = kept_card("confirm")
    assert BANK.charge(requests.charge(card.ref, on_session=True)).outcome is Outcome.REQUIRES_ACTION


def test_the_card_with_too_little_renews_at_each_second_try() -> None:
    card = kept_card("insufficient_once")
    outcomes = [BANK.charge(requests.charge(card.ref, f"charge-{number}")).outcome for number in range(4)]
    assert outcomes == [Outcome.FAILED, Outcome.SUCCEEDED] * 2


def test_a_card_expires_by_the_business_clock() -> None:
    moment = clock.now() + timedelta(days=400)
    card = kept_card("good", expires=f"{moment:%m/%y}")
    assert BANK.charge(requests.charge(card.ref)).outcome is Outcome.SUCCEEDED
    with clock.standing_at(timedelta(days=440)):
        later = BANK.charge(requests.charge(card.ref, "charge-2"))
    assert (later.outcome, later.decline) == (Outcome.FAILED, "expired_card")


def test_an_answer_that_is_lost_is_unknown_until_the_bank_speaks() -> None:
    card = kept_card("silent")
    asked = BANK.charge(requests.charge(card.ref))
    assert (asked.outcome, asked.ref) == (Outcome.UNKNOWN, "")
    again = BANK.charge(requests.charge(card.ref))
    assert again.outcome is Outcome.UNKNOWN
    with clock.standing_at(timedelta(minutes=3)):
        assert BANK.charge(requests.charge(card.ref)).outcome is Outcome.SUCCEEDED
        assert BANK.fetch(ObjectKind.PAYMENT, again.ref).outcome is Outcome.SUCCEEDED
    assert Intent.objects.filter(kind="payment").count() == 1


def test_an_answer_that_is_lost_may_be_a_no() -> None:
    started = BANK.start_checkout(requests.checkout())
    answer = use(Client(), started, "silent_declined")
    assert answer["Location"] == "/billing/back/"
    assert (now(started).outcome, now(started).decline) == (Outcome.UNKNOWN, "")
    with clock.standing_at(timedelta(minutes=3)):
        assert (now(started).outcome, now(started).decline) == (Outcome.FAILED, "declined")


def test_a_slow_bank_takes_its_time_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(adapter, "SLOW_SECONDS", 4.0)
    monkeypatch.setattr("time.sleep", slept.append)
    card = kept_card("slow")
    assert slept == [4.0]
    assert BANK.charge(requests.charge(card.ref)).outcome is Outcome.SUCCEEDED
    BANK.charge(requests.charge(card.ref))
    assert slept == [4.0, 4.0]


@pytest.mark.parametrize(
    ("code", "verdict"), [("disputed_won", DisputeStatus.WON), ("disputed_lost", DisputeStatus.LOST)]
)
def test_a_payment_is_disputed_and_decided_in_business_time(code: str, verdict: DisputeStatus) -> None:
    payment = paid(code)
    with clock.standing_at(timedelta(days=4)):
        assert sweeping.sweep() == 0
    with clock.standing_at(timedelta(days=6)):
        assert sweeping.sweep() == 1
        ref = Dispute.objects.get().ref
        opened = BANK.fetch(ObjectKind.DISPUTE, ref)
        assert (opened.dispute, opened.payment_ref, opened.amount_minor) == (DisputeStatus.OPEN, payment.ref, 4900)
        assert sweeping.sweep() == 0
    with clock.standing_at(timedelta(days=30)):
        assert sweeping.sweep() == 1
        assert BANK.fetch(ObjectKind.DISPUTE, ref).dispute is verdict
        assert sweeping.sweep() == 0


def test_what_went_back_is_not_disputed_by_itself() -> None:
    payment = paid("disputed")
    BANK.refund(requests.refund(payment.ref))
    with clock.standing_at(timedelta(days=6)):
        sweeping.sweep()
        assert not Dispute.objects.exists()
        assert sweeping.next_at() is None
