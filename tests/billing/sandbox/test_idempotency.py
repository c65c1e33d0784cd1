"""The same key is the same deed, also for two at once; the bank commits by itself and guards what may go back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from frontdesk.billing.providers.protocol import DisputeStatus, ObjectKind, Outcome, ProviderError, Snapshot
from frontdesk.billing.providers.sandbox import money_back
from frontdesk.billing.providers.sandbox.models import Card, Dispute, Intent, Refund
from tests.billing.sandbox.bank import BANK, kept_card, now, paid, use
from tests.support import requests
from tests.support.races import at_once

pytestmark = pytest.mark.django_db


def test_the_same_key_opens_one_page() -> None:
    first, second = (BANK.start_checkout(requests.checkout()) for _ in range(2))
    assert first == second
    assert BANK.start_checkout(requests.checkout("another")).ref != first.ref


def test_the_same_key_charges_once_and_answers_the_same() -> None:
    card = kept_card("good")
    first, second = (BANK.charge(requests.charge(card.ref)) for _ in range(2))
    assert first == second
    assert Card.objects.get().charges == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_with_the_same_key_at_once_charge_once(attempt: int) -> None:
    card = kept_card("good")
    answers = at_once(*[lambda: BANK.charge(requests.charge(card.ref)) for _ in range(4)])
    assert {answer.ref for answer in answers if isinstance(answer, Snapshot)} == {
        Intent.objects.get(kind="payment").ref
    }
    assert all(isinstance(answer, Snapshot) and answer.outcome is Outcome.SUCCEEDED for answer in answers)
    assert Card.objects.get().charges == 1


@pytest.mark.parametrize(
    "other",
    [{"amount_minor": 4901}, {"currency": "USD"}, {"customer": requests.BEN}],
    ids=["amount", "currency", "who"],
)
def test_the_same_key_for_something_else_is_an_error(other: dict[str, Any]) -> None:
    card = kept_card("good")
    BANK.charge(requests.charge(card.ref))
    with pytest.raises(ProviderError):
        BANK.charge(requests.charge(card.ref, **other))
    with pytest.raises(ProviderError):
        BANK.start_checkout(requests.checkout("charge-1"))
    assert Intent.objects.filter(kind="payment").count() == 1


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_or_less_is_refused_and_its_key_stays_free(amount: int) -> None:
    card, payment = kept_card("good"), paid()
    deeds: list[Callable[[], Snapshot]] = [
        lambda: BANK.charge(requests.charge(card.ref, amount_minor=amount)),
        lambda: BANK.start_checkout(requests.checkout("c", amount_minor=amount)),
        lambda: BANK.refund(requests.refund(payment.ref, amount)),
    ]
    for deed in deeds:
        with pytest.raises(ProviderError):
            deed()
    assert BANK.charge(requests.charge(card.ref)).outcome is Outcome.SUCCEEDED
    assert BANK.refund(requests.refund(payment.ref)).outcome is Outcome.SUCCEEDED


def test_strangers_cards_and_unknown_ones_are_not_charged() -> None:
    card = kept_card("good")
    for request in (requests.charge(card.ref, customer=requests.BEN), requests.charge("sbx_card_none")):
        with pytest.raises(ProviderError):
            BANK.charge(request)


def test_a_card_that_was_removed_is_charged_no_more() -> None:
    card = kept_card("good")
    BANK.detach(card.ref)
    BANK.detach(card.ref)
    BANK.detach("sbx_card_none")
    charged = BANK.charge(requests.charge(card.ref))
    assert (charged.outcome, charged.decline) == (Outcome.FAILED, "mandate_revoked")


def test_a_card_that_was_not_kept_is_not_charged() -> None:
    paid(keep=False)
    assert BANK.charge(requests.charge(Card.objects.get().ref)).decline == "mandate_revoked"


@pytest.mark.django_db(transaction=True)
def test_every_call_refuses_to_run_in_a_transaction() -> None:
    card, payment = kept_card("good"), paid()
    for deed in (
        lambda: BANK.start_checkout(requests.checkout("x")),
        lambda: BANK.start_setup(requests.setup("y")),
        lambda: BANK.charge(requests.charge(card.ref, "z")),
        lambda: BANK.refund(requests.refund(payment.ref)),
        lambda: BANK.close(payment.ref),
        lambda: BANK.detach(card.ref),
    ):
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            deed()
    assert not connection.in_atomic_block
    assert Intent.objects.count() == 2
    assert not Refund.objects.exists()


def test_a_payment_is_refunded_in_parts_up_to_what_was_paid() -> None:
    payment = paid()
    outcomes = [BANK.refund(requests.refund(payment.ref, 2000, f"refund-{n}")).outcome for n in range(3)]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.FAILED]
    assert BANK.refund(requests.refund(payment.ref, 900, "refund-9")).outcome is Outcome.SUCCEEDED
    assert BANK.refund(requests.refund(payment.ref, 2000, "refund-2")).outcome is Outcome.FAILED  # as it was answered


def test_a_refund_is_the_same_under_the_same_key() -> None:
    payment = paid()
    first, second = (BANK.refund(requests.refund(payment.ref)) for _ in range(2))
    assert first == second
    assert (first.payment_ref, first.amount_minor, first.currency) == (payment.ref, 4900, "EUR")
    with pytest.raises(ProviderError):
        BANK.refund(requests.refund(payment.ref, 100))
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_refunds_at_once_never_exceed_what_was_paid(attempt: int) -> None:
    payment = paid()
    answers = at_once(
        *[lambda key=key: BANK.refund(requests.refund(payment.ref, 3000, f"refund-{key}")) for key in range(4)]
    )
    outcomes = [answer.outcome for answer in answers if isinstance(answer, Snapshot)]
    assert sorted(outcomes) == [Outcome.FAILED] * 3 + [Outcome.SUCCEEDED]


def test_what_was_never_paid_is_not_refunded() -> None:
    started = BANK.start_checkout(requests.checkout())
    assert BANK.refund(requests.refund(started.ref)).outcome is Outcome.FAILED
    for request in (requests.refund("sbx_pay_none", 1, "a"), requests.refund(started.ref, 1, "b", "USD")):
        with pytest.raises(ProviderError):
            BANK.refund(request)


def test_nothing_is_refunded_while_a_dispute_is_open_or_after_it_was_lost() -> None:
    payment = paid()
    dispute = money_back.open_dispute(ref=payment.ref)
    assert dispute is not None
    assert BANK.refund(requests.refund(payment.ref)).outcome is Outcome.FAILED
    money_back.decide(ref=dispute.ref, won=False)
    assert BANK.fetch(ObjectKind.DISPUTE, dispute.ref).dispute is DisputeStatus.LOST
    assert BANK.refund(requests.refund(payment.ref, key="refund-2")).outcome is Outcome.FAILED


def test_a_dispute_that_was_won_leaves_the_money_to_be_refunded() -> None:
    payment = paid()
    dispute = money_back.open_dispute(ref=payment.ref, reason="made up")
    assert dispute is not None
    assert dispute.reason == "fraudulent"
    money_back.decide(ref=dispute.ref, won=True)
    assert BANK.refund(requests.refund(payment.ref)).outcome is Outcome.SUCCEEDED


def test_a_payment_is_disputed_once_and_only_when_it_was_paid() -> None:
    payment, open_page = paid(), BANK.start_checkout(requests.checkout("other"))
    first, second = (money_back.open_dispute(ref=payment.ref) for _ in range(2))
    assert first == second
    assert money_back.open_dispute(ref=open_page.ref) is None
    assert Dispute.objects.count() == 1


def test_a_page_that_is_closed_cannot_be_paid_and_a_paid_one_not_closed() -> None:
    started, payment = BANK.start_checkout(requests.checkout()), paid(key="paid")
    assert (BANK.close(started.ref).outcome, BANK.close(started.ref).decline) == (Outcome.FAILED, "abandoned")
    use(Client(), started, "good")
    assert now(started).outcome is Outcome.FAILED
    assert BANK.close(payment.ref).outcome is Outcome.SUCCEEDED
    with pytest.raises(ProviderError):
        BANK.close("sbx_pay_none")


@pytest.mark.parametrize("kind", list(ObjectKind))
def test_what_is_not_there_cannot_be_fetched(kind: ObjectKind) -> None:
    with pytest.raises(ProviderError):
        BANK.fetch(kind, "sbx_none")
