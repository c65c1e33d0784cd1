"""Webhooks: forged, late, from the future, doubled, out of order, for unknown objects, with the provider down."""

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from frontdesk.accounts.models import Person
from frontdesk.billing import inbox, jobs, processing
from frontdesk.billing.models import Dispute, Payment, ProviderEvent, Refund
from frontdesk.billing.payments import paying
from frontdesk.billing.providers.protocol import RefundRequest
from frontdesk.core import clock
from tests.support import money
from tests.support.bank import Bank, Post
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/webhooks/bank/"


def post(sent: Post, url: str = URL) -> int:
    client = Client(enforce_csrf_checks=True, headers=sent.headers)
    return client.post(url, sent.raw, content_type="application/json").status_code


def page(ada: Person) -> Payment:
    return paying.by_page(invoice=money.demand(ada), **money.URLS)


def jobs_waiting() -> int:
    """The queue's own tables are not emptied between tests."""
    return ProcrastinateJob.objects.filter(task_name="billing.process_events").count()


def later(seconds: float) -> Any:
    moment = clock.real_now() + timedelta(seconds=seconds)
    return patch.object(clock, "real_now", lambda: moment)


def test_it_is_kept_and_answered_at_once_and_processed_by_the_worker(bank: Bank, ada: Person) -> None:
    payment, before = page(ada), jobs_waiting()
    bank.pay(payment.ref)
    assert post(bank.webhook(bank.event(payment.ref, event_id="evt_1"))) == 204
    event = ProviderEvent.objects.get()
    assert (event.event_id, event.processed_at, bank.calls["fetch"]) == ("evt_1", None, 0)
    assert jobs_waiting() == before + 1
    assert jobs.process_events() == 1
    event.refresh_from_db()
    assert (event.verdict, event.due_at, event.attempts) == ("settled", None, 1)
    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCEEDED
    assert jobs.sweep_events() == 0


@pytest.mark.parametrize("what", ["forged", "changed", "late", "future", "empty"])
def test_what_is_not_authentic_is_refused_and_leaves_nothing(bank: Bank, ada: Person, what: str) -> None:
    event, before = bank.event(page(ada).ref), jobs_waiting()
    now = clock.real_now()
    sent = {
        "forged": bank.webhook(event, key=b"somebody else"),
        "changed": Post(bank.webhook(event).raw + b" ", bank.webhook(event).headers),
        "late": bank.webhook(event, at=now - timedelta(minutes=6)),
        "future": bank.webhook(event, at=now + timedelta(minutes=6)),
        "empty": Post(b"", {}),
    }[what]
    assert post(sent) == 400
    assert not ProviderEvent.objects.exists()
    assert jobs_waiting() == before


def test_the_door_is_narrow(bank: Bank, ada: Person) -> None:
    assert post(bank.webhook(bank.event(page(ada).ref)), "/webhooks/unknown/") == 404
    assert Client().get(URL).status_code == 405
    assert post(bank.webhook(*[bank.event(f"x{n}" * 50) for n in range(4000)])) == 413
    assert not ProviderEvent.objects.exists()


def test_doubled_it_is_kept_once(bank: Bank, ada: Person) -> None:
    payment = page(ada)
    bank.pay(payment.ref)
    sent = bank.webhook(bank.event(payment.ref, event_id="evt_1"), bank.event(payment.ref, event_id="evt_2"))
    assert [post(sent), post(sent)] == [204, 204]
    assert inbox.receive(provider="bank", headers=sent.headers, raw=sent.raw) == 0
    assert at_once(*[lambda: post(bank.webhook(bank.event(payment.ref, event_id="evt_3")))] * 4) == [204] * 4
    assert ProviderEvent.objects.count() == 3
    assert inbox.process_due() == 3
    assert set(ProviderEvent.objects.values_list("verdict", flat=True)) == {"settled"}
    assert bank.taken() == 3995
    assert not money.differences()


def test_in_any_order_the_end_is_the_same(bank: Bank, ada: Person) -> None:
    """The refund and the dispute are heard of before the payment that they are about."""
    payment = page(ada)
    bank.pay(payment.ref)
    refund = bank.refund(RefundRequest("at their desk", payment.ref, 1000, "EUR")).ref
    dispute = bank.open_dispute(payment.ref, amount_minor=500)
    for ref in (dispute, refund, payment.ref, dispute):
        post(bank.webhook(bank.event(ref)))
        inbox.process_due()
    with later(60):
        inbox.process_due()
    assert Payment.objects.get().status == Payment.Status.SUCCEEDED
    assert Refund.objects.get().status == Refund.Status.SUCCEEDED
    assert Dispute.objects.get().status == Dispute.Status.OPEN
    assert not money.differences()


