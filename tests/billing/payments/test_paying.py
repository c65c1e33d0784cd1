"""Paying an invoice: by page, by a kept card, twice, and when the provider is away."""

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing import ledger
from frontdesk.billing.models import Account, Payment, PaymentMethod
from frontdesk.billing.payments import paying, settling
from tests.support import money
from tests.support.bank import Bank, new_card

pytestmark = pytest.mark.django_db(transaction=True)
Status = Payment.Status


def test_on_the_page_of_the_provider(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada, 3995)
    waiting = paying.by_page(invoice=invoice, **money.URLS)
    assert waiting.status == Status.REQUIRES_ACTION
    assert waiting.action_url == f"/bank/{waiting.ref}/"
    bank.pay(waiting.ref, card=new_card(ref="card_ada"))
    done = settling.refresh(payment=waiting.pk)
    assert (done.status, done.card_last4, done.check_at) == (Status.SUCCEEDED, "4242", None)
    invoice.refresh_from_db()
    assert invoice.paid_at
    assert invoice.number
    assert invoice.order
    assert invoice.order.paid_at == invoice.paid_at
    kept = PaymentMethod.objects.get()
    assert (kept.ref, kept.person, kept.is_default) == ("card_ada", ada, True)
    assert ledger.balances() == {
        (Account.RECEIVABLE, "EUR"): 0,
        (Account.CASH, "EUR"): 3995,
        (Account.REVENUE, "EUR"): -3357,
        (Account.TAX, "EUR"): -638,
    }
    money.assert_balanced()
