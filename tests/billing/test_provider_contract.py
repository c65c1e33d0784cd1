"""What every provider must do alike: the sandbox, Stripe (as far as its stand-in goes), and the bank of the tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest

from frontdesk.billing import declines
from frontdesk.billing.providers.protocol import (
    Customer,
    NotAuthentic,
    ObjectKind,
    Outcome,
    Provider,
    ProviderError,
    Snapshot,
)
from frontdesk.billing.providers.sandbox.adapter import Sandbox
from frontdesk.core import clock
from tests.billing.sandbox.bank import kept_card
from tests.billing.stripe.account import CONFIRM, DECLINED_LATER, GOOD, Account
from tests.billing.stripe.conftest import SECRET, base, opened  # noqa: F401 - the fixture of the stand-in
from tests.support import requests
from tests.support.bank import Bank, Declines, NeedsAction


@dataclass
class Subject:
    """A provider, how a customer leaves a card there (good, declined, confirm), and what its stand-in cannot do."""

    provider: Provider
    leave: Callable[[Customer, str], tuple[Customer, str]]
    lacks: frozenset[str] = frozenset()

    def charge(self, kind: str = "good", key: str = "", **values: int) -> Snapshot:
        """Charge a card of this kind that somebody new has left."""
        person = uuid4()
        customer, card = self.leave(Customer(ref=str(person), email=f"{person}@example.org"), kind)
        request = requests.charge(card, key or f"key-{uuid4()}", customer=customer, description="", **values)
        return self.provider.charge(request)


def _sandbox() -> Subject:
    codes = {"good": "good", "declined": "declined_later", "confirm": "confirm_later"}

    def leave(customer: Customer, kind: str) -> tuple[Customer, str]:
        return customer, kept_card(codes[kind], customer, key=f"setup-{uuid4()}").ref

    return Subject(Sandbox(), leave)


def _bank() -> Subject:
    bank = Bank()
    behaviours = {"declined": Declines(), "confirm": NeedsAction()}

    def leave(customer: Customer, kind: str) -> tuple[Customer, str]:
        if kind in behaviours:
            bank.next("charge", behaviours[kind])
        return customer, f"card-{uuid4()}"

    return Subject(bank, leave)


@pytest.fixture(params=[pytest.param("sandbox", marks=pytest.mark.django_db), "bank", "stripe"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    if request.param == "sandbox":
        yield _sandbox()
        return
    if request.param == "bank":
        yield _bank()
        return
    from frontdesk.billing.providers.stripe.adapter import Stripe

    address = request.getfixturevalue("base")
    numbers = {"good": GOOD, "declined": DECLINED_LATER, "confirm": CONFIRM}
    with Account(address) as account, opened(Stripe(key="sk_test_12345", secrets=[SECRET], base=address)) as stripe:

        def leave(_customer: Customer, kind: str) -> tuple[Customer, str]:
            customer = account.customer()
            return customer, account.card(customer, numbers[kind])

        yield Subject(stripe, leave, frozenset({"keys", "caps", "pages"}))


def skip_where(subject: Subject, lacks: str) -> None:
    if lacks in subject.lacks:
        pytest.skip(f"the stand-in has no {lacks}; tests/billing/stripe proves what we send")


def test_a_charge_says_what_was_taken_from_whom(subject: Subject) -> None:
    charged = subject.charge(key="key-a")
    assert (charged.kind, charged.outcome) == (ObjectKind.PAYMENT, Outcome.SUCCEEDED)
    assert (charged.amount_minor, charged.currency, charged.key) == (4900, "EUR", "key-a")
    assert charged.ref
    assert (charged.decline, charged.action_url) == ("", "")
    assert subject.provider.fetch(ObjectKind.PAYMENT, charged.ref) == charged


def test_the_same_key_is_the_same_charge(subject: Subject) -> None:
    skip_where(subject, "keys")
    customer, card = subject.leave(requests.ADA, "good")
    request = requests.charge(card, customer=customer)
    assert subject.provider.charge(request) == subject.provider.charge(request)


def test_a_decline_is_final_and_one_of_ours(subject: Subject) -> None:
    charged = subject.charge("declined")
    assert charged.outcome is Outcome.FAILED
    assert charged.decline in declines.ALL


def test_a_charge_that_waits_can_be_closed(subject: Subject) -> None:
    skip_where(subject, "pages")
    waiting = subject.charge("confirm")
    assert waiting.outcome is Outcome.REQUIRES_ACTION
    assert waiting.action_url
    for _ in range(2):
        closed = subject.provider.close(waiting.ref)
        assert (closed.outcome, closed.decline) == (Outcome.FAILED, "abandoned")


def test_what_is_paid_is_not_closed(subject: Subject) -> None:
    assert subject.provider.close(subject.charge().ref).outcome is Outcome.SUCCEEDED


def test_a_page_waits_for_the_customer_until_it_is_closed(subject: Subject) -> None:
    skip_where(subject, "pages")
    for started in (
        subject.provider.start_checkout(requests.checkout(f"key-{uuid4()}")),
        subject.provider.start_setup(requests.setup(f"key-{uuid4()}")),
    ):
        assert started.outcome is Outcome.REQUIRES_ACTION
        assert started.action_url.startswith(("/", "https://"))
    page = subject.provider.start_checkout(requests.checkout("key-page"))
    assert subject.provider.start_checkout(requests.checkout("key-page")).ref == page.ref
    assert subject.provider.close(page.ref).decline == "abandoned"
    assert subject.provider.fetch(ObjectKind.PAYMENT, page.ref).outcome is Outcome.FAILED


def test_a_refund_says_what_went_back_of_what(subject: Subject) -> None:
    paid = subject.charge()
    back = subject.provider.refund(requests.refund(paid.ref, 1900, "refund-a"))
    assert (back.kind, back.outcome) == (ObjectKind.REFUND, Outcome.SUCCEEDED)
    assert (back.amount_minor, back.currency, back.payment_ref, back.key) == (1900, "EUR", paid.ref, "refund-a")
    assert subject.provider.fetch(ObjectKind.REFUND, back.ref) == back


def test_no_more_goes_back_than_was_paid(subject: Subject) -> None:
    skip_where(subject, "caps")
    paid = subject.charge()
    outcomes = [subject.provider.refund(requests.refund(paid.ref, 3000, f"refund-{n}")).outcome for n in range(2)]
    assert outcomes == [Outcome.SUCCEEDED, Outcome.FAILED]


def test_a_card_is_forgotten_however_often_one_asks(subject: Subject) -> None:
    _, card = subject.leave(requests.ADA, "good")
    for _ in range(2):
        subject.provider.detach(card)


def test_what_is_not_there_is_an_error(subject: Subject) -> None:
    for kind in (ObjectKind.PAYMENT, ObjectKind.REFUND):
        with pytest.raises(ProviderError):
            subject.provider.fetch(kind, "none")


def test_what_nobody_signed_is_refused(subject: Subject) -> None:
    with pytest.raises(NotAuthentic):
        subject.provider.parse_webhook({}, b"{}")


def test_reconciliation_finds_what_changed_and_nothing_of_tomorrow(subject: Subject) -> None:
    since = clock.real_now() - timedelta(seconds=1)
    paid = subject.charge()
    assert (ObjectKind.PAYMENT, paid.ref) in subject.provider.changed_since(since)
    assert subject.provider.changed_since(clock.real_now() + timedelta(days=1)) == []
