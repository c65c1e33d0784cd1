"""Reconciliation compares what was paid with what licences have."""

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing import reconciling
from frontdesk.billing.models import Refund
from frontdesk.billing.refunds import asking
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.fulfilment import comparing
from frontdesk.licensing.models import Term
from tests.billing.conftest import ada, bank, person, time
from tests.support import money
from tests.support.bank import Bank

__all__ = ["ada", "bank", "person", "time"]
pytestmark = pytest.mark.django_db(transaction=True)


def told() -> list[str]:
    return [each.what for each in comparing.licences()]


def test_what_was_paid_has_its_time_and_what_went_back_has_none(bank: Bank, ada: Person) -> None:
    money.paid(ada)
    back, part = money.paid(ada), money.paid(ada)
    for payment, minor, takes_back in ((back, 3995, True), (part, 100, False)):
        asking.refund(
            actor=Actor.system(),
            payment=payment,
            amount_minor=minor,
            cause=Refund.Cause.STAFF,
            takes_back=takes_back,
            key=str(payment.pk),
        )
    assert told() == []


def test_time_that_was_never_granted(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    Term.objects.update(grant_ref="something else")
    assert told() == ["was paid, and no licence got its time"]
    report = reconciling.reconcile(since=clock.real_now())
    assert [each.subject for each in report.differences if each.where == "licences"] == [
        f"invoice {payment.invoice.number}"
    ]


def test_time_that_should_not_run_and_time_that_should(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    Term.objects.update(revoked_at=clock.now())
    assert told() == ["is paid, and its time was taken back"]
    asking.refund(
        actor=Actor.system(), payment=payment, amount_minor=3995, cause=Refund.Cause.STAFF, takes_back=True, key="k"
    )
    assert told() == []
    Term.objects.update(revoked_at=None)
    assert told() == ["was paid back, and its time still runs"]
