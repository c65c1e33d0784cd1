"""The bank's webhooks: signed, bound in time, sent until they are taken; late, doubled and mixed when asked for."""

import json
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from frontdesk.billing.providers.protocol import NotAuthentic, ObjectKind, Outcome
from frontdesk.billing.providers.sandbox import webhooks
from frontdesk.billing.providers.sandbox.models import Event
from frontdesk.core import clock
from tests.billing.sandbox.bank import BANK, kept_card, now, paid
from tests.support import requests

on_tables = pytest.mark.django_db


class Inbox:
    """The vendor's end: it checks as the real one does, and fails as often as it is told."""

    def __init__(self, fails: int = 0) -> None:
        self.fails, self.taken = fails, list[str]()

    def __call__(self, headers: Mapping[str, str], raw: bytes) -> None:
        events = BANK.parse_webhook(headers, raw)
        if self.fails:
            self.fails -= 1
            raise OSError("not now")
        self.taken += [f"{event.kind} {event.object_ref}" for event in events]


def body(**values: object) -> bytes:
    chosen: dict[str, object] = {"id": "sbx_evt_1", "type": "payment.succeeded", "created": 1_700_000_000}
    return json.dumps({**chosen, "object": {"kind": "payment", "ref": "sbx_pay_1"}, **values}).encode()


def signed(raw: bytes, at: datetime | None = None) -> dict[str, str]:
    return {"sandbox-signature": webhooks.sign(raw, at or clock.real_now())}


def test_a_webhook_says_which_object_to_look_at() -> None:
    raw = body()
    (event,) = BANK.parse_webhook(signed(raw), raw)
    assert (event.id, event.kind, event.object_kind) == ("sbx_evt_1", "payment.succeeded", ObjectKind.PAYMENT)
    assert event.object_ref == "sbx_pay_1"
    assert event.raw == raw.decode()


@pytest.mark.parametrize(
    "header",
    ["", "t=,v1=", "t=1", "v1=abc", "t=x,v1=abc", "nonsense", "t=99999999999999999999,v1=é", "t=-1,v1=a", ",,,="],
)
def test_a_header_that_is_none_is_refused(header: str) -> None:
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook({webhooks.HEADER: header}, body())


NO_WORDS: list[object] = [None, [], 7, "", "x" * 121, "a\0", "\ud800"]
NO_OBJECTS: list[object] = [None, [], "payment", {"kind": [], "ref": "a"}, {"kind": "payment"}]
NO_MOMENTS: list[object] = [10**18, -(10**18), 10**400, float("inf"), float("nan"), None, "now"]


@pytest.mark.parametrize(
    "values",
    [
        *({"id": word} for word in NO_WORDS),
        *({"type": word} for word in NO_WORDS),
        *({"object": {"kind": "payment", "ref": word}} for word in NO_WORDS),
        *({"object": what} for what in NO_OBJECTS),
        *({"created": when} for when in NO_MOMENTS),
    ],
)
def test_what_is_signed_but_no_event_is_refused(values: dict[str, object]) -> None:
    raw = body(**values)
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook(signed(raw), raw)


@pytest.mark.parametrize("raw", [body().decode().encode("utf-16"), b"[" * 100_000, b"\xff", b"[]", b"null", b""])
def test_a_signed_body_that_is_no_text_or_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook(signed(raw), raw)


def test_a_missing_header_is_refused() -> None:
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook({}, body())


def test_a_changed_body_or_time_is_refused() -> None:
    raw, at = body(), clock.real_now()
    mac = webhooks.sign(raw, at).partition("v1=")[2]
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook(signed(raw), raw + b" ")
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook({webhooks.HEADER: f"t={int(at.timestamp()) + 1},v1={mac}"}, raw)


@pytest.mark.parametrize("minutes", [-6, 2, 5, 60])
def test_a_webhook_that_is_old_or_from_the_future_is_refused(minutes: int) -> None:
    raw = body()
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook(signed(raw, clock.real_now() + timedelta(minutes=minutes)), raw)


@pytest.mark.parametrize("seconds", [-290, -60, 0, 50])
def test_clocks_may_differ_a_little(seconds: int) -> None:
    raw = body()
    assert BANK.parse_webhook(signed(raw, clock.real_now() + timedelta(seconds=seconds)), raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b"null", b"\xff", body(object={}), body(object={"kind": "cat", "ref": "x"}), body(created="x")],
)
def test_a_signed_body_that_is_no_event_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAuthentic):
        BANK.parse_webhook(signed(raw), raw)


@on_tables
def test_what_happens_is_told_once_it_was_taken() -> None:
    payment, inbox = paid(), Inbox()
    refund = BANK.refund(requests.refund(payment.ref))
    assert webhooks.deliver_due(inbox) == 2
    assert inbox.taken == [f"payment.succeeded {payment.ref}", f"refund.succeeded {refund.ref}"]
    assert webhooks.deliver_due(inbox) == 0


@on_tables
def test_what_is_not_taken_is_sent_again_later_and_signed_anew() -> None:
    paid()
    inbox = Inbox(fails=1)
    assert webhooks.deliver_due(inbox) == 0
    assert webhooks.deliver_due(inbox) == 0  # its pause is not over
    event = Event.objects.get()
    assert (event.attempts, event.delivered_at) == (1, None)
    Event.objects.update(due_at=clock.real_now())
    assert webhooks.deliver_due(inbox) == 1
    assert len(inbox.taken) == 1


@on_tables
def test_the_bank_gives_up_after_days() -> None:
    paid()
    for _ in range(len(webhooks.PAUSES) + 1):
        webhooks.deliver_due(Inbox(fails=1))
        Event.objects.filter(due_at__isnull=False).update(due_at=clock.real_now())
    assert Event.objects.get().due_at is None
    assert webhooks.deliver_due(Inbox()) == 0


@on_tables
def test_webhooks_come_doubled_and_mixed_when_asked_for() -> None:
    for number in range(5):
        paid(key=f"checkout-{number}")
    inbox = Inbox()
    assert webhooks.deliver_due(inbox, copies=2, mixed=random.Random(4)) == 5
    assert len(inbox.taken) == 10
    assert len(set(inbox.taken)) == 5
    assert inbox.taken[::2] != inbox.taken[1::2]
    assert inbox.taken != sorted(inbox.taken, key=inbox.taken.index)


@on_tables
def test_webhooks_come_late_when_asked_for() -> None:
    paid()
    assert webhooks.delay(timedelta(hours=1)) == 1
    assert webhooks.deliver_due(Inbox()) == 0


@on_tables
def test_the_news_of_a_lost_answer_are_late_too() -> None:
    card = kept_card("silent")
    webhooks.deliver_due(Inbox())
    BANK.charge(requests.charge(card.ref))
    assert webhooks.deliver_due(Inbox()) == 0
    due = Event.objects.get(kind="payment.succeeded").due_at
    assert due is not None
    assert due > clock.real_now() + timedelta(seconds=60)


@on_tables
def test_reconciliation_sees_what_changed_since() -> None:
    before = clock.real_now()
    payment = paid()
    refund = BANK.refund(requests.refund(payment.ref))
    assert BANK.changed_since(before) == [(ObjectKind.PAYMENT, payment.ref), (ObjectKind.REFUND, refund.ref)]
    assert BANK.changed_since(clock.real_now()) == []
    assert now(payment).outcome is Outcome.SUCCEEDED
