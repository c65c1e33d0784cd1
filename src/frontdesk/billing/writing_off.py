"""Giving an open invoice up at the desk, with what hangs on it: an order is canceled, a renewal is not tried again."""

from django.db import transaction

from frontdesk.billing import notes, orders
from frontdesk.billing.errors import NotPayable
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Invoice
from frontdesk.billing.subscriptions import failing, planning
from frontdesk.core.actors import Actor


def write_off(*, actor: Actor, invoice: Invoice) -> None:
    """Nobody is asked to pay it any more. Raises NotPayable, PaymentUnderWay, ReasonMissing.

    An order goes with its invoice, and its coupon is free again. A licence whose renewal it was for keeps its grace
    and lapses then: nothing more is tried by itself, by another card, or by an agent.
    """
    actor = notes.explained(actor)
    order = invoice.order
    with transaction.atomic():
        if order is None:
            _renewal(actor, invoice)
        elif order.is_open:
            orders.cancel(actor=actor, order=order)
        else:
            writing.void(actor=actor, invoice=invoice)
    invoice.refresh_from_db(fields=["void_at"])


def _renewal(actor: Actor, invoice: Invoice) -> None:
    if invoice.subscription_id is None:
        raise NotPayable
    subscription = planning.locked(invoice.subscription_id)
    coming = planning.open_invoice(subscription) if subscription.is_live else None
    writing.void(actor=actor, invoice=invoice)
    if coming and coming.pk == invoice.pk:
        failing.given_up(subscription)
