"""Charges and refunds at Stripe where it goes wrong: no answer, half an answer, a no, a customer who is needed."""

import socket
from typing import Any

import pytest
from pytest_django import Settings

from frontdesk.billing import declines
from frontdesk.billing.providers.protocol import Customer, ObjectKind, Outcome, ProviderError, Snapshot
from frontdesk.billing.providers.stripe import client, refusals
from frontdesk.billing.providers.stripe.adapter import Stripe
from frontdesk.billing.providers.stripe.amounts import ZERO, from_stripe, to_stripe
from frontdesk.billing.providers.stripe.asked import suffix
from tests.billing.stripe import objects
from tests.billing.stripe.conftest import opened
from tests.billing.stripe.stub import Stub, error
from tests.support import requests

INTENTS, INTENT = "POST /v1/payment_intents", "GET /v1/payment_intents/pi_1"
CONFIRM, CANCEL = "POST /v1/payment_intents/pi_1/confirm", "POST /v1/payment_intents/pi_1/cancel"
REFUNDS = "POST /v1/refunds"
ADA = Customer(ref=objects.WHO, email="ada@example.org", provider_ref="cus_1")
ASKS = {"code": "authentication_required", "decline_code": "authentication_required"}
REDIRECT = {"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.example/3ds/1"}}


def charged(stripe: Stripe, **values: Any) -> Snapshot:
    return stripe.charge(requests.charge("pm_1", customer=ADA, **values))


def test_a_charge_says_what_it_must_under_its_key(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(INTENTS, objects.intent())
    assert charged(at_stub, statement_text="HALCYON A1B2C-3D4E5").outcome is Outcome.SUCCEEDED
    (asked,) = stub.asked
    assert asked.key == "charge-1"
    assert asked.fields == {
        "amount": "4900",
        "currency": "eur",
        "customer": "cus_1",
        "payment_method": "pm_1",
        "payment_method_types[0]": "card",
        "confirm": "true",
        "off_session": "true",
        "expand[0]": "latest_charge",
        "expand[1]": "payment_method",
        "description": "Renewal",
        "statement_descriptor_suffix": "A1B2C3D4E5",
        "metadata[key]": "charge-1",
        "metadata[customer]": objects.WHO,
    }


def test_with_the_customer_here_the_bank_may_ask_at_once(stub: Stub, at_stub: Stripe) -> None:
    waiting = objects.intent("requires_action", next_action=REDIRECT)
    stub.answer(INTENTS, waiting)
    stub.answer(INTENT, waiting)
    answer = charged(at_stub, on_session=True)
    assert (answer.outcome, answer.action_url) == (Outcome.REQUIRES_ACTION, "https://hooks.stripe.example/3ds/1")
    fields = stub.asked[0].fields
    assert fields["return_url"] == requests.BACK
    assert "off_session" not in fields


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {}), (502, {}), (409, error("lock_timeout")), (0, {}), (400, error("", "idempotency_error"))],
)
def test_no_clear_answer_is_unknown(stub: Stub, at_stub: Stripe, status: int, body: dict[str, object]) -> None:
    stub.answer(INTENTS, body, status)
    stub.answer(REFUNDS, body, status)
    answer = charged(at_stub)
    assert (answer.outcome, answer.ref, answer.key) == (Outcome.UNKNOWN, "", "charge-1")
    assert (answer.amount_minor, answer.currency) == (4900, "EUR")
    back = at_stub.refund(requests.refund("pi_1"))
    assert (back.outcome, back.ref, back.key, back.payment_ref) == (Outcome.UNKNOWN, "", "refund-1", "pi_1")
    assert len(stub.asked) == 2  # the library tried nothing again by itself


def test_an_answer_that_never_comes_is_unknown(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.2)
    stub.answer(INTENTS, {}, -1)
    with opened(Stripe(key="sk_test_1", secrets=[], base=stub.base)) as impatient:
        assert charged(impatient).outcome is Outcome.UNKNOWN


def test_a_provider_that_is_away_is_an_error_because_nothing_was_sent() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))  # bound and not listening: refused
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        with opened(Stripe(key="sk_test_1", secrets=[], base=address)) as away:
            for deed in (
                lambda: charged(away),
                lambda: away.refund(requests.refund("pi_1")),
                lambda: away.fetch(ObjectKind.PAYMENT, "pi_1"),
                lambda: away.close("pi_1"),
                lambda: away.detach("pm_1"),
            ):
                with pytest.raises(ProviderError):
                    deed()


