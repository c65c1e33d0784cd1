"""How staff find whose matter it is: by an order's reference, an invoice's number, or a line of a bank statement."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from frontdesk.billing.models import Invoice, Order, Payment

# As people read it from a statement: last four digits, amount, day, in this order.
STATEMENT = re.compile(r"(\d{4})\s+(\d{1,9}(?:[.,]\d{1,3})?)\s+(\d{4}-\d{2}-\d{2})")
BANKS_BOOK_LATE = timedelta(days=1)
MOST = 20


@dataclass(frozen=True)
class Found:
    """Something of a customer's that fits: whose, which payment (if it is one), and in words what."""

    person: UUID
    why: str
    payment: UUID | None = None


def find(text: str) -> list[Found]:
    """What fits exactly; nothing for text that is neither a reference, nor a number, nor a line of a statement."""
    statement = STATEMENT.fullmatch(text.strip())
    if statement:
        try:
            day = date.fromisoformat(statement[3])
        except ValueError:
            return []
        return by_statement(last4=statement[1], amount=Decimal(statement[2].replace(",", ".")), day=day)
    return [*_by_order(text.strip().upper()), *_by_invoice(text.strip().upper())]


def by_statement(*, last4: str, amount: Decimal, day: date) -> list[Found]:
    """Payments with a card of these last digits, of this amount in any currency, on this day or the one beside it."""
    start, end = _beginning_of(day) - BANKS_BOOK_LATE, _beginning_of(day) + 2 * BANKS_BOOK_LATE
    rows = Payment.objects.filter(card_last4=last4, person__isnull=False).filter(
        Q(settled_at__gte=start, settled_at__lt=end) | Q(started_at__gte=start, started_at__lt=end)
    )
    fitting = [payment for payment in rows[: 10 * MOST] if payment.amount.major == amount]
    return [
        Found(payment.person_id, _("Payment of %(amount)s") % {"amount": payment.amount}, payment.pk)
        for payment in fitting[:MOST]
        if payment.person_id
    ]


def _beginning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _by_order(reference: str) -> list[Found]:
    order = Order.objects.filter(reference=reference, person__isnull=False).first()
    return [Found(order.person_id, _("Order %s") % order.reference)] if order and order.person_id else []


def _by_invoice(number: str) -> list[Found]:
    invoice = Invoice.objects.filter(number__iexact=number, person__isnull=False).first()
    if invoice is None or invoice.person_id is None:
        return []
    paid = Payment.objects.filter(invoice=invoice.corrects_id or invoice.pk, status=Payment.Status.SUCCEEDED).first()
    return [Found(invoice.person_id, _("Invoice %s") % invoice.number, paid.pk if paid else None)]
