"""The adapter against a stand-in for Stripe that speaks its API; what that lacks is proved beside it."""

from datetime import timedelta

import pytest

from frontdesk.billing.providers.protocol import Customer, ObjectKind, Outcome, ProviderError
from frontdesk.billing.providers.stripe.adapter import Stripe
from frontdesk.core import clock
from tests.billing.stripe.account import CONFIRM, DECLINED_LATER, Account, key
from tests.billing.stripe.conftest import opened
from tests.support import requests


def test_a_kept_card_is_charged(stripe: Stripe, account: Account) -> None:
    ada = account.customer()
    card, deed = account.card(ada), key()
    charged = stripe.charge(requests.charge(card, deed, customer=ada, description=""))
    assert (charged.outcome, charged.amount_minor, charged.currency) == (Outcome.SUCCEEDED, 4900, "EUR")
    assert charged.ref.startswith("pi_")
    assert (charged.key, charged.customer) == (deed, ada.ref)
    assert charged.card is not None
    assert (charged.card.ref, charged.card.customer_ref) == (card, ada.provider_ref)
    assert (charged.card.last4, charged.card.exp_month, charged.card.exp_year) == ("4242", 12, 2034)
    assert stripe.fetch(ObjectKind.PAYMENT, charged.ref) == charged


@pytest.mark.parametrize(("currency", "minor", "there"), [("JPY", 4900, 4900), ("KWD", 4900, 4900), ("ISK", 49, 4900)])
def test_amounts_arrive_as_stripe_counts_them(
    stripe: Stripe, account: Account, currency: str, minor: int, there: int
) -> None:
    ada = account.customer()
    request = requests.charge(
        account.card(ada), key(), customer=ada, description="", amount_minor=minor, currency=currency
    )
    charged = stripe.charge(request)
    assert account.get(f"payment_intents/{charged.ref}")["amount"] == there
    assert (charged.amount_minor, charged.currency) == (minor, currency)


def test_a_decline_is_final_and_named(stripe: Stripe, account: Account) -> None:
    ada = account.customer()
    charged = stripe.charge(requests.charge(account.card(ada, DECLINED_LATER), key(), customer=ada, description=""))
    assert (charged.outcome, charged.decline) == (Outcome.FAILED, "declined")


def test_a_charge_that_cannot_be_confirmed_anywhere_is_closed(stripe: Stripe, account: Account) -> None:
    """The stand-in gives no page for it, so it must not go through later, behind our back."""
    ada = account.customer()
    charged = stripe.charge(requests.charge(account.card(ada, CONFIRM), key(), customer=ada, description=""))
    assert (charged.outcome, charged.decline) == (Outcome.FAILED, "authentication_required")
    assert account.get(f"payment_intents/{charged.ref}")["status"] == "canceled"


@pytest.mark.parametrize(
    ("success", "outcome", "decline"),
    [(True, Outcome.SUCCEEDED, ""), (False, Outcome.FAILED, "authentication_failed")],
)
def test_a_confirmation_is_seen_when_it_is_fetched(
    stripe: Stripe, account: Account, success: bool, outcome: Outcome, decline: str
) -> None:
    ada, deed = account.customer(), key()
    ref = account.waiting_for_bank(ada, account.card(ada, CONFIRM), deed)
    waiting = stripe.fetch(ObjectKind.PAYMENT, ref)
    assert (waiting.outcome, waiting.key) == (Outcome.REQUIRES_ACTION, deed)
    account.authenticate(ref, success=success)
    after = stripe.fetch(ObjectKind.PAYMENT, ref)
    assert (after.outcome, after.decline) == (outcome, decline)


def test_a_waiting_charge_is_closed_and_a_paid_one_is_not(stripe: Stripe, account: Account) -> None:
    ada = account.customer()
    waiting = account.waiting_for_bank(ada, account.card(ada, CONFIRM), key())
    assert (stripe.close(waiting).outcome, stripe.close(waiting).decline) == (Outcome.FAILED, "abandoned")
    paid = stripe.charge(requests.charge(account.card(ada), key(), customer=ada, description=""))
    assert stripe.close(paid.ref).outcome is Outcome.SUCCEEDED


def test_money_goes_back_in_parts(stripe: Stripe, account: Account) -> None:
    ada = account.customer()
    paid = stripe.charge(requests.charge(account.card(ada), key(), customer=ada, description=""))
    deed = key()
    back = stripe.refund(requests.refund(paid.ref, 1900, deed))
    assert (back.outcome, back.amount_minor, back.currency) == (Outcome.SUCCEEDED, 1900, "EUR")
    assert (back.payment_ref, back.key) == (paid.ref, deed)
    assert stripe.fetch(ObjectKind.REFUND, back.ref) == back


def test_a_card_is_forgotten_and_may_be_forgotten_twice(stripe: Stripe, account: Account) -> None:
    ada = account.customer()
    card = account.card(ada)
    for _ in range(2):
        stripe.detach(card)
    assert account.get(f"payment_methods/{card}")["customer"] is None
    stripe.detach("pm_nobodys")


@pytest.mark.parametrize("kind", [ObjectKind.PAYMENT, ObjectKind.REFUND])
def test_what_is_not_there_cannot_be_fetched(stripe: Stripe, kind: ObjectKind) -> None:
    with pytest.raises(ProviderError):
        stripe.fetch(kind, "pi_none")


def test_a_stranger_to_stripe_is_a_mistake_and_no_outcome(stripe: Stripe, account: Account) -> None:
    ada = account.customer()
    nobody = Customer(ref="x", email="", provider_ref="cus_nobody")
    with pytest.raises(ProviderError):
        stripe.charge(requests.charge(account.card(ada), key(), customer=nobody, description=""))


def test_a_wrong_key_is_told_without_an_outcome(base: str, account: Account) -> None:
    ada = account.customer()
    card = account.card(ada)
    with opened(Stripe(key="wrong", secrets=[], base=base)) as stranger, pytest.raises(ProviderError):
        stranger.charge(requests.charge(card, key(), customer=ada, description=""))


def test_a_customer_is_made_once_and_found_again(stripe: Stripe, account: Account) -> None:
    who = Customer(ref=key(), email=f"{key()}@example.org", name="Ada")
    first = stripe._customer(who)
    assert first.startswith("cus_")
    assert stripe._customer(who) == first
    assert account.get(f"customers/{first}")["metadata"] == {"customer": who.ref}
    other = Customer(ref=key(), email=who.email)
    assert stripe._customer(other) != first  # the same address, another person


def test_reconciliation_sees_what_changed(stripe: Stripe, account: Account) -> None:
    since = clock.real_now() - timedelta(seconds=1)
    ada = account.customer()
    paid = stripe.charge(requests.charge(account.card(ada), key(), customer=ada, description=""))
    assert (ObjectKind.PAYMENT, paid.ref) in stripe.changed_since(since)
    assert stripe.changed_since(clock.real_now() + timedelta(minutes=1)) == []
