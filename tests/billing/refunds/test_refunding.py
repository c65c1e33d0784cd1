"""Refunds: who may, how much, twice, at once, when the provider is away, and what they do to books and papers."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.accounts.errors import AccountFrozen
from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import credits as credit
from frontdesk.billing import disputes, ledger
from frontdesk.billing.errors import PaymentProviderAway, RefundNeedsManager, RefundNotPossible, RefundTooLate
from frontdesk.billing.events import RefundCompleted
from frontdesk.billing.models import Account, Invoice, InvoiceKind, Payment, Refund
from frontdesk.billing.payments import paying
from frontdesk.billing.payments.settling import Differs
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import Capabilities, ObjectKind, Outcome, RefundRequest, Snapshot
from frontdesk.billing.refunds import adopting, asking, settling
from frontdesk.core import events
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, PermissionMissing, ReasonMissing, RequestInvalid
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.support import money
from tests.support.bank import Bank, Declines, Down, Lost, Slow, TookEffectSilently, TookEffectThenRaised
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Status = Refund.Status
Heard = list[RefundCompleted]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What others are told of refunds, besides what they do."""
    told: Heard = []
    before = events._reactions[RefundCompleted]
    monkeypatch.setitem(events._reactions, RefundCompleted, [*before, told.append])
    return told


def give_back(payment: Payment, minor: int | None = None, actor: Actor | None = None, **values: Any) -> Refund:
    facts: dict[str, Any] = {"cause": Refund.Cause.CUSTOMER, "takes_back": True, "key": "once"} | values
    amount = payment.amount_minor if minor is None else minor
    return asking.refund(actor=actor or Actor.system(), payment=payment, amount_minor=amount, **facts)


def agent(role: Role) -> Actor:
    person = Person.objects.create_user(email=f"{role}@desk.example", is_staff=True, role=role)
    return Actor.staff(person.pk, "H7K-2QX-9MA")


def test_the_whole_payment_by_the_customer(bank: Bank, ada: Person, heard: Heard) -> None:
    payment = money.paid(ada, 3995)
    refund = give_back(payment, actor=Actor.customer(ada.pk))
    assert (refund.status, refund.check_at, bank.returned()) == (Status.SUCCEEDED, None, 3995)
    note = refund.credit_note
    assert note
    assert (note.gross_minor, note.net_minor, note.tax_minor) == (3995, 3357, 638)
    assert (note.kind, note.corrects) == (InvoiceKind.CREDIT_NOTE, payment.invoice)
    assert str(note.number).startswith("C20")
    assert heard == [RefundCompleted(refund=refund.pk, invoice=payment.invoice_id, takes_back=True)]
    assert set(ledger.balances().values()) == {0}
    assert License.objects.get().refunded_at
    assert Message.objects.filter(template="billing/refunded", person=ada).count() == 1
    assert not money.differences()


