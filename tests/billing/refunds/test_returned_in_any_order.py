"""Refunds that come back, and disputes, in any order: a customer has what they are owed, and never more than they paid.

Hypothesis plays an agent and the customer's bank on PostgreSQL; what the bank did is heard at once, later, or twice.
"""

from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.billing import processing, reconciling
from frontdesk.billing.books import Difference
from frontdesk.billing.models import Account, LedgerEntry, Refund
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import DisputeStatus, ObjectKind
from frontdesk.billing.refunds import asking, returned
from frontdesk.core import clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.reasons import Refusal
from tests.people import customer
from tests.support import money
from tests.support.bank import Bank, Record

pytestmark = pytest.mark.django_db(transaction=True)
PAID = 1000
PICK = st.integers(0, 3)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("refund"), st.integers(1, PAID)),
        st.tuples(st.just("come back"), PICK),
        st.tuples(st.just("dispute"), st.integers(1, PAID)),
        st.tuples(st.just("win"), PICK),
        st.tuples(st.just("lose"), PICK),
        st.tuples(st.just("hear"), st.integers(0, 7)),
        st.tuples(st.just("make good"), PICK),
        st.tuples(st.just("give credit"), PICK),
    ),
    min_size=2,
    max_size=12,
)


class Play:
    """One payment at one bank."""

    def __init__(self, agent: Person, bank: Bank) -> None:
        self.bank, self.started = bank, clock.real_now()
        self.agent = Actor(ActorKind.STAFF, agent.pk, reason="as agreed")
        person = Person.objects.create_user(email=f"{uuid4().hex}@mail.example", name="Ada")
        self.payment = money.paid(person, PAID)

    def step(self, deed: str, value: int) -> None:
        """A refusal is an answer."""
        deeds: dict[str, Callable[[int], object]] = {
            "refund": self._refund,
            "come back": self._come_back,
            "dispute": self._dispute,
            "win": lambda pick: self._decide(pick, is_won=True),
            "lose": lambda pick: self._decide(pick, is_won=False),
            "hear": self._hear,
            "make good": lambda pick: self._make_good(pick, as_credit=False),
            "give credit": lambda pick: self._make_good(pick, as_credit=True),
        }
        with suppress(Refusal):
            deeds[deed](value)
        self.check()

    def hear_all(self) -> None:
        for ref in self.bank.records:
            self._hear_of(ref)
            self.check()

    def check(self) -> None:
        """What is owed is never more than what is left of the payment, and the books say the same."""
        rows = list(Refund.objects.filter(payment=self.payment))
        owed = sum(each.ours_minor for each in rows if each.is_owed)
        lost = sum(each.amount_minor for each in self.payment.disputes.filter(status="lost"))
        has = lost + returned.gone_minor(self.payment)
        assert not owed or has + owed <= PAID, "more than they paid"
        promised = sum(each.amount_minor for each in rows if each.status == Refund.Status.SUCCEEDED)
        assert has + owed >= min(PAID, promised), "less than they are owed"
        booked = LedgerEntry.objects.filter(invoice=self.payment.invoice, account=Account.RECEIVABLE)
        assert sum(booked.values_list("amount_minor", flat=True)) == -owed
        money.assert_balanced()

    def ends_in_order(self) -> None:
        """All is heard, all is made good: the bank says the same, and reconciling finds nothing else to say."""
        self.hear_all()
        for record in self._found(lambda each: each.snapshot.dispute == DisputeStatus.OPEN):
            self.bank.close_dispute(record.snapshot.ref, won=False)
        self.hear_all()
        for row in Refund.objects.filter(payment=self.payment, came_back_at__isnull=False, made_good_at=None):
            returned.make_good(actor=self.agent, refund=row, agreed_minor=row.ours_minor, as_credit=True)
        self.check()
        taken = self._found(lambda each: each.snapshot.dispute == DisputeStatus.LOST)
        lost = sum(each.snapshot.amount_minor for each in taken)
        good = Refund.objects.filter(payment=self.payment, came_back_at__isnull=False)
        has = self.bank.returned() + lost + sum(each.ours_minor for each in good)
        assert has == lost + returned.gone_minor(self.payment)
        said = {each.what for each in reconciling.reconcile(since=self.started).differences if self._is_mine(each)}
        assert said == ({"more went back than came in"} if has > PAID else set())

    def _is_mine(self, difference: Difference) -> bool:
        mine = [self.payment, self.payment.invoice, *self.payment.refunds.all(), *self.payment.disputes.all()]
        return difference.where == "provider" or any(str(each.pk) in difference.subject for each in mine)

    def _refund(self, minor: int) -> None:
        asking.refund(
            actor=Actor.system(), payment=self.payment, amount_minor=minor, cause=Refund.Cause.STAFF, takes_back=False,
            key=uuid4().hex,
        )  # fmt: skip

    def _come_back(self, pick: int) -> None:
        sent = self._found(lambda each: each.snapshot.kind == ObjectKind.REFUND)
        if record := self._one(sent, pick):
            self.bank.send_back(record.snapshot.ref)

    def _dispute(self, minor: int) -> None:
        before = self._found(lambda each: each.snapshot.dispute in (DisputeStatus.OPEN, DisputeStatus.LOST))
        if minor + sum(each.snapshot.amount_minor for each in before) <= PAID:
            self.bank.open_dispute(self.payment.ref, amount_minor=minor)

    def _decide(self, pick: int, *, is_won: bool) -> None:
        if record := self._one(self._found(lambda each: each.snapshot.dispute == DisputeStatus.OPEN), pick):
            self.bank.close_dispute(record.snapshot.ref, won=is_won)

    def _make_good(self, pick: int, *, as_credit: bool) -> None:
        rows = list(self.payment.refunds.order_by("requested_at", "pk"))
        if rows:
            row = rows[pick % len(rows)]
            returned.make_good(actor=self.agent, refund=row, agreed_minor=row.ours_minor, as_credit=as_credit)

    def _hear(self, pick: int) -> None:
        refs = list(self.bank.records)
        self._hear_of(refs[-1 - pick % len(refs)])

    def _hear_of(self, ref: str) -> None:
        processing.apply(provider="bank", kind=self.bank.records[ref].snapshot.kind, ref=ref)

    def _found(self, fits: Callable[[Record], bool]) -> list[Record]:
        return [each for each in self.bank.records.values() if fits(each)]

    @staticmethod
    def _one(records: list[Record], pick: int) -> Record | None:
        return records[-1 - pick % len(records)] if records else None


