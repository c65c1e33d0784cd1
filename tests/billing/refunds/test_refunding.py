"""Refunds: who may, how much, twice, at once, when the provider is away, and what they do to books and papers."""

from typing import Any

import pytest

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import ledger
from frontdesk.billing.events import RefundCompleted
from frontdesk.billing.models import Payment, Refund
from frontdesk.billing.refunds import asking
from frontdesk.core import events
from frontdesk.core.actors import Actor
from tests.support import money
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)
Status = Refund.Status
Heard = list[RefundCompleted]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What others are told of refunds."""
    told: Heard = []
    monkeypatch.setitem(events._reactions, RefundCompleted, [told.append])
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
    assert note.number
    assert note.number.startswith("C20")
    assert (note.gross_minor, note.net_minor, note.tax_minor) == (3995, 3357, 638)
    assert note.corrects == payment.invoice
    assert heard == [RefundCompleted(refund=refund.pk, invoice=payment.invoice_id, takes_back=True)]
    assert set(ledger.balances().values()) == {0}
    assert not money.differences()
