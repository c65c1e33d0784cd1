"""Disputes: opened, won, lost, heard of late or in the wrong order, and lost after a refund."""

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import disputes, ledger
from frontdesk.billing.events import DisputeClosed, DisputeOpened
from frontdesk.billing.models import Account, Dispute, LedgerEntry, Payment, Refund
from frontdesk.billing.payments import paying
from frontdesk.billing.providers.protocol import DisputeStatus, ObjectKind, Outcome, Snapshot
from frontdesk.billing.refunds import asking
from frontdesk.core import events
from frontdesk.core.actors import Actor
from frontdesk.core.metrics import REGISTRY
from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import License
from tests.support import money
from tests.support.bank import Bank
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Status = Dispute.Status


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    told: list[object] = []
    for event in (DisputeOpened, DisputeClosed):
        monkeypatch.setitem(events._reactions, event, [*events._reactions[event], told.append])
    return told


def look(bank: Bank, ref: str) -> Dispute | None:
    return disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)


def balance(account: Account) -> int:
    return ledger.balances().get((account, "EUR"), 0)


def test_opening_suspends_and_winning_restores(bank: Bank, ada: Person, heard: list[object]) -> None:
    payment = money.paid(ada)
    ref = bank.open_dispute(payment.ref)
    opened = look(bank, ref)
    assert opened
    assert (opened.status, opened.reason) == (Status.OPEN, "fraudulent")
    assert License.objects.get().suspended_at
    assert (balance(Account.DISPUTED), balance(Account.CASH)) == (3995, 0)
    bank.close_dispute(ref, won=True)
    for _ in range(2):
        closed = look(bank, ref)
        assert closed
        assert closed.status == Status.WON
    assert License.objects.get().suspended_at is None
    assert (balance(Account.DISPUTED), balance(Account.CASH)) == (0, 3995)
    assert heard == [
        DisputeOpened(dispute=opened.pk, invoice=payment.invoice_id),
        DisputeClosed(dispute=opened.pk, invoice=payment.invoice_id, is_won=True),
    ]
    mails = Message.objects.filter(person=ada, template__startswith="billing/dispute").order_by("created_at")
    assert [mail.template for mail in mails] == ["billing/dispute_opened", "billing/dispute_won"]
    assert not money.differences()


def test_losing_takes_back_and_is_a_loss(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    ref = bank.open_dispute(payment.ref)
    look(bank, ref)
    bank.close_dispute(ref, won=False)
    look(bank, ref)
    assert License.objects.get().refunded_at
    assert (balance(Account.LOSS), balance(Account.DISPUTED), balance(Account.CASH)) == (3995, 0, 0)
    assert asking.refundable(payment).minor == 0
    assert not money.differences()


@pytest.mark.parametrize("won", [True, False])
def test_heard_of_only_when_it_is_closed_it_goes_through_the_same_steps(
    bank: Bank, ada: Person, heard: list[object], won: bool
) -> None:
    ref = bank.open_dispute(money.paid(ada).ref)
    bank.close_dispute(ref, won=won)
    look(bank, ref)
    assert [type(event) for event in heard] == [DisputeOpened, DisputeClosed]
    assert Dispute.objects.get().status == (Status.WON if won else Status.LOST)
    stale = Snapshot(
        ObjectKind.DISPUTE, ref, Outcome.SUCCEEDED, 3995, "EUR",
        payment_ref=Payment.objects.get().ref, dispute=DisputeStatus.OPEN,
    )  # fmt: skip
    disputes.settle(provider="bank", snapshot=stale)  # an old event, heard again
    assert len(heard) == 2
    assert not money.differences()


def test_many_at_once_open_it_once(bank: Bank, ada: Person, heard: list[object]) -> None:
    ref = bank.open_dispute(money.paid(ada).ref)
    outcomes = at_once(*[lambda: look(bank, ref) for _ in range(4)])
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert len(heard) == Dispute.objects.count() == 1


def test_heard_of_before_its_payment(bank: Bank, ada: Person) -> None:
    page = paying.by_page(invoice=money.demand(ada), **money.URLS)
    bank.pay(page.ref)
    assert look(bank, bank.open_dispute(page.ref))
    page.refresh_from_db()
    assert page.status == Payment.Status.SUCCEEDED
    assert License.objects.get().suspended_at


def test_lost_after_a_refund_it_is_a_loss_and_an_alarm(bank: Bank, ada: Person) -> None:
    def alarms() -> float:
        return REGISTRY.get_sample_value("frontdesk_disputes_lost_after_refund_total") or 0

    before = alarms()
    payment = money.paid(ada)
    asking.refund(
        actor=Actor.system(),
        payment=payment,
        amount_minor=3995,
        cause=Refund.Cause.STAFF,
        takes_back=True,
        key="once",
    )
    ref = bank.open_dispute(payment.ref)
    look(bank, ref)
    bank.close_dispute(ref, won=False)
    look(bank, ref)
    assert (balance(Account.LOSS), balance(Account.CASH), balance(Account.REVENUE)) == (3995, -3995, 0)
    assert AuditEntry.objects.get(action="dispute.double_loss").data["minor"] == 3995
    assert alarms() == before + 1
    assert [each.what for each in money.differences()] == ["more went back than came in"]
    money.assert_balanced()


def test_what_is_not_ours_is_left_alone(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    entries = LedgerEntry.objects.count()
    for values in ({"payment_ref": "pi_unknown"}, {"payment_ref": ""}, {"currency": "USD"}, {"amount_minor": 0}):
        facts = {"payment_ref": payment.ref, "currency": "EUR", "amount_minor": 3995} | values
        snapshot = Snapshot(ObjectKind.DISPUTE, "dp_1", Outcome.SUCCEEDED, dispute=DisputeStatus.OPEN, **facts)  # type: ignore[arg-type]
        assert disputes.settle(provider="bank", snapshot=snapshot) is None
    assert disputes.settle(provider="other", snapshot=bank.records[bank.open_dispute(payment.ref)].snapshot) is None
    assert not Dispute.objects.exists()
    assert LedgerEntry.objects.count() == entries