@pytest.mark.parametrize("status", [401, 403, 429])
def test_what_stripe_does_not_even_look_at_has_not_happened(stub: Stub, at_stub: Stripe, status: int) -> None:
    stub.answer(INTENTS, error("no"), status)
    with pytest.raises(ProviderError):
        charged(at_stub)


def test_a_decline_names_the_bank_s_reason_and_the_intent(stub: Stub, at_stub: Stripe) -> None:
    why = {"code": "card_declined", "decline_code": "insufficient_funds"}
    failed = objects.intent("requires_payment_method", last_payment_error=why)
    stub.answer(INTENTS, error(**why, kind="card_error", payment_intent=failed), 402)
    stub.answer(INTENT, failed)
    answer = charged(at_stub)
    assert (answer.outcome, answer.decline, answer.ref) == (Outcome.FAILED, "insufficient_funds", "pi_1")


def test_a_repeated_call_is_not_believed_what_was_said_at_first(stub: Stub, at_stub: Stripe) -> None:
    """Stripe repeats its first answer under a key, also when the customer has confirmed since."""
    first = objects.intent("requires_payment_method", last_payment_error=ASKS)
    stub.answer(INTENTS, error(**ASKS, kind="card_error", payment_intent=first), 402)
    stub.answer(INTENT, objects.intent())
    assert charged(at_stub).outcome is Outcome.SUCCEEDED


def test_a_bank_that_wants_the_customer_gets_them_on_stripes_page(stub: Stub, at_stub: Stripe) -> None:
    first = objects.intent("requires_payment_method", last_payment_error=ASKS)
    stub.answer(INTENTS, error(**ASKS, kind="card_error", payment_intent=first), 402)
    stub.answer(INTENT, first)
    stub.answer(INTENT, objects.intent("requires_action", next_action=REDIRECT))
    stub.answer(CONFIRM, objects.intent("requires_action", next_action=REDIRECT))
    answer = charged(at_stub)
    assert (answer.outcome, answer.ref) == (Outcome.REQUIRES_ACTION, "pi_1")
    assert answer.action_url == "https://hooks.stripe.example/3ds/1"
    confirmed = stub.last(CONFIRM)
    assert confirmed.key == "charge-1:confirm"
    assert confirmed.fields == {"payment_method": "pm_1", "return_url": requests.BACK}


def test_without_a_page_to_confirm_on_the_charge_is_closed(stub: Stub, at_stub: Stripe, settings: Settings) -> None:
    first = objects.intent("requires_payment_method", last_payment_error=ASKS)
    stub.answer(INTENTS, error(**ASKS, kind="card_error", payment_intent=first), 402)
    stub.answer(INTENT, first)
    stub.answer(INTENT, objects.intent("requires_action"))
    stub.answer(INTENT, objects.intent("canceled"))
    stub.answer(CONFIRM, objects.intent("requires_action"))
    stub.answer(CANCEL, objects.intent("canceled"))
    answer = charged(at_stub, return_url="")
    assert (answer.outcome, answer.decline) == (Outcome.FAILED, "authentication_required")
    assert stub.last(CANCEL).path
    assert stub.last(CONFIRM).fields["return_url"] == settings.FRONTDESK_URL


def test_money_that_may_have_moved_is_unknown_when_the_second_question_fails(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(INTENTS, objects.intent("processing"))
    stub.answer(INTENT, {}, 500)
    answer = charged(at_stub)
    assert (answer.outcome, answer.ref) == (Outcome.UNKNOWN, "pi_1")


def test_a_card_that_is_gone_at_stripe_is_a_decline_and_other_mistakes_are_not(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(INTENTS, error("resource_missing", param="payment_method"), 400)
    stub.answer(INTENTS, error("amount_too_small", param="amount"), 400)
    stub.answer(INTENTS, error("parameter_unknown", param="nonsense"), 400)
    gone, small = charged(at_stub), charged(at_stub)
    assert (gone.outcome, gone.decline) == (Outcome.FAILED, "mandate_revoked")
    assert (small.outcome, small.decline) == (Outcome.FAILED, "not_supported")
    with pytest.raises(ProviderError, match="parameter_unknown"):
        charged(at_stub)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("succeeded", Outcome.SUCCEEDED),
        ("pending", Outcome.UNKNOWN),
        ("requires_action", Outcome.UNKNOWN),
        ("failed", Outcome.FAILED),
        ("canceled", Outcome.FAILED),
    ],
)
def test_a_refund_stands_as_stripe_says(stub: Stub, at_stub: Stripe, status: str, outcome: Outcome) -> None:
    stub.answer(REFUNDS, objects.refund(status))
    made = at_stub.refund(requests.refund("pi_1"))
    assert (made.outcome, made.ref, made.payment_ref, made.key) == (outcome, "re_1", "pi_1", "refund-1")
    asked = stub.last(REFUNDS)
    assert asked.key == "refund-1"
    assert asked.fields == {"payment_intent": "pi_1", "amount": "4900", "metadata[key]": "refund-1"}