def play(agent: Person, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]) -> None:
    bank = Bank()
    bank.is_careless = True  # nobody but us sees to it that no more goes back than came
    monkeypatch.setattr(registry, "_providers", {"bank": bank})
    monkeypatch.setattr(registry, "_selling", ["bank"])
    played = Play(agent, bank)
    for deed, value in steps:
        played.step(deed, value)
    played.ends_in_order()


def test_a_customer_has_what_they_are_owed_and_never_more_than_they_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = customer("agent@halcyon.example", "Sam")
    make_staff(actor=Actor.system(), person=agent, role=Role.BILLING_AGENT)
    phases = (Phase.explicit, Phase.generate)

    @settings(deadline=None, phases=phases, max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def any_order(steps: list[tuple[str, int]]) -> None:
        play(agent, monkeypatch, steps)

    any_order()


@pytest.mark.parametrize(
    "steps",
    [
        [("refund", 900), ("dispute", 1000), ("lose", 0), ("hear", 0), ("come back", 0), ("hear", 1)],
        [("refund", 900), ("come back", 0), ("hear", 0), ("dispute", 200), ("lose", 0), ("hear", 0)],
        [("refund", 600), ("refund", 400), ("come back", 1), ("dispute", 700), ("lose", 0), ("hear", 0), ("hear", 2)],
        [("refund", 500), ("come back", 0), ("hear", 0), ("make good", 0), ("dispute", 1000), ("lose", 0)],
    ],
)
def test_the_orders_that_went_wrong(monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]]) -> None:
    agent = customer("agent@halcyon.example", "Sam")
    make_staff(actor=Actor.system(), person=agent, role=Role.BILLING_AGENT)
    play(agent, monkeypatch, steps)
