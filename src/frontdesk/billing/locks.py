"""Taking rows for change, always in this order: order, subscription, invoice, payment, refund or dispute, card.

Each returns the row as it is once the lock is held, with what it belongs to.
"""

from uuid import UUID

from django.db import connection

from frontdesk.billing.models import Invoice, Order, Payment, PaymentMethod, Refund, Subscription
from frontdesk.core.errors import NotFound


def placing(license_id: UUID) -> None:
    """Place orders for one licence one after the other, in the caller's transaction. Before all rows.

    Whoever places one gives up those that are open; of two at once each would find none of the other's.
    """
    _alone(f"placing:{license_id}")


def keeping(person: UUID) -> None:
    """Keep and remove one person's cards one after the other, in the caller's transaction: of one card twice at once,
    one stays, and one is the default.

    Behind the payment's lock, before the cards'; whoever has it waits for no row that belongs to another payment.
    """
    _alone(f"keeping:{person}")


def invoice(invoice_id: UUID) -> Invoice:
    """An invoice, after its order and its subscription."""
    order, subscription = Invoice.objects.values_list("order_id", "subscription_id").get(pk=invoice_id)
    if order:
        Order.objects.select_for_update(no_key=True).values_list("pk").get(pk=order)
    if subscription:
        Subscription.objects.select_for_update(no_key=True).values_list("pk").get(pk=subscription)
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("person", "order__plan_version__plan", "subscription").get(pk=invoice_id)


def payment(payment_id: UUID) -> Payment:
    """A payment, after its invoice."""
    owner = invoice(Payment.objects.values_list("invoice_id", flat=True).get(pk=payment_id))
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("person", "method")
    found = rows.get(pk=payment_id)
    found.invoice = owner
    return found


def refund(refund_id: UUID) -> Refund:
    """A refund, after its payment."""
    owner = payment(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    rows = Refund.objects.select_for_update(of=("self",), no_key=True).select_related("person", "credit_note")
    found = rows.get(pk=refund_id)
    found.payment = owner
    return found


def card(method: PaymentMethod) -> PaymentMethod:
    """A kept card, with the reference that it has now. Raises NotFound: removed meanwhile, or not that person's now."""
    rows = PaymentMethod.objects.select_for_update(no_key=True)
    found = rows.filter(pk=method.pk, person=method.person_id, detached_at=None).first()
    if found is None:
        raise NotFound
    return found


def _alone(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