@pytest.mark.parametrize(
    "body",
    [error("charge_already_refunded"), error("charge_disputed"), error("", param="amount")],
    ids=["back already", "disputed", "too much"],
)
def test_a_refund_that_can_never_be_has_failed(stub: Stub, at_stub: Stripe, body: dict[str, object]) -> None:
    stub.answer(REFUNDS, body, 400)
    made = at_stub.refund(requests.refund("pi_1"))
    assert (made.outcome, made.ref) == (Outcome.FAILED, "")


def test_a_refund_that_stripe_does_not_understand_is_a_mistake(stub: Stub, at_stub: Stripe) -> None:
    stub.answer(REFUNDS, error("parameter_unknown"), 400)
    with pytest.raises(ProviderError):
        at_stub.refund(requests.refund("pi_1"))


@pytest.mark.parametrize(
    ("status", "says"),
    [("needs_response", "open"), ("under_review", "open"), ("won", "won"), ("lost", "lost")],
)
def test_a_dispute_stands_as_stripe_says(stub: Stub, at_stub: Stripe, status: str, says: str) -> None:
    stub.answer("GET /v1/disputes/du_1", objects.dispute(status))
    found = at_stub.fetch(ObjectKind.DISPUTE, "du_1")
    assert (found.dispute, found.payment_ref, found.amount_minor) == (says, "pi_1", 4900)
    assert (found.dispute_reason, found.customer) == ("fraudulent", objects.WHO)


def test_an_inquiry_holds_no_money_and_is_no_dispute(stub: Stub, at_stub: Stripe) -> None:
    stub.answer("GET /v1/disputes/du_1", objects.dispute("warning_needs_response"))
    with pytest.raises(ProviderError):
        at_stub.fetch(ObjectKind.DISPUTE, "du_1")


@pytest.mark.parametrize(
    ("minor", "currency", "there"),
    [
        (4900, "EUR", 4900),
        (4900, "JPY", 4900),
        (49, "ISK", 4900),
        (4900, "KWD", 4900),
        (4900, "RSD", 490_000),  # no decimals in CLDR, two at Stripe
        (1, "USD", 1),
    ],
)
def test_amounts_are_converted_exactly_and_back(minor: int, currency: str, there: int) -> None:
    assert to_stripe(minor, currency) == there
    assert from_stripe(there, currency) == minor


@pytest.mark.parametrize(("minor", "currency"), [(4905, "KWD"), (0, "EUR"), (-1, "EUR"), (5, "UGX")])
def test_what_stripe_cannot_take_exactly_is_refused(minor: int, currency: str) -> None:
    with pytest.raises(ProviderError):
        to_stripe(minor, currency)


def test_an_amount_that_we_could_not_book_is_refused() -> None:
    assert from_stripe(4950, "JPY") == 4950
    with pytest.raises(ProviderError):
        from_stripe(4950, "ISK")
    assert all(to_stripe(7, currency) == 7 for currency in ZERO)


def test_every_decline_is_one_of_ours() -> None:
    assert set(refusals.DECLINES.values()) <= set(declines.ALL)
    assert refusals.decline_of({"decline_code": "never heard of"}) == "declined"
    assert refusals.decline_of({"code": "card_declined", "decline_code": "lost_card"}) == "lost_or_stolen"
    assert refusals.decline_of({"code": "expired_card"}) == "expired_card"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HALCYON A1B2C-3D4E5", "A1B2C3D4E5"),
        ("HALCYON", ""),
        ("HALCYON 12345", ""),
        ("", ""),
        ("HAL CYON X<*'1", "X1"),
    ],
)
def test_the_statement_ends_with_the_reference(text: str, expected: str) -> None:
    assert suffix(text) == expected
