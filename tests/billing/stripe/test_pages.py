"""Stripe's hosted pages: what is asked for, and how one stands. The stand-in has none, so answers are given here."""

import pytest

from frontdesk.billing.providers.protocol import Customer, ObjectKind, Outcome, ProviderError
from frontdesk.billing.providers.stripe.adapter import Stripe
from tests.billing.stripe import objects
from tests.billing.stripe.stub import Stub, error
from tests.support import requests

SESSIONS = "POST /v1/checkout/sessions"
ADA = Customer(ref=objects.WHO, email="ada@example.org", name="Ada", provider_ref="cus_1")


def test_a_page_is_asked_for_with_all_that_stripe_needs_and_no_more(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(SESSIONS, objects.page())
    started = at_stub.start_checkout(
        requests.checkout(customer=ADA, statement_text="HALCYON A1B2C-3D4E5", currency="JPY")
    )
    assert started.outcome is Outcome.REQUIRES_ACTION
    assert (started.ref, started.action_url) == ("cs_1", "https://checkout.stripe.example/c/cs_1")
    asked = stub.last(SESSIONS)
    assert asked.key == "checkout-1"
    assert asked.fields == {
        "mode": "payment",
        "customer": "cus_1",
        "payment_method_types[0]": "card",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "jpy",
        "line_items[0][price_data][unit_amount]": "4900",
        "line_items[0][price_data][product_data][name]": "Halcyon Shield Plus, 1 year",
        "success_url": requests.BACK,
        "cancel_url": requests.AWAY,
        "metadata[key]": "checkout-1",
        "metadata[customer]": objects.WHO,
        "metadata[flow]": "page",
        "payment_intent_data[metadata][key]": "checkout-1",
        "payment_intent_data[metadata][customer]": objects.WHO,
        "payment_intent_data[metadata][flow]": "page",
        "payment_intent_data[description]": "Halcyon Shield Plus, 1 year",
        "payment_intent_data[statement_descriptor_suffix]": "A1B2C3D4E5",
        "payment_intent_data[setup_future_usage]": "off_session",
    }


def test_what_is_not_set_is_not_sent(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(SESSIONS, objects.page())
    at_stub.start_checkout(requests.checkout(customer=ADA, keep=False, description="", statement_text="HALCYON"))
    names = " ".join(stub.last(SESSIONS).fields)
    for absent in ("setup_future_usage", "description", "statement_descriptor"):
        assert absent not in names


def test_a_card_is_left_on_a_page_whose_way_back_names_it(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(SESSIONS, objects.setup_page("open", url="https://checkout.stripe.example/c/cs_1"))
    started = at_stub.start_setup(requests.setup(customer=ADA, return_url=requests.BACK + "?next=1"))
    assert (started.kind, started.outcome) == (ObjectKind.SETUP, Outcome.REQUIRES_ACTION)
    asked = stub.last(SESSIONS)
    assert asked.key == "setup-1"
    assert asked.fields["mode"] == "setup"
    assert asked.fields["success_url"] == f"{requests.BACK}?next=1&setup={{CHECKOUT_SESSION_ID}}"
    assert asked.fields["setup_intent_data[metadata][customer]"] == objects.WHO


def test_a_customer_without_a_number_is_looked_for_before_one_is_made(stub: Stub, at_stub: Stripe) -> None:
    stranger = {"id": "cus_9", "object": "customer", "metadata": {"customer": "somebody else"}}
    stub.answer("GET /v1/customers", {"object": "list", "data": [stranger], "has_more": False})
    stub.answer("POST /v1/customers", {"id": "cus_2", "object": "customer"})
    stub.answer(SESSIONS, objects.page())
    at_stub.start_checkout(requests.checkout(customer=requests.ADA))
    assert stub.last(SESSIONS).fields["customer"] == "cus_2"
    assert stub.last("POST /v1/customers").fields["metadata[customer]"] == requests.ADA.ref
    stub.answers["GET /v1/customers"].clear()
    known = stranger | {"metadata": {"customer": requests.ADA.ref}}
    stub.answer("GET /v1/customers", {"object": "list", "data": [known], "has_more": False})
    at_stub.start_checkout(requests.checkout("other", customer=requests.ADA))
    assert stub.last(SESSIONS).fields["customer"] == "cus_9"


PAGE = "GET /v1/checkout/sessions/cs_1"


def test_an_open_page_waits_and_an_old_one_was_left(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(PAGE, objects.page())
    stub.answer(PAGE, objects.page("expired"))
    assert at_stub.fetch(ObjectKind.PAYMENT, "cs_1").outcome is Outcome.REQUIRES_ACTION
    old = at_stub.fetch(ObjectKind.PAYMENT, "cs_1")
    assert (old.outcome, old.decline, old.key, old.action_url) == (Outcome.FAILED, "abandoned", objects.KEY, "")


def test_a_paid_page_becomes_its_payment_with_card_and_statement(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(PAGE, objects.page("complete", payment_intent=objects.intent()))
    paid = at_stub.fetch(ObjectKind.PAYMENT, "cs_1")
    assert (paid.outcome, paid.ref, paid.key) == (Outcome.SUCCEEDED, "pi_1", objects.KEY)
    assert (paid.amount_minor, paid.currency) == (4900, "EUR")
    assert paid.statement_text == "HALCYON* A1B2C3"
    assert paid.card is not None
    assert (paid.card.ref, paid.card.customer_ref, paid.card.country) == ("pm_1", "cus_1", "DE")


def test_a_card_that_stripe_does_not_keep_has_no_reference(stub: Stub, at_stub: Stripe) -> None:
    whole = objects.intent(payment_method=objects.card(customer=None))
    stub.answer(PAGE, objects.page("complete", payment_intent=whole))
    paid = at_stub.fetch(ObjectKind.PAYMENT, "cs_1")
    assert paid.card is not None
    assert (paid.card.ref, paid.card.last4) == ("", "4242")


def test_a_decline_on_the_page_is_no_end_while_the_page_is_open(stub: Stub, at_stub: Stripe) -> None:
    """Stripe tells of every declined card; the customer may be entering another one."""
    failed = objects.intent(
        "requires_payment_method",
        metadata={**objects.METADATA, "flow": "page"},
        last_payment_error={"code": "card_declined", "decline_code": "insufficient_funds"},
    )
    stub.answer("GET /v1/payment_intents/pi_1", failed)
    stub.answer("GET /v1/checkout/sessions", {"object": "list", "data": [objects.page()], "has_more": False})
    stub.answer(PAGE, objects.page())
    waiting = at_stub.fetch(ObjectKind.PAYMENT, "pi_1")
    assert (waiting.outcome, waiting.ref, waiting.key) == (Outcome.REQUIRES_ACTION, "cs_1", objects.KEY)
    assert stub.last("GET /v1/checkout/sessions").fields["payment_intent"] == "pi_1"


def test_a_card_that_was_left_is_told(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(PAGE, objects.setup_page())
    left = at_stub.fetch(ObjectKind.SETUP, "cs_1")
    assert (left.outcome, left.customer) == (Outcome.SUCCEEDED, objects.WHO)
    assert left.card is not None
    assert left.card.ref == "pm_1"


@pytest.mark.parametrize(
    ("after", "outcome"),
    [(objects.page("expired"), Outcome.FAILED), (objects.page("complete", payment_intent=objects.intent()), "paid")],
)
def test_closing_a_page_says_how_it_stands_then(
    stub: Stub, at_stub: Stripe, after: dict[str, object], outcome: object
) -> None:
    if outcome == "paid":
        stub.answer("POST /v1/checkout/sessions/cs_1/expire", error("resource_already_complete"), 400)
    else:
        stub.answer("POST /v1/checkout/sessions/cs_1/expire", after)
    stub.answer(PAGE, after)
    closed = at_stub.close("cs_1")
    assert closed.outcome is (Outcome.SUCCEEDED if outcome == "paid" else outcome)


def test_a_page_that_may_or_may_not_be_closed_is_not_said_to_be(stub: Stub, at_stub: Stripe) -> None:
    stub.answer("POST /v1/checkout/sessions/cs_1/expire", {}, 500)
    with pytest.raises(ProviderError):
        at_stub.close("cs_1")


def test_a_payment_known_by_its_page_is_refunded_by_its_intent(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(PAGE, objects.page("complete", payment_intent=objects.intent()))
    stub.answer("POST /v1/refunds", objects.refund())
    assert at_stub.refund(requests.refund("cs_1")).outcome is Outcome.SUCCEEDED
    assert stub.last("POST /v1/refunds").fields["payment_intent"] == "pi_1"


def test_a_page_that_was_never_paid_is_not_refunded(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(PAGE, objects.page())
    with pytest.raises(ProviderError):
        at_stub.refund(requests.refund("cs_1"))


@pytest.mark.parametrize("status", [400, 401, 402, 409, 429, 500, 0])
def test_a_page_that_cannot_be_had_is_an_error_without_stripes_words(stub: Stub, at_stub: Stripe, status: int) -> None:
    stub.answer(SESSIONS, error("something"), status)
    with pytest.raises(ProviderError) as caught:
        at_stub.start_checkout(requests.checkout(customer=ADA))
    assert "name" not in str(caught.value)
    assert caught.value.__suppress_context__
