"""Stripe's webhooks: self-signed fixtures, forged, late and from the future; what they speak of."""

import json
from datetime import timedelta
from typing import Any

import pytest

from frontdesk.billing.providers.protocol import NotAuthentic, ObjectKind
from frontdesk.billing.providers.stripe.adapter import Stripe
from frontdesk.core import clock
from tests.billing.stripe import objects
from tests.billing.stripe.conftest import SECRET
from tests.billing.stripe.stub import Stub


@pytest.fixture
def stripe() -> Stripe:
    return Stripe(key="sk_test_1", secrets=["whsec_the_next", SECRET])


@pytest.mark.parametrize(
    ("kind", "about", "expected"),
    [
        ("payment_intent.succeeded", objects.intent(), (ObjectKind.PAYMENT, "pi_1")),
        ("payment_intent.payment_failed", objects.intent(), (ObjectKind.PAYMENT, "pi_1")),
        ("checkout.session.completed", objects.page("complete"), (ObjectKind.PAYMENT, "cs_1")),
        ("checkout.session.expired", objects.page("expired"), (ObjectKind.PAYMENT, "cs_1")),
        ("checkout.session.completed", objects.setup_page(), (ObjectKind.SETUP, "cs_1")),
        ("refund.created", objects.refund(), (ObjectKind.REFUND, "re_1")),
        ("charge.refund.updated", objects.refund(), (ObjectKind.REFUND, "re_1")),
        ("charge.dispute.created", objects.dispute(), (ObjectKind.DISPUTE, "du_1")),
        ("charge.dispute.closed", objects.dispute("lost"), (ObjectKind.DISPUTE, "du_1")),
    ],
)
def test_an_event_says_which_object_to_look_at(
    stripe: Stripe, kind: str, about: dict[str, Any], expected: tuple[ObjectKind, str]
) -> None:
    raw = objects.raw(kind, about)
    (event,) = stripe.parse_webhook(objects.signed(raw), raw)
    assert (event.object_kind, event.object_ref) == expected
    assert (event.id, event.kind) == ("evt_1", kind)
    assert json.loads(event.raw) == json.loads(raw)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("payment_intent.created", objects.intent()),
        ("charge.dispute.created", objects.dispute("warning_needs_response")),
        ("customer.created", {"object": "customer", "id": "cus_1"}),
        ("checkout.session.completed", objects.page(mode="subscription")),
    ],
)
def test_what_we_do_not_act_upon_is_taken_and_left(stripe: Stripe, kind: str, about: dict[str, Any]) -> None:
    raw = objects.raw(kind, about)
    assert stripe.parse_webhook(objects.signed(raw), raw) == []


def test_header_names_may_be_written_in_any_way(stripe: Stripe) -> None:
    raw = objects.raw("payment_intent.succeeded", objects.intent())
    header = objects.signed(raw)["Stripe-Signature"]
    assert stripe.parse_webhook({"stripe-signature": header}, raw)


@pytest.mark.parametrize("header", ["", "t=1", "v1=a", "nonsense", "t=x,v1=a", "t=1,v1=é", ",,", "t", "t=-1,v1=a"])
def test_a_header_that_is_none_is_refused(stripe: Stripe, header: str) -> None:
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook({"Stripe-Signature": header}, objects.raw("x", objects.intent()))


def test_another_secret_a_changed_body_or_no_header_is_refused(stripe: Stripe) -> None:
    raw = objects.raw("payment_intent.succeeded", objects.intent())
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook(objects.signed(raw, secret="whsec_forged"), raw)
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook(objects.signed(raw), raw.replace(b"4900", b"4901"))
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook({}, raw)


def test_without_a_secret_nothing_is_believed() -> None:
    raw = objects.raw("payment_intent.succeeded", objects.intent())
    for secrets in ([], [""], [" "]):
        with pytest.raises(NotAuthentic):
            Stripe(key="sk_test_1", secrets=secrets).parse_webhook(objects.signed(raw, secret=""), raw)


@pytest.mark.parametrize("minutes", [-6, 2, 5, 60])
def test_what_is_old_or_from_the_future_is_refused(stripe: Stripe, minutes: int) -> None:
    raw = objects.raw("payment_intent.succeeded", objects.intent())
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook(objects.signed(raw, clock.real_now() + timedelta(minutes=minutes)), raw)


@pytest.mark.parametrize("seconds", [-280, 0, 50])
def test_clocks_may_differ_a_little(stripe: Stripe, seconds: int) -> None:
    raw = objects.raw("payment_intent.succeeded", objects.intent())
    assert stripe.parse_webhook(objects.signed(raw, clock.real_now() + timedelta(seconds=seconds)), raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"null", b'{"type": "x"}', b'{"type": "x", "data": {"object": {}}}'])
def test_a_signed_body_that_is_no_event_is_refused(stripe: Stripe, raw: bytes) -> None:
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook(objects.signed(raw), raw)


def test_a_body_that_is_no_text_is_refused(stripe: Stripe) -> None:
    with pytest.raises(NotAuthentic):
        stripe.parse_webhook(objects.signed(b"\xff\xfe"), b"\xff\xfe")


def test_reconciliation_reads_all_pages_of_stripes_events_once_each(stub: Stub, at_stub: Stripe) -> None:
    first = [objects.event("payment_intent.succeeded", objects.intent(), id="evt_1")]
    second = [
        objects.event("payment_intent.succeeded", objects.intent(), id="evt_2"),
        objects.event("refund.created", objects.refund(), id="evt_3"),
        objects.event("checkout.session.completed", objects.setup_page(), id="evt_4"),
    ]
    stub.answer("GET /v1/events", {"object": "list", "data": first, "has_more": True})
    stub.answer("GET /v1/events", {"object": "list", "data": second, "has_more": False})
    since = clock.real_now() - timedelta(hours=1)
    assert at_stub.changed_since(since) == [(ObjectKind.PAYMENT, "pi_1"), (ObjectKind.REFUND, "re_1")]
    assert stub.asked[0].fields == {"created[gte]": str(int(since.timestamp())), "limit": "100"}
    assert stub.asked[1].fields["starting_after"] == "evt_1"
