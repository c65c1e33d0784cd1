"""When billing has something to do next, in business time: what a demo that travels stops for."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from frontdesk.billing.models import Order, Payment, Refund, Subscription


def next_moment() -> datetime | None:
    """The earliest moment at which anything is due; past when something waits already, None when nothing ever is.

    An order that is being paid is not due, however late: its payment is, and the order after that.
    """
    tries = Payment.objects.filter(invoice__order=OuterRef("pk"), status__in=Payment.UNDER_WAY)
    moments = [
        Subscription.objects.filter(next_action_at__isnull=False)
        .order_by("next_action_at")
        .values_list("next_action_at"),
        Payment.objects.filter(check_at__isnull=False).order_by("check_at").values_list("check_at"),
        Refund.objects.filter(check_at__isnull=False).order_by("check_at").values_list("check_at"),
        Order.objects.filter(~Exists(tries), paid_at=None, canceled_at=None)
        .order_by("expires_at")
        .values_list("expires_at"),
    ]
    found = [row[0] for rows in moments if (row := rows.first())]
    return min((moment for moment in found if moment), default=None)