def test_the_same_key_is_the_same_refund(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    first, second = (give_back(payment) for _ in range(2))
    assert first == second
    assert (bank.calls["refund"], bank.returned()) == (1, 3995)
    with pytest.raises(RequestInvalid):
        give_back(payment, 100)
    with pytest.raises(RequestInvalid):
        give_back(money.paid(ada))


def test_in_parts_the_tax_adds_up_exactly(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada, 1000)
    parts = [give_back(payment, minor, takes_back=False, key=f"part {n}") for n, minor in enumerate((333, 333, 334))]
    notes = [each.credit_note for each in parts if each.credit_note]
    assert [each.tax_minor for each in notes] == [53, 54, 53]  # of 53.28, 106.56 and 160.00 together
    assert sum(each.tax_minor for each in notes) == payment.invoice.tax_minor == 160
    assert sum(each.net_minor for each in notes) == payment.invoice.net_minor
    assert len({each.number for each in notes}) == 3
    with pytest.raises(RefundNotPossible):
        give_back(payment, 1, key="one more")
    assert set(ledger.balances().values()) == {0}
    assert not money.differences()


@pytest.mark.parametrize("minor", [0, -1, 3996, 10**9])
def test_nothing_less_than_nothing_and_more_than_all_is_refused(bank: Bank, ada: Person, minor: int) -> None:
    with pytest.raises(RefundNotPossible):
        give_back(money.paid(ada), minor)
    assert not Refund.objects.exists()
    assert not bank.calls["refund"]


def test_what_was_never_paid_is_not_refunded(bank: Bank, ada: Person) -> None:
    bank.next("charge", Declines())
    failed = paying.by_method(invoice=money.demand(ada), method=money.card(ada), on_session=True)
    assert asking.refundable(failed).minor == 0
    with pytest.raises(RefundNotPossible):
        give_back(failed)


def test_a_stranger_finds_no_payment(bank: Bank, ada: Person, bob: Person) -> None:
    with pytest.raises(NotFound):
        give_back(money.paid(ada), actor=Actor.customer(bob.pk))
    with pytest.raises(PermissionMissing):
        give_back(money.paid(ada), actor=Actor(ActorKind.DEVICE))


def test_a_customer_takes_all_or_nothing_and_in_time(bank: Bank, ada: Person, time: Time) -> None:
    payment, me = money.paid(ada), Actor.customer(ada.pk)
    with pytest.raises(RefundNotPossible):
        give_back(payment, 100, actor=me)
    time.by(days=30)
    with pytest.raises(RefundTooLate) as late:
        give_back(payment, actor=me)
    assert late.value.members["until"] == time.now.isoformat()
    declared = time.now - timedelta(seconds=1)
    assert give_back(payment, actor=me, as_of=declared).status == Status.SUCCEEDED


def test_a_frozen_account_gets_nothing_back_by_itself(bank: Bank, ada: Person, time: Time) -> None:
    payment = money.paid(ada)
    Person.objects.update(frozen_until=time.now + timedelta(hours=1))
    with pytest.raises(AccountFrozen):
        give_back(payment, actor=Actor.customer(ada.pk))
    assert give_back(payment, actor=agent(Role.MANAGER), reason="by letter").status == Status.SUCCEEDED


def test_an_agent_up_to_the_limit_and_a_manager_above(bank: Bank, ada: Person, settings: Any) -> None:
    settings.REFUND_LIMITS = {"EUR": 2000}
    payment, agents = money.paid(ada, 3995), agent(Role.BILLING_AGENT)
    part: dict[str, Any] = {"takes_back": False, "cause": Refund.Cause.STAFF}
    assert give_back(payment, 1500, actor=agents, key="a", **part).status == Status.SUCCEEDED
    with pytest.raises(RefundNeedsManager) as refusal:  # not in slices either
        give_back(payment, 501, actor=agents, key="b", **part)
    assert refusal.value.members["limit"] == 2000
    assert give_back(payment, 500, actor=agents, key="c", **part).status == Status.SUCCEEDED
    assert give_back(payment, 1995, actor=agent(Role.MANAGER), key="d", **part).status == Status.SUCCEEDED
    with pytest.raises(RefundNeedsManager):  # a currency without a limit is for managers
        give_back(money.paid(ada, 100, currency="JPY"), actor=agents, key="e", **part)


def test_staff_say_why_and_have_the_role(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    with pytest.raises(ReasonMissing):
        give_back(payment, actor=Actor(ActorKind.STAFF, ada.pk))
    with pytest.raises(PermissionMissing):
        give_back(payment, actor=agent(Role.AGENT))
    with pytest.raises(PermissionMissing):
        give_back(payment, actor=Actor.staff(ada.pk, "I am no staff"))
    assert not bank.calls["refund"]


def test_two_agents_at_once_never_send_more_than_was_paid(bank: Bank, ada: Person) -> None:
    payment, managers = money.paid(ada, 3995), agent(Role.MANAGER)
    bank.next("refund", *[Slow(0.2)] * 4)
    outcomes = at_once(
        *[lambda n=n: give_back(payment, 2000, actor=managers, takes_back=False, key=f"desk {n}") for n in range(4)]
    )
    assert sum(isinstance(each, Refund) for each in outcomes) == 1
    assert sum(isinstance(each, RefundNotPossible) for each in outcomes) == 3
    assert bank.returned() == 2000


def test_a_double_click_refunds_once(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    bank.next("refund", Slow(0.2))
    outcomes = at_once(*[lambda: give_back(payment, actor=Actor.customer(ada.pk)).pk for _ in range(4)])
    assert len(set(outcomes)) == 1, outcomes
    assert (bank.calls["refund"], bank.returned()) == (1, 3995)


def test_none_while_a_dispute_is_open(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    ref = bank.open_dispute(payment.ref, amount_minor=1000)
    disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)
    assert asking.refundable(payment).is_disputed
    for actor in (Actor.customer(ada.pk), agent(Role.MANAGER), Actor.system()):
        with pytest.raises(RefundNotPossible):
            give_back(payment, 100, actor=actor)
    bank.close_dispute(ref, won=False)
    disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)
    can = asking.refundable(payment)
    assert (can.minor, can.is_disputed) == (2995, False)
    with pytest.raises(RefundNotPossible):
        give_back(payment, 2996)
    assert give_back(payment, 2995).status == Status.SUCCEEDED
    assert not money.differences()


@pytest.mark.parametrize("way", [Down(), Lost(), TookEffectSilently(), TookEffectThenRaised()])
def test_without_an_answer_it_is_found_out_and_never_sent_twice(
    bank: Bank, ada: Person, time: Time, way: Any, heard: Heard
) -> None:
    payment = money.paid(ada)
    bank.next("refund", way)
    refund = give_back(payment)
    assert (refund.status, heard, License.objects.get().refunded_at) == (Status.UNKNOWN, [], None)
    with pytest.raises(RefundNotPossible):  # its amount is reserved
        give_back(payment, 1, key="another")
    time.by(minutes=3)
    assert settling.sweep() == 1
    refund.refresh_from_db()
    assert (refund.status, bank.returned(), len(heard)) == (Status.SUCCEEDED, 3995, 1)


def test_after_a_day_a_refund_is_looked_for_and_not_repeated(bank: Bank, ada: Person, time: Time) -> None:
    bank.next("refund", TookEffectSilently(), Lost())
    done, never = (give_back(money.paid(ada), key=key) for key in ("a", "b"))
    time.by(hours=21)
    assert settling.sweep() == 2
    done.refresh_from_db()
    never.refresh_from_db()
    assert (done.status, never.status, bank.calls["refund"]) == (Status.SUCCEEDED, Status.FAILED, 2)
    assert asking.refundable(never.payment).minor == 3995


def test_a_refund_that_the_provider_refuses_changes_nothing(bank: Bank, ada: Person, heard: Heard) -> None:
    payment = money.paid(ada)
    bank.next("refund", Declines("processing_error"))
    assert give_back(payment).status == Status.FAILED
    assert heard == []
    assert asking.refundable(payment).minor == 3995
    assert License.objects.get().refunded_at is None
    assert Message.objects.filter(template="billing/refund_failed").count() == 1
    assert give_back(payment, key="again").status == Status.SUCCEEDED


def test_a_second_word_changes_nothing(bank: Bank, ada: Person, heard: Heard) -> None:
    refund = give_back(money.paid(ada))
    for outcome in (Outcome.FAILED, Outcome.UNKNOWN, Outcome.SUCCEEDED):
        snapshot = Snapshot(ObjectKind.REFUND, refund.ref, outcome, 3995, "EUR")
        assert settling.settle(refund=refund.pk, snapshot=snapshot).status == Status.SUCCEEDED
    assert len(heard) == 1
    assert Invoice.objects.filter(kind=InvoiceKind.CREDIT_NOTE).count() == 1


def test_another_amount_is_refused_loudly_and_asked_about_no_more(bank: Bank, ada: Person, time: Time) -> None:
    bank.next("refund", Lost())
    refund = give_back(money.paid(ada))
    with pytest.raises(Differs):
        settling.settle(refund=refund.pk, snapshot=Snapshot(ObjectKind.REFUND, "x", Outcome.SUCCEEDED, 1, "EUR"))
    time.by(days=1)
    assert settling.sweep() == 0
    assert [each.subject for each in money.differences()] == [f"refund {refund.pk}"]


def test_credit_that_was_used_comes_back_with_the_whole(bank: Bank, ada: Person) -> None:
    credit.give(actor=Actor.system(), person=ada, amount_minor=995, currency="EUR", key="sorry")
    payment = money.paid(ada, 3995)
    assert (payment.amount_minor, credit.balance(ada, "EUR")) == (3000, 0)
    refund = give_back(payment)
    assert credit.balance(ada, "EUR") == 995
    assert refund.credit_note
    assert refund.credit_note.gross_minor == 3995
    assert ledger.balances()[Account.CREDIT, "EUR"] == -995
    assert not money.differences()


def test_a_provider_without_partial_refunds(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    bank.capabilities = Capabilities(partial_refunds=False)
    with pytest.raises(RefundNotPossible):
        give_back(payment, 100)
    assert give_back(payment).status == Status.SUCCEEDED


def test_a_provider_that_is_configured_no_more(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    registry._providers.clear()
    with pytest.raises(PaymentProviderAway):
        give_back(payment)
    assert not Refund.objects.exists()


def made_there(bank: Bank, payment: Payment, minor: int) -> Snapshot:
    return bank.refund(RefundRequest("at their desk", payment.ref, minor, payment.currency))


def test_a_refund_made_at_the_provider_is_adopted_once(bank: Bank, ada: Person, heard: Heard) -> None:
    payment = money.paid(ada)
    snapshot = made_there(bank, payment, 1000)
    first, second = (adopting.adopt(provider="bank", snapshot=snapshot) for _ in range(2))
    assert first == second
    assert first
    assert (first.status, first.cause, first.takes_back) == (Status.SUCCEEDED, Refund.Cause.PROVIDER, False)
    assert asking.refundable(payment).minor == 2995
    assert License.objects.get().refunded_at is None
    assert not money.differences()


def test_one_of_ours_that_knows_no_reference_yet_is_not_adopted(bank: Bank, ada: Person, time: Time) -> None:
    payment = money.paid(ada)
    bank.next("refund", TookEffectSilently())
    refund = give_back(payment)
    snapshot = bank.records[bank.ref_of("once")].snapshot
    assert adopting.adopt(provider="bank", snapshot=snapshot) is None
    time.by(minutes=3)
    settling.sweep()
    assert Refund.objects.get() == refund


def test_what_may_be_withdrawn_from(bank: Bank, ada: Person, bob: Person, time: Time) -> None:
    old = money.paid(ada)
    time.by(days=10)
    fresh, back = money.paid(ada), money.paid(ada)
    give_back(back)
    money.paid(bob)
    assert asking.withdrawable(ada) == [fresh, old]
    time.by(days=20)
    assert asking.withdrawable(ada) == [fresh]
