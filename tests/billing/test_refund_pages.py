"""The money back by oneself: consequences, one button, once."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Message, Person
from frontdesk.billing.models import Payment, Refund, Subscription
from frontdesk.licensing.models import Activation, License
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import sales
from tests.support.bank import Bank, Declines, Lost

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def charged(transactional_db: None, time: Time, ada: Person, bank: Bank) -> Payment:
    """A licence that Ada bought and paid."""
    sales.buy(ada)
    return Payment.objects.get()


def url_of(payment: Payment) -> str:
    return f"/billing/payments/{payment.pk}/refund/"


def words(response: Any) -> str:
    return str(response.content.decode()).replace("\xa0", " ")


def test_it_says_what_happens_and_then_does_it_once(ada: Person, charged: Payment, bank: Bank) -> None:
    browser = signed_in(ada)
    page = words(browser.get(url_of(charged)))
    assert "The licence ends at once" in page
    assert "€39.95 goes back to" in page
    assert f"The receipt goes to {ada.email}" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key

    for _press in range(2):  # a double click sends the same form twice
        answer = browser.post(url_of(charged), {"key": key.group(1)}, follow=True)
        assert answer.status_code == 200

    assert bank.returned() == 3995
    refund = Refund.objects.get()
    assert (refund.status, refund.takes_back, refund.cause) == ("succeeded", True, "customer")
    assert refund.credit_note is not None
    number = str(refund.credit_note.number)
    assert number in words(answer)
    license = License.objects.get()
    assert license.refunded_at is not None
    assert not Activation.objects.filter(license=license, removed_at=None).exists()
    assert Subscription.objects.get().ended_at is not None
    receipt = Message.objects.get(template="billing/refunded")
    assert receipt.address == ada.email
    assert "€39.95" in receipt.text.replace("\xa0", " ")
    assert number in receipt.text


def test_two_tabs_refund_once(ada: Person, charged: Payment, bank: Bank) -> None:
    browser = signed_in(ada)
    answers = [browser.post(url_of(charged), {"key": str(uuid4())}).status_code for _tab in range(2)]
    assert answers == [302, 409]
    assert bank.returned() == 3995


def test_after_the_time_for_it_neither_the_page_nor_a_kept_form_refunds(
    ada: Person, charged: Payment, bank: Bank, time: Time
) -> None:
    time.by(days=30, seconds=1)
    browser = signed_in(ada)
    page = words(browser.get(url_of(charged)))
    assert "The time for it ended on 1 December 2026" in page
    assert "Refund now" not in page
    assert browser.post(url_of(charged), {"key": str(uuid4())}).status_code == 409
    assert bank.returned() == 0


def test_a_protected_account_is_told_before(ada: Person, charged: Payment, bank: Bank, time: Time) -> None:
    ada.frozen_until = time.now + timedelta(days=3)
    ada.save()
    browser = signed_in(ada)
    page = words(browser.get(url_of(charged)))
    assert "Your account is protected for now" in page
    assert "Refund now" not in page
    assert browser.post(url_of(charged), {"key": str(uuid4())}).status_code == 409
    assert bank.returned() == 0


def test_a_stranger_cannot_refund_it(bob: Person, charged: Payment, bank: Bank) -> None:
    assert signed_in(bob).post(url_of(charged), {"key": str(uuid4())}).status_code == 404
    assert Client().post(url_of(charged), {"key": str(uuid4())}).status_code == 302
    assert bank.returned() == 0
    assert not Refund.objects.exists()


@pytest.mark.parametrize("key", ["", "not a key"])
def test_a_form_without_its_key_does_nothing(ada: Person, charged: Payment, key: str) -> None:
    assert signed_in(ada).post(url_of(charged), {"key": key}).status_code == 422
    assert not Refund.objects.exists()


def test_an_unknown_outcome_is_told_as_such(ada: Person, charged: Payment, bank: Bank) -> None:
    bank.next("refund", Lost())
    browser = signed_in(ada)
    answer = words(browser.post(url_of(charged), {"key": str(uuid4())}, follow=True))
    assert "Refund on its way" in answer
    assert Message.objects.filter(template="billing/refund_asked", address=ada.email).count() == 1
    assert not Message.objects.filter(template="billing/refunded").exists()
    assert License.objects.get().refunded_at is None  # it ends with the money, not before
    assert "It has gone back already, or is on its way." in words(browser.get(url_of(charged)))


def test_a_bank_that_says_no_is_not_called_a_refund(ada: Person, charged: Payment, bank: Bank) -> None:
    bank.next("refund", Declines("processing_error"))
    assert signed_in(ada).post(url_of(charged), {"key": str(uuid4())}).status_code == 409
    assert License.objects.get().refunded_at is None
    assert "we look into it" in words(signed_in(ada).get(f"/billing/payments/{charged.pk}/"))


def test_withdrawing_takes_two_clicks_and_is_recorded_as_one(ada: Person, charged: Payment) -> None:
    browser = signed_in(ada)
    offered = words(browser.get("/withdraw/"))
    link = f"{url_of(charged)}?withdrawal"
    assert link in offered
    assert "Withdraw now" in words(browser.get(link))
    browser.post(link, {"key": str(uuid4())})
    assert Refund.objects.get().cause == "withdrawal"
    assert "you withdrew from the contract" in Message.objects.get(template="billing/refunded").text
    assert link not in words(browser.get("/withdraw/"))


def test_canceling_leads_to_the_renewal_of_what_renews(ada: Person, charged: Payment) -> None:
    begun = Subscription.objects.get()
    browser = signed_in(ada)
    assert f"/billing/subscriptions/{begun.pk}/auto-renewal/" in words(browser.get("/cancel/"))
    Subscription.objects.update(auto_renew=False)
    assert "Nothing renews by itself" in words(browser.get("/cancel/"))
