"""Open invoices to pay, and what money did: for tests of payments, refunds and the books."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Sum

from frontdesk.accounts.models import Person
from frontdesk.billing import books
from frontdesk.billing.books import Difference
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Invoice, LedgerEntry, Payment, PaymentMethod
from frontdesk.billing.payments import paying
from frontdesk.catalog.models import Price
from frontdesk.core import clock
from tests.support import bills, shop

URLS = {"return_url": "http://testserver/back/", "cancel_url": "http://testserver/left/"}


def demand(person: Person, minor: int = 3995, **values: Any) -> Invoice:
    """An order's open invoice."""
    version = shop.plan_version()
    Price.objects.create(plan_version=version, currency=values.get("currency", "EUR"), minor=minor)
    facts: dict[str, Any] = {
        "version": version,
        "list_minor": minor,
        "due_minor": minor,
        "reference": uuid4().hex[:11].upper(),
    } | values
    with transaction.atomic():
        return writing.open_for_order(bills.order(person, quote=[{"text": "Plus, 1 year", "minor": minor}], **facts))


def card(person: Person, **values: Any) -> PaymentMethod:
    """A card kept at the bank."""
    return bills.card(person, provider="bank", **values)


def paid(person: Person, minor: int = 3995, **values: Any) -> Payment:
    """A payment that succeeded, by a kept card."""
    invoice = demand(person, minor, **values)
    payment = paying.by_method(invoice=invoice, method=card(person), on_session=True)
    assert payment.status == Payment.Status.SUCCEEDED
    return payment


def assert_balanced() -> None:
    """Every booking sums to zero in its currency."""
    rows = LedgerEntry.objects.order_by().values("booking", "currency").annotate(total=Sum("amount_minor"))
    assert [row for row in rows if row["total"]] == []


def now_is(time: Any, **amount: float) -> None:
    """Let business time pass."""
    time.by(**amount)
    assert clock.now() == time.now


def differences() -> list[Difference]:
    """What the books and the rows disagree about."""
    return list(books.differences())
