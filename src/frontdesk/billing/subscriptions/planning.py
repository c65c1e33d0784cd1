"""Writing the next step on a subscription's row, from its rows as they are. Under the subscription's lock."""

from datetime import timedelta
from uuid import UUID

from frontdesk.billing import amounts
from frontdesk.billing.amounts import Amount
from frontdesk.billing.models import ChargeNotice, Invoice, InvoiceKind, Payment, Step, Subscription
from frontdesk.billing.subscriptions import crediting, schedule
from frontdesk.billing.subscriptions.schedule import Next
from frontdesk.core import clock

# Next plans and coupons are rare, and each join costs the planner more than reading the few does.
WITH = ("plan_version__plan__product", "person", "method")


def locked(subscription: UUID) -> Subscription:
    """The subscription, locked, with its plans, its customer and its card."""
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related(*WITH).get(pk=subscription)


def coming_amount(subscription: Subscription) -> Amount:
    """What the coming term costs. Raises NotForSale where its plan has no price."""
    return amounts.for_term(
        subscription.coming_plan_version,
        subscription.coming_added_devices,
        subscription.currency,
        subscription.coupon,
    )


def coming_due(subscription: Subscription) -> int:
    """What the coming charge takes from the card: the open invoice's rest, or the price less its share of credit."""
    if invoice := open_invoice(subscription):
        return invoice.due_minor
    gross = coming_amount(subscription).gross_minor
    return gross - crediting.share(subscription) if gross else 0


def open_invoice(subscription: Subscription) -> Invoice | None:
    """The open invoice of the coming period, once there is one."""
    every = subscription.invoices.filter(kind=InvoiceKind.INVOICE, void_at=None, paid_at=None)
    period = {"period_anchor": subscription.anchor, "period_number": subscription.paid_periods + 1}
    return every.filter(**period).first()


def waits_for_money(subscription: Subscription) -> bool:
    """Whether a charge failed that can be tried again; False when its invoice was written off."""
    return subscription.is_past_due and open_invoice(subscription) is not None


def under_way(invoice: Invoice) -> Payment | None:
    """The try to pay an invoice that has no outcome yet."""
    return invoice.payments.filter(status__in=Payment.UNDER_WAY).select_related("method").first()


def newest_notice(subscription: Subscription) -> ChargeNotice | None:
    """The newest notice, whatever it is about."""
    return subscription.notices.select_related("message").order_by("-created_at", "-charge_at").first()


def next_of(subscription: Subscription) -> Next:
    """What comes next, by the rows as they are."""
    if not subscription.is_live or not subscription.auto_renew or subscription.failed_at is not None:
        return schedule.next_step(subscription, None, 0)
    notice = newest_notice(subscription)
    if notice is None or not schedule.is_about(notice, subscription):
        return schedule.next_step(subscription, None, 0)  # whatever the amount is, it has to be said
    return schedule.next_step(subscription, notice, coming_due(subscription))


def plan(subscription: Subscription) -> None:
    """Write the next step and its moment; saves the row."""
    following = next_of(subscription)
    if subscription.auto_renew and following.step in {Step.REMINDER, Step.CHARGE}:
        subscription.unreached_since = None  # a notice got through, or none is needed
    subscription.next_step, subscription.next_action_at = following.step, following.at
    subscription.stumbles = 0
    subscription.save()


def nothing_failed(subscription: Subscription) -> None:
    """Forget the failures of a charge that is settled or not wanted any more. Does not save."""
    subscription.failed_at = subscription.retry_at = None
    subscription.tries, subscription.is_hard_failure = 0, False


def postpone(subscription: Subscription, by: timedelta) -> None:
    """Look again later, without changing what is to come."""
    subscription.next_action_at = clock.now() + by
    subscription.save(update_fields=["next_action_at"])
