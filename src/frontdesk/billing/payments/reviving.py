"""Money that arrives for an order which waited too long: if it can still be had as agreed, it is.

The customer paid what was shown and knows of no deadline. So an order of a new licence that expired (nobody had
canceled it) comes back to life, unless its coupon is used up or its credit gone meanwhile; then the money goes back.
"""

from django.db.models import F

from frontdesk.billing.models import Coupon, CouponUse, Invoice, Order, Purpose


def revive(invoice: Invoice) -> bool:
    """Open an invoice that was given up, with its order. False when there is no way back. Under the order's lock."""
    order = invoice.order
    if order is None or not _has_only_expired(invoice, order) or not _take_coupon_again(order):
        return False
    invoice.void_at = order.canceled_at = None
    invoice.save(update_fields=["void_at"])
    order.save(update_fields=["canceled_at"])
    return True


def _has_only_expired(invoice: Invoice, order: Order) -> bool:
    return (
        invoice.paid_at is None
        and order.purpose == Purpose.NEW
        and order.paid_at is None
        and order.canceled_at is not None
        and order.canceled_at >= order.expires_at
        and invoice.credit_minor == 0  # it was given back, and may be spent
        and not order.invoices.filter(kind=invoice.kind, void_at=None).exists()
    )


def _take_coupon_again(order: Order) -> bool:
    use = CouponUse.objects.filter(order=order, released_at__isnull=False).select_related("coupon").first()
    if use is None:
        return True
    coupon = Coupon.objects.select_for_update(no_key=True).get(pk=use.coupon_id)
    if coupon.max_uses is not None and coupon.uses >= coupon.max_uses:
        return False
    Coupon.objects.filter(pk=coupon.pk).update(uses=F("uses") + 1)
    CouponUse.objects.filter(pk=use.pk).update(released_at=None)
    return True
