"""Whatever happens in whatever order, with deaths in between: money is taken once, and never more goes back than came.

Hypothesis plays customers, agents, banks, webhooks, time and deaths on PostgreSQL. What must hold is looked at after
every step; in the end everything is swept, and the books must say what the bank says.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from frontdesk.accounts.models import Person
from frontdesk.billing import inbox, orders, outside, processing
from frontdesk.billing.models import Account, Invoice, LedgerEntry, Payment, ProviderEvent, Refund
from frontdesk.billing.payments import paying, settling, sweeping
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import DisputeStatus, ObjectKind
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds import settling as refunds
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Refusal
from tests.licensing.conftest import Time
from tests.support import bank as banks
from tests.support import money
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
FOR_REFUNDS = [
    banks.SUCCEEDS,
    banks.Declines("insufficient_funds"),
    banks.Down(),
    banks.Lost(),
    banks.TookEffectSilently(),
    banks.TookEffectThenRaised(),
]
REFUND_WAYS, WAYS = st.sampled_from(FOR_REFUNDS), st.sampled_from([*FOR_REFUNDS, banks.NeedsAction()])
PICK = st.integers(0, 9)
DEATHS = st.integers(-6, 3)  # at which call from now on the process dies; below zero: it lives


class Death(BaseException):
    """The process is gone."""


class Money(RuleBasedStateMachine):
    """One customer, one bank, and what may happen to their invoices."""

    def __init__(self, time: Time, bank: Bank) -> None:
        super().__init__()
        self.time, self.bank = time, bank
        self.person = Person.objects.create_user(email=f"{uuid4().hex}@mail.example", name="Ada")
        self.card = money.card(self.person)
        self.ordered: list[Invoice] = []

    @initialize(minor=st.integers(1, 9999))
    def has_paid_once(self, minor: int) -> None:
        self.order(minor)
        self.charge(0, banks.SUCCEEDS, on_session=True, dies=-1)

    # --- What people do -------------------------------------------------------------------------------------------
    @rule(minor=st.integers(1, 9999))
    def order(self, minor: int) -> None:
        self.ordered.append(money.demand(self.person, minor, expires_at=self.time.now + timedelta(days=2)))

    @precondition(lambda self: self._invoices())
    @rule(pick=PICK, way=WAYS, on_session=st.booleans(), dies=DEATHS)
    def charge(self, pick: int, way: banks.Behaviour, on_session: bool, dies: int) -> None:
        self.bank.next("charge", way)
        invoice = self._one(self._invoices(), pick)
        self._live(dies, lambda: paying.by_method(invoice=invoice, method=self.card, on_session=on_session))

    @precondition(lambda self: self._invoices())
    @rule(pick=PICK, dies=DEATHS)
    def open_page(self, pick: int, dies: int) -> None:
        invoice = self._one(self._invoices(), pick)
        self._live(dies, lambda: paying.by_page(invoice=invoice, **money.URLS))

    @precondition(lambda self: self._waiting())
    @rule(pick=PICK, says_no=st.booleans())
    def pay_there(self, pick: int, says_no: bool) -> None:
        self.bank.pay(self._one(self._waiting(), pick), decline="declined" if says_no else "")

    @precondition(lambda self: self._payments())
    @rule(pick=PICK, leaves=st.booleans(), dies=DEATHS)
    def come_back(self, pick: int, leaves: bool, dies: int) -> None:
        payment = self._one(self._payments(), pick)
        self._live(dies, lambda: paying.cancel(payment=payment) if leaves else settling.refresh(payment=payment.pk))

    @precondition(lambda self: self._invoices())
    @rule(pick=PICK)
    def cancel_order(self, pick: int) -> None:
        order = self._one(self._invoices(), pick).order
        assert order
        self._live(-1, lambda: orders.cancel(actor=Actor.customer(self.person.pk), order=order))

    @precondition(lambda self: self._paid())
    @rule(
        pick=PICK,
        minor=st.integers(-1, 9999),
        whole=st.booleans(),
        ways=st.lists(REFUND_WAYS, min_size=1, max_size=3),
        dies=DEATHS,
    )
    def refund(self, pick: int, minor: int, whole: bool, ways: list[banks.Behaviour], dies: int) -> None:
        """Once or a few times in a row."""
        for way in [banks.SUCCEEDS, *ways]:
            self._refund(pick, minor, whole, way, dies)

    def _refund(self, pick: int, minor: int, whole: bool, way: banks.Behaviour, dies: int) -> None:
        payment = self._one(self._paid(), pick)
        amount = asking.refundable(payment).minor if whole else minor
        self.bank.next("refund", way)
        self._live(
            dies,
            lambda: asking.refund(
                actor=Actor.system(),
                payment=payment,
                amount_minor=amount,
                cause=Refund.Cause.STAFF,
                takes_back=whole,
                key=uuid4().hex,
            ),
        )

    # --- What the bank and the world do -----------------------------------------------------------------------------
    @precondition(lambda self: self._disputable())
    @rule(pick=PICK)
    def dispute(self, pick: int) -> None:
        payment = self._one(self._disputable(), pick)
        ref = self.bank.open_dispute(payment.ref, amount_minor=asking.refundable(payment).minor)
        processing.apply(provider="bank", kind=ObjectKind.DISPUTE, ref=ref)

    @precondition(lambda self: self._open_disputes())
    @rule(pick=PICK, won=st.booleans())
    def decide(self, pick: int, won: bool) -> None:
        self.bank.close_dispute(self._one(self._open_disputes(), pick), won=won)

    @precondition(lambda self: self.bank.records)
    @rule(picks=st.lists(PICK, min_size=1, max_size=3), dies=DEATHS)
    def webhook(self, picks: list[int], dies: int) -> None:
        refs = [self._one(list(self.bank.records), pick) for pick in picks]
        post = self.bank.webhook(*[self.bank.event(ref) for ref in refs])
        inbox.receive(provider="bank", headers=post.headers, raw=post.raw)
        self._live(dies, inbox.process_due)

    @rule(minutes=st.integers(1, 600), dies=DEATHS)
    def worker(self, minutes: int, dies: int) -> None:
        self.time.by(minutes=minutes)
        self._live(dies, lambda: (sweeping.sweep(), refunds.sweep(), orders.expire_open()))

    # --- What must hold -------------------------------------------------------------------------------------------
    @invariant()
    def the_books_say_what_the_rows_say(self) -> None:
        """And no more has gone back, by refunds and disputes together, than came."""
        assert [each for each in money.differences() if not each.subject.startswith("credit")] == []

    @invariant()
    def no_more_is_sent_back_than_came(self) -> None:
        """What is under way counts, since it may have happened."""
        for payment in self._paid():
            sent = payment.refunds.exclude(status=Refund.Status.FAILED)
            assert sum(sent.values_list("amount_minor", flat=True)) <= payment.amount_minor

    @invariant()
    def each_invoice_is_paid_once(self) -> None:
        paid = [each.invoice_id for each in self._paid()]
        assert len(paid) == len(set(paid))

    def teardown(self) -> None:
        """Let the worker do what is left, and compare with the bank."""
        self.bank._scripts.clear()
        for _ in range(3):
            self.time.by(hours=7)
            for ref in sorted(self.bank.records):
                processing.apply(provider="bank", kind=self.bank.records[ref].snapshot.kind, ref=ref)
            sweeping.sweep()
            refunds.sweep()
            for event in ProviderEvent.objects.filter(processed_at=None):
                processing.process(event.pk)
        self.the_books_say_what_the_rows_say()
        assert not [
            each for each in self._payments() if each.status in (Payment.Status.STARTED, Payment.Status.UNKNOWN)
        ]
        assert not Refund.objects.filter(person=self.person, status__in=refunds.UNDER_WAY).exists()
        gone = [
            each.snapshot.amount_minor
            for each in self.bank.records.values()
            if each.snapshot.dispute in (DisputeStatus.OPEN, DisputeStatus.LOST)
        ]
        mine = {account: self._balance(account) for account in Account}
        assert mine[Account.CASH] == self.bank.taken() - self.bank.returned() - sum(gone)
        assert mine[Account.RECEIVABLE] == 0

    # --- Inside ---------------------------------------------------------------------------------------------------
    def _live(self, dies: int, deed: Callable[[], object]) -> None:
        """Do it; the process may die at one of the points on the way, and a refusal is an answer."""
        left = dies

        def point(_name: str) -> None:
            nonlocal left
            if left == 0:
                raise Death
            left -= 1

        outside.at_point = point if dies >= 0 else outside._nothing
        try:
            with suppress(Death, Refusal):
                deed()
        finally:
            outside.at_point = outside._nothing
            for script in self.bank._scripts.values():
                script.clear()

    def _balance(self, account: Account) -> int:
        """Of this customer: others have gone through the same books before."""
        rows = LedgerEntry.objects.filter(account=account, invoice__person=self.person)
        return sum(rows.values_list("amount_minor", flat=True))

    def _invoices(self) -> list[Invoice]:
        """In the order in which they came, so that the same play is the same again."""
        return self.ordered

    def _payments(self) -> list[Payment]:
        rows = Payment.objects.filter(person=self.person).select_related("invoice__order", "method", "person")
        places = {invoice.pk: place for place, invoice in enumerate(self.ordered)}
        return sorted(rows, key=lambda row: (places[row.invoice_id], row.attempt))

    def _paid(self) -> list[Payment]:
        return [each for each in self._payments() if each.status == Payment.Status.SUCCEEDED]

    def _waiting(self) -> list[str]:
        waiting = (each for each in self._payments() if each.ref and not self.bank.records[each.ref].is_closed)
        return [each.ref for each in waiting if self.bank.records[each.ref].snapshot.outcome == "requires_action"]

    def _disputable(self) -> list[Payment]:
        return [each for each in self._payments() if asking.refundable(each).minor and not self._is_disputed(each)]

    def _is_disputed(self, payment: Payment) -> bool:
        return any(each.snapshot.payment_ref == payment.ref and each.snapshot.dispute for each in self._records())

    def _open_disputes(self) -> list[str]:
        return [each.snapshot.ref for each in self._records() if each.snapshot.dispute == DisputeStatus.OPEN]

    def _records(self) -> list[banks.Record]:
        return list(self.bank.records.values())

    @staticmethod
    def _one(rows: list[T], pick: int) -> T:
        return rows[-1 - pick % len(rows)]  # the newest is the simplest to choose


def play(time: Time, monkeypatch: pytest.MonkeyPatch, **values: int | bool) -> None:
    start = time.now

    def begin() -> Money:
        """A new customer at a new bank. What is left of those before them is nobody's business any more."""
        time.now = start
        far = start + timedelta(days=999)
        Payment.objects.filter(check_at__isnull=False).update(check_at=far)
        Refund.objects.filter(check_at__isnull=False).update(check_at=far)
        ProviderEvent.objects.update(due_at=None)
        bank = Bank()
        bank.is_careless = True  # nobody but us sees to it that no more goes back than came
        monkeypatch.setattr(registry, "_providers", {"bank": bank})
        monkeypatch.setattr(registry, "_selling", ["bank"])
        return Money(time, bank)

    # What a webhook does depends on real time, so an example cannot be made smaller with certainty.
    phases = (Phase.explicit, Phase.generate)
    chosen = settings(deadline=None, phases=phases, suppress_health_check=list(HealthCheck), **values)  # type: ignore[arg-type]
    run_state_machine_as_test(begin, settings=chosen)  # type: ignore[arg-type]  # a factory will do


def test_money_is_never_lost_or_taken_twice(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    play(time, monkeypatch, max_examples=12, stateful_step_count=16, derandomize=True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_money_is_never_lost_or_taken_twice_however_long_one_tries(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    play(time, monkeypatch, max_examples=400, stateful_step_count=40)
