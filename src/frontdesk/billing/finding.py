"""How staff find whose matter it is: by an order's reference, an invoice's number, or a line of a bank statement."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from frontdesk.billing import lookups
from frontdesk.billing.models import Invoice, Order, Payment

# As people read it from a statement: last four digits, amount, day, in this order.
STATEMENT = re.compile(r"(\d{4})\s+(\S+)(?:\s+(?:[A-Z]{3}|[€$£]))?\s+(\S.{4,30})")
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
    day = lookups.day(statement[3]) if statement else None
    if statement and day:
        return _by_statement(last4=statement[1], wanted=lookups.amounts(statement[2]), day=day)
    return [*_by_order(text), *_by_invoice(text.strip().upper())]


def _by_statement(*, last4: str, wanted: set[Decimal], day: date) -> list[Found]:
    """Payments on a card with these last digits, of such an amount, on this day or beside it; failed ones too."""
    start, end = lookups.around(day)
    rows = Payment.objects.filter(card_last4=last4, person__isnull=False).filter(
        Q(settled_at__gte=start, settled_at__lt=end) | Q(started_at__gte=start, started_at__lt=end)
    )
    return [
        Found(payment.person_id, _("Payment of %(amount)s") % {"amount": payment.amount}, payment.pk)
        for payment in lookups.of_amount(rows.order_by("-started_at"), wanted)[:MOST]
        if payment.person_id
    ]


def _by_order(text: str) -> list[Found]:
    orders = Order.objects.filter(reference__in=lookups.references(text), person__isnull=False)
    return [Found(order.person_id, _("Order %s") % order.reference) for order in orders if order.person_id]


def _by_invoice(number: str) -> list[Found]:
    invoice = Invoice.objects.filter(number__iexact=number, person__isnull=False).first()
    if invoice is None or invoice.person_id is None:
        return []
    paid = Payment.objects.filter(invoice=invoice.corrects_id or invoice.pk, status=Payment.Status.SUCCEEDED).first()
    return [Found(invoice.person_id, _("Invoice %s") % invoice.number, paid.pk if paid else None)]
