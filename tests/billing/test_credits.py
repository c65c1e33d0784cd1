"""Credit: given once, used by the next invoice in its currency, and never twice."""

import pytest
from django.db import transaction

from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.billing import credits as credit
from frontdesk.billing import ledger, orders
from frontdesk.billing.errors import OwnAccount, RefundNeedsManager
from frontdesk.billing.models import Account, Credit, Invoice, Refund
from frontdesk.billing.payments import settling
from frontdesk.billing.refunds import asking
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import PermissionMissing, ReasonMissing, RequestInvalid
from frontdesk.core.models import AuditEntry
from tests.licensing.conftest import Time
from tests.people import customer
from tests.support import money
from tests.support.bank import Bank
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def give(person: Person, minor: int = 500, key: str = "once", currency: str = "EUR") -> Credit:
    return credit.give(actor=Actor.system(), person=person, amount_minor=minor, currency=currency, key=key)


def test_given_once_it_is_booked_noted_and_mailed(ada: Person) -> None:
    assert give(ada) == give(ada)
    assert credit.balance(ada, "EUR") == 500
    assert ledger.balances() == {(Account.LOSS, "EUR"): 500, (Account.CREDIT, "EUR"): -500}
    assert AuditEntry.objects.filter(action="credit.given", person=ada.pk).count() == 1
    assert Message.objects.filter(template="billing/credit_given", person=ada).count() == 1


def test_pressed_twice_at_once_it_is_given_once(ada: Person) -> None:
    at_once(*[lambda: give(ada)] * 4)
    assert credit.balance(ada, "EUR") == 500
    assert Message.objects.count() == 1
    assert not money.differences()


@pytest.mark.parametrize("minor", [0, -500, 10**9])
def test_nothing_less_than_nothing_and_slips_are_refused(ada: Person, minor: int) -> None:
    with pytest.raises(RequestInvalid):
        give(ada, minor)
    assert not Credit.objects.exists()


def test_a_key_is_for_one_gift(ada: Person, bob: Person) -> None:
    give(ada)
    for person, minor in ((bob, 500), (ada, 600)):
        with pytest.raises(RequestInvalid):
            give(person, minor)


def test_staff_say_why(ada: Person) -> None:
    agent = Person.objects.create_user(email="sam@desk.example", is_staff=True, role=Role.BILLING_AGENT)
    with pytest.raises(ReasonMissing):
        credit.give(actor=Actor(ActorKind.STAFF, agent.pk), person=ada, amount_minor=1, currency="EUR", key="k")


def staff(role: Role, email: str) -> Actor:
    person = customer(email, "Sam")
    make_staff(actor=Actor.system(), person=person, role=role)
    return Actor(ActorKind.STAFF, person.pk, reason="sorry")


def test_an_agents_limit_counts_all_that_was_given_lately(ada: Person, bob: Person, time: Time) -> None:
    agent = staff(Role.BILLING_AGENT, "agent@halcyon.example")
    manager = staff(Role.MANAGER, "manager@halcyon.example")

    def give_by(actor: Actor, minor: int, key: str, person: Person = ada) -> Credit:
        return credit.give(actor=actor, person=person, amount_minor=minor, currency="EUR", key=key)

    with pytest.raises(RefundNeedsManager) as refused:
        give_by(agent, 20_001, "a")
    assert refused.value.members == {"limit": 20_000}
    for _ in range(2):
        give_by(agent, 15_000, "b")  # pressed twice, it counts once
    with pytest.raises(RefundNeedsManager):
        give_by(agent, 5_001, "c")
    give_by(agent, 5_000, "d")
    give_by(agent, 20_000, "e", bob)
    give_by(manager, 50_000, "f")
    time.by(days=31)
    give_by(agent, 20_000, "g")
    assert credit.balance(ada, "EUR") == 90_000


def test_agents_at_once_do_not_give_it_in_slices(ada: Person) -> None:
    agents = [staff(Role.BILLING_AGENT, f"{number}@halcyon.example") for number in range(4)]

    def give_by(actor: Actor) -> bool:
        try:
            credit.give(actor=actor, person=ada, amount_minor=15_000, currency="EUR", key=str(actor.person))
        except RefundNeedsManager:
            return False
        return True

    given = at_once(*[lambda actor=actor: give_by(actor) for actor in agents])
    assert (sorted(map(bool, given)), credit.balance(ada, "EUR")) == ([False, False, False, True], 15_000)


@pytest.mark.parametrize("role", [Role.BILLING_AGENT, Role.MANAGER, Role.ADMINISTRATOR])
def test_nobody_gives_to_themselves(bank: Bank, ada: Person, role: Role) -> None:
    payment = money.paid(ada)
    make_staff(actor=Actor.system(), person=ada, role=role)
    mine = Actor(ActorKind.STAFF, ada.pk, reason="I deserve it")
    with pytest.raises(OwnAccount):
        credit.give(actor=mine, person=ada, amount_minor=1, currency="EUR", key="k")
    with pytest.raises(OwnAccount):
        asking.refund(actor=mine, payment=payment, amount_minor=1, cause=Refund.Cause.STAFF, takes_back=False, key="k")
    assert (credit.balance(ada, "EUR"), bank.returned()) == (0, 0)


def test_customers_and_other_roles_give_nothing(ada: Person, bob: Person) -> None:
    for actor in (Actor.customer(ada.pk), staff(Role.AGENT, "agent@halcyon.example")):
        with pytest.raises(PermissionMissing):
            credit.give(actor=actor, person=bob, amount_minor=1, currency="EUR", key="k")


def test_the_next_invoice_in_its_currency_uses_it(bank: Bank, ada: Person, bob: Person) -> None:
    give(ada, 500)
    assert money.demand(ada, 3995, currency="USD").credit_minor == 0
    assert money.demand(bob, 3995).credit_minor == 0
    payment = money.paid(ada, 3995)
    assert (payment.invoice.credit_minor, payment.amount_minor, bank.taken()) == (500, 3495, 3495)
    assert credit.balance(ada, "EUR") == 0
    assert ledger.balances()[Account.RECEIVABLE, "EUR"] == ledger.balances()[Account.CREDIT, "EUR"] == 0
    assert not money.differences()


def test_what_covers_all_leaves_nothing_to_pay(bank: Bank, ada: Person) -> None:
    give(ada, 5000)
    invoice = money.demand(ada, 3995)
    assert invoice.due_minor == 0
    with transaction.atomic():
        settling.settle_free(invoice=invoice.pk)
    assert credit.balance(ada, "EUR") == 1005
    assert not bank.calls
    assert not money.differences()


def test_two_orders_at_once_do_not_use_the_same(ada: Person) -> None:
    give(ada, 500)
    at_once(*[lambda: money.demand(ada, 3995)] * 4)
    assert sum(Invoice.objects.values_list("credit_minor", flat=True)) == 500
    assert credit.balance(ada, "EUR") == 0
    assert not money.differences()


def test_it_comes_back_once_when_an_order_is_given_up(bank: Bank, ada: Person) -> None:
    give(ada, 500)
    order = money.demand(ada).order
    assert order
    orders.cancel(actor=Actor.customer(ada.pk), order=order)
    assert credit.balance(ada, "EUR") == 500
    assert not money.differences()
