"""What differs from the provider's amounts is looked at again from the desk, since nobody asks by itself any more."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing import waiting
from frontdesk.billing.models import Payment, Refund
from frontdesk.billing.payments import paying, settling
from frontdesk.billing.payments.settling import Differs
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds import settling as refund_settling
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.console.conftest import press
from tests.support import money
from tests.support.bank import Bank, TookEffectSilently

pytestmark = pytest.mark.django_db(transaction=True)
STILL = "The provider still says another amount or object. Nothing was changed."


@pytest.fixture
def differing(bank: Bank, ada: Person) -> Payment:
    """A payment over another amount than the bank says."""
    started = _started(bank, ada)
    Payment.objects.update(ref=bank.ref_of(started.key))
    bank._change(bank.ref_of(started.key), amount_minor=4000)
    with pytest.raises(Differs):
        settling.refresh(payment=started.pk)
    started.refresh_from_db()
    assert (started.status, started.check_at) == (Payment.Status.UNKNOWN, None)
    return started


def _started(bank: Bank, ada: Person) -> Payment:
    bank.next("charge", TookEffectSilently())
    return paying.by_method(invoice=money.demand(ada), method=money.card(ada), on_session=True)


def test_a_payment_is_looked_at_again_until_it_agrees(billing: Client, differing: Payment, bank: Bank) -> None:
    listed = billing.get("/desk/failed-payments/").content.decode()
    assert "Another amount than the provider says" in listed
    assert "It is asked again by itself" not in listed
    address = f"/desk/payments/{differing.pk}/look-again/"
    assert address in listed
    assert STILL in press(billing, address).content.decode()
    differing.refresh_from_db()
    assert differing.status == Payment.Status.UNKNOWN
    bank._change(bank.ref_of(differing.key), amount_minor=3995)
    assert "It stands as: Paid." in press(billing, address).content.decode()
    differing.refresh_from_db()
    assert differing.status == Payment.Status.SUCCEEDED
    assert AuditEntry.objects.filter(action="payment.asked_again").count() == 2
    assert "Another amount" not in billing.get("/desk/failed-payments/").content.decode()


def test_so_is_a_refund(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    bank.next("refund", TookEffectSilently())
    made = asking.refund(
        actor=Actor.system("a test"), payment=payment, amount_minor=1000, cause=Refund.Cause.STAFF, takes_back=False,
        key="k",
    )  # fmt: skip
    Refund.objects.update(ref=bank.ref_of(made.key))
    bank._change(bank.ref_of(made.key), amount_minor=900)
    with pytest.raises(Differs):
        refund_settling.refresh(refund=made.pk)
    assert waiting.count().open_refunds == 1
    address = f"/desk/refunds/{made.pk}/look-again/"
    assert address in billing.get("/desk/failed-payments/").content.decode()
    assert STILL in press(billing, address).content.decode()
    bank._change(bank.ref_of(made.key), amount_minor=1000)
    assert "It stands as: Paid back." in press(billing, address).content.decode()
    assert waiting.count().open_refunds == 0


def test_agents_who_see_no_money_do_not_look(agent: Client, differing: Payment) -> None:
    assert agent.get(f"/desk/payments/{differing.pk}/look-again/").status_code == 403


def test_a_payment_that_came_too_late_hinders_no_page(billing: Client, bank: Bank, ada: Person) -> None:
    money.paid(ada)
    Payment.objects.update(status=Payment.Status.SURPLUS)
    assert billing.get(f"/desk/customers/{ada.pk}/").status_code == 200
    assert billing.get(f"/desk/payments/{Payment.objects.get().pk}/").status_code == 200
