"""The whole way: billing asks the test bank, a customer pays on its page, and its webhook settles the payment."""

import random
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing import inbox, processing
from frontdesk.billing.models import Dispute, Payment, PaymentMethod, ProviderEvent
from frontdesk.billing.payments import paying, settling
from frontdesk.billing.providers.sandbox import jobs, sweeping, webhooks
from frontdesk.billing.providers.sandbox.cards import BY_CODE
from frontdesk.billing.providers.sandbox.models import Event, Intent
from frontdesk.core import clock
from tests.support import money

pytestmark = pytest.mark.django_db(transaction=True)
Status = Payment.Status


def pay_on_page(person: Person, code: str = "good") -> Payment:
    """Open the page for a new invoice and use a card there; billing has not heard of it yet."""
    payment = paying.by_page(invoice=money.demand(person), **money.URLS)
    turn = Intent.objects.get(ref=payment.ref).turn
    Client().post(payment.action_url, {"number": BY_CODE[code].number, "turn": turn})
    return payment


def status_of(payment: Payment) -> str:
    payment.refresh_from_db()
    return payment.status


def post(raw: bytes, **headers: str) -> int:
    browser = Client(enforce_csrf_checks=True)
    return browser.post(
        "/webhooks/sandbox/", data=raw, content_type="application/json", headers=dict(headers)
    ).status_code


def test_the_worker_brings_the_news_to_billing(ada: Person) -> None:
    payment = pay_on_page(ada)
    assert status_of(payment) == Status.REQUIRES_ACTION
    assert jobs.deliver_webhooks() == 1
    processing.process_due()
    assert status_of(payment) == Status.SUCCEEDED
    method = PaymentMethod.objects.get()
    assert (method.person, method.brand, method.last4) == (ada, "Test card", "0012")
    money.assert_balanced()


def test_a_kept_card_renews_and_is_forgotten(ada: Person) -> None:
    settling.refresh(payment=pay_on_page(ada).pk)
    method = PaymentMethod.objects.get()
    renewal = paying.by_method(invoice=money.demand(ada), method=method, on_session=False)
    assert (renewal.status, renewal.card_last4) == (Status.SUCCEEDED, "0012")


def test_a_lost_answer_is_settled_once_the_bank_speaks(ada: Person) -> None:
    payment = pay_on_page(ada, "silent")
    assert settling.refresh(payment=payment.pk).status in Payment.UNDER_WAY
    with clock.standing_at(timedelta(minutes=3)):
        assert settling.refresh(payment=payment.pk).status == Status.SUCCEEDED


def test_what_a_customer_left_unpaid_is_closed_at_the_bank(ada: Person) -> None:
    payment = paying.by_page(invoice=money.demand(ada), **money.URLS)
    assert paying.cancel(payment=payment).status == Status.CANCELED
    assert Intent.objects.get().decline == "abandoned"


def test_doubled_and_mixed_webhooks_end_the_same(ada: Person) -> None:
    payments = [pay_on_page(ada) for _ in range(3)]

    def take(headers: Mapping[str, str], raw: bytes) -> None:
        inbox.receive(provider="sandbox", headers=headers, raw=raw)
        processing.process_due()

    webhooks.deliver_due(take, copies=3, mixed=random.Random(1))
    assert [status_of(payment) for payment in payments] == [Status.SUCCEEDED] * 3
    assert ProviderEvent.objects.count() == Event.objects.count() == 3
    money.assert_balanced()


def test_a_card_that_is_disputed_later_is_disputed_here_too(ada: Person) -> None:
    payment = pay_on_page(ada, "disputed_won")
    settling.refresh(payment=payment.pk)
    for days, expected in ((6, Dispute.Status.OPEN), (40, Dispute.Status.WON)):
        with clock.standing_at(timedelta(days=days)):
            sweeping.sweep()
            jobs.deliver_webhooks()
            processing.process_due()
        assert Dispute.objects.get().status == expected


def test_the_door_takes_what_is_signed_once_and_refuses_the_rest(ada: Person) -> None:
    payment = pay_on_page(ada)
    raw = webhooks.body_of(Event.objects.get())
    now = clock.real_now()
    signed = {webhooks.HEADER: webhooks.sign(raw, now)}
    assert post(raw) == 400
    assert post(raw, **{webhooks.HEADER: "t=1,v1=forged"}) == 400
    assert post(raw + b" ", **signed) == 400
    assert post(raw, **{webhooks.HEADER: webhooks.sign(raw, now + timedelta(minutes=5))}) == 400
    assert post(raw, **{webhooks.HEADER: webhooks.sign(raw, now - timedelta(minutes=6))}) == 400
    assert ProviderEvent.objects.count() == 0
    assert [post(raw, **signed) for _ in range(2)] == [204, 204]
    assert ProviderEvent.objects.count() == 1
    processing.process_due()
    assert status_of(payment) == Status.SUCCEEDED


def test_the_door_is_no_page(ada: Person) -> None:
    assert Client().get("/webhooks/sandbox/").status_code == 405
    assert Client().post("/webhooks/unheard/").status_code == 404
    assert post(b"x" * 600_000) == 413
    assert post(b"x" * 3_000_000) == 413