def test_unknown_objects_are_looked_for_a_while_and_kept(bank: Bank, ada: Person) -> None:
    paid = money.paid(ada)
    bank.records["pay_other"] = bank.records[paid.ref]
    bank.records["pay_other"].snapshot = bank.records[paid.ref].snapshot.__class__(
        **{**bank.records[paid.ref].snapshot.__dict__, "ref": "pay_other", "key": ""}
    )
    post(bank.webhook(bank.event("pay_other")))
    inbox.process_due()
    event = ProviderEvent.objects.get()
    assert (event.verdict, event.processed_at) == ("unknown object", None)
    for seconds in (20, 100, 1000):
        with later(seconds):
            inbox.process_due()
    event.refresh_from_db()
    assert (event.verdict, event.due_at, event.attempts) == ("unknown object", None, 3)
    assert event.processed_at


def test_a_provider_that_is_down_is_asked_with_growing_pauses(bank: Bank, ada: Person) -> None:
    payment = page(ada)
    bank.pay(payment.ref)
    post(bank.webhook(bank.event(payment.ref)))
    bank.down()
    for tries in range(1, len(processing.PAUSES) + 1):
        assert inbox.process_due() + 0 == (1 if tries == 1 else 0)
        event = ProviderEvent.objects.get()
        assert event.due_at
        with patch.object(clock, "real_now", lambda moment=event.due_at: moment):
            assert inbox.process_due() == 1
    event.refresh_from_db()
    assert (event.verdict, event.processed_at, event.due_at) == ("provider away", None, None)  # the desk lists it
    bank.down(False)
    assert inbox.replay(event_id=event.event_id) == 1
    event.refresh_from_db()
    assert event.verdict == "settled"
    payment.refresh_from_db()
    assert payment.status == Payment.Status.SUCCEEDED


def test_amounts_that_differ_are_judged_once_and_do_not_hold_up_others(bank: Bank, ada: Person) -> None:
    wrong, right = page(ada), page(ada)
    for payment in (wrong, right):
        bank.pay(payment.ref)
        post(bank.webhook(bank.event(payment.ref)))
    bank._change(wrong.ref, amount_minor=1)
    assert inbox.process_due() == 2
    verdicts = dict(ProviderEvent.objects.values_list("object_ref", "verdict"))
    assert verdicts == {wrong.ref: "amounts differ", right.ref: "settled"}
    assert inbox.process_due() == 0


def test_a_fault_in_one_does_not_hold_up_others(bank: Bank, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = page(ada)
    bank.pay(payment.ref)
    ref = bank.open_dispute(payment.ref)
    monkeypatch.setattr("frontdesk.billing.disputes.settle", lambda **_values: 1 / 0)
    for each in (ref, payment.ref):
        post(bank.webhook(bank.event(each)))
    assert inbox.process_due() == 2
    verdicts = dict(ProviderEvent.objects.values_list("object_ref", "verdict"))
    assert verdicts == {ref: "failed: ZeroDivisionError", payment.ref: "settled"}


def test_replaying_everything_is_harmless(bank: Bank, ada: Person) -> None:
    payment = page(ada)
    bank.pay(payment.ref)
    for _ in range(3):
        post(bank.webhook(bank.event(payment.ref)))
    inbox.process_due()
    assert inbox.replay(since=clock.real_now() - timedelta(hours=1)) == 3
    assert inbox.replay(since=clock.real_now() + timedelta(hours=1)) == 0
    assert inbox.replay(event_id="evt_unknown") == 0
    assert bank.taken() == 3995
    assert not money.differences()


def test_two_workers_do_not_take_the_same_event(bank: Bank, ada: Person) -> None:
    payment = page(ada)
    bank.pay(payment.ref)
    for _ in range(6):
        post(bank.webhook(bank.event(payment.ref)))
    counts = at_once(*[inbox.process_due] * 3)
    assert sum(each for each in counts if isinstance(each, int)) == 6
    assert set(ProviderEvent.objects.values_list("attempts", flat=True)) == {1}


def test_the_body_is_kept_as_it_came(bank: Bank, ada: Person) -> None:
    post(bank.webhook(bank.event(page(ada).ref, event_id="evt_1", kind="payment.changed")))
    event = ProviderEvent.objects.get()
    assert (event.kind, event.object_kind) == ("payment.changed", "payment")
    assert json.loads(event.raw)["id"] == "evt_1"
