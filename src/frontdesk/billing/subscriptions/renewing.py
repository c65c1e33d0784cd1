"""What a paid invoice means for the subscription it belongs to. Billing's own reaction, before fulfilment's."""

from datetime import datetime

from frontdesk.billing import mails, notes, orders
from frontdesk.billing.errors import QuoteOutdated, SubscriptionOver
from frontdesk.billing.events import InvoicePaid, TermPaid
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import BY_ITSELF, Invoice, Order, Payment, PaymentMethod, Purpose, Subscription
from frontdesk.billing.subscriptions import beginning, planning
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor

ACTOR = Actor.system("an invoice was paid")


def paid(event: InvoicePaid) -> None:
    """A renewal's period is paid; a further term comes with its licence's new end; an upgrade counts from now on.

    Raises QuoteOutdated or SubscriptionOver for what cannot be had any more as it was priced: the money goes back.
    """
    invoice = Invoice.objects.select_related("order__plan_version", "plan_version").get(pk=event.invoice)
    if invoice.subscription_id is None:
        return  # a new licence, whose subscription begins with it, or a term of one that has none
    subscription = planning.locked(invoice.subscription_id)
    order = invoice.order
    if order is None:
        _period(subscription, invoice)
    elif order.purpose == Purpose.RENEWAL:
        _further_term(subscription, order)
    else:
        _part(subscription, order)


def confirm(*, order: Order, ends_at: datetime) -> None:
    """Mail the contract of a further term. Called by fulfilment once its time is there: so it names the new end."""
    its = order.subscription_id
    held = Subscription.objects.select_related(*planning.WITH).get(pk=its) if its else None
    mails.order_confirmed(order, held, ends_at=ends_at)


def _period(subscription: Subscription, invoice: Invoice) -> None:
    """A term that the sweep asked for. What is granted is what the invoice was written for, whatever came meanwhile."""
    version, starts_at = selectors.version_of(invoice), None
    if not subscription.is_live:
        if subscription.end_reason not in BY_ITSELF:
            raise SubscriptionOver
        _come_back(subscription, {"invoice": str(invoice.pk)}, auto_renew=subscription.auto_renew)
    period = (subscription.anchor, subscription.paid_periods + 1)
    is_coming = (invoice.period_anchor, invoice.period_number) == period
    if is_coming or _is_of_the_switch(subscription, invoice):
        _switch(subscription)
    if version != subscription.plan_version:
        raise QuoteOutdated  # the plan was changed while the bank was asked
    if is_coming:
        starts_at = subscription.paid_until
        subscription.paid_periods += 1
        subscription.charge_at = subscription.paid_until
    _settled(subscription)
    _note(subscription, "subscription.renewed", {"invoice": str(invoice.pk)})
    planning.plan(subscription)
    orders.give_up_renewals(actor=ACTOR, subscription=subscription.pk)
    # Where its end has moved while the bank was asked, the term comes on top, and the next charge follows that.
    events.publish(TermPaid(invoice.pk, subscription.license, version.pk, starts_at))


def _is_of_the_switch(subscription: Subscription, invoice: Invoice) -> bool:
    """Whether an invoice whose period is no more the coming one was written for the change that waits for the end."""
    if subscription.next_plan_version_id is not None:
        return invoice.plan_version_id == subscription.next_plan_version_id
    if subscription.next_added_devices is None or invoice.plan_version_id != subscription.plan_version_id:
        return False
    return invoice.gross_minor == planning.coming_amount(subscription).gross_minor


def _switch(subscription: Subscription) -> None:
    """What was planned for the end of the term happens; another length of term is counted from here."""
    version, devices = subscription.coming_plan_version, subscription.coming_added_devices
    if version.pk == subscription.plan_version_id and devices == subscription.added_devices:
        return
    if version.term_months != subscription.plan_version.term_months:
        subscription.anchor, subscription.paid_periods = subscription.paid_until, 0
    subscription.plan_version, subscription.added_devices = version, devices
    keep, subscription.keep_devices = tuple(subscription.keep_devices), []
    subscription.next_plan_version = subscription.next_added_devices = None
    _note(subscription, "subscription.plan_changed", {"plan_version": str(version.pk), "added_devices": devices})
    mails.plan_switched(subscription)
    beginning.switched(subscription, keep)


def _further_term(subscription: Subscription, order: Order) -> None:
    """The time itself comes with the licence (`beginning.follow`), and the mail after it; what ran out comes back.

    Raises QuoteOutdated when the subscription has another plan by now than the one that the term was ordered of, or has
    renewed since (by itself, or by another order); SubscriptionOver when it can not come back.
    """
    if (order.plan_version_id, order.added_devices) != (subscription.plan_version_id, subscription.added_devices):
        raise QuoteOutdated
    if selectors.is_paid_otherwise(order):
        raise QuoteOutdated
    _take_card(subscription, order)
    if not subscription.is_live:
        if not subscription.can_come_back:
            raise SubscriptionOver
        _come_back(subscription, {"order": str(order.pk)}, auto_renew=order.auto_renew)
    _settled(subscription)
    planning.plan(subscription)


def _come_back(subscription: Subscription, why: dict[str, object], *, auto_renew: bool) -> None:
    """What had ended is live again, with nothing paid yet. Does not save."""
    subscription.ended_at, subscription.end_reason = None, ""
    subscription.auto_renew = auto_renew
    subscription.anchor, subscription.paid_periods = clock.now(), 0
    subscription.charge_at = subscription.anchor
    _note(subscription, "subscription.resumed", why)


def _take_card(subscription: Subscription, order: Order) -> None:
    """What ended or failed with its card goes on with the one that paid now, if the customer keeps it."""
    held = subscription.method
    if subscription.is_live and not subscription.is_past_due and held and held.detached_at is None:
        return
    paid = Payment.objects.filter(invoice__order=order, status=Payment.Status.SUCCEEDED).values("method")
    kept = PaymentMethod.objects.filter(person=subscription.person_id, detached_at=None, pk__in=paid).first()
    subscription.method = kept or held


def _part(subscription: Subscription, order: Order) -> None:
    """An upgrade, or more devices, from what the subscription had when they were ordered: its price is the difference.

    Raises QuoteOutdated once the term is over that it was a part of, or the plan or the devices are others by now.
    """
    basis = (order.from_plan_version_id, order.from_added_devices)
    if basis != (subscription.plan_version_id, subscription.added_devices) or subscription.paid_until <= clock.now():
        raise QuoteOutdated
    if order.purpose == Purpose.UPGRADE:
        subscription.plan_version = order.plan_version
        subscription.next_plan_version = None
    else:
        subscription.added_devices = order.added_devices
        subscription.next_added_devices = None
    data = {"plan_version": str(subscription.plan_version_id), "added_devices": subscription.added_devices}
    _note(subscription, "subscription.plan_changed", data)
    beginning.switched(subscription)
    planning.plan(subscription)
    mails.order_confirmed(order, subscription)


def _settled(subscription: Subscription) -> None:
    """A term was paid: no failure is open, the trial is over, a coupon for one payment is used."""
    planning.nothing_failed(subscription)
    subscription.is_trial, subscription.unreached_since = False, None
    if subscription.coupon and not subscription.coupon.is_forever:
        subscription.coupon = None


def _note(subscription: Subscription, action: str, data: dict[str, object]) -> None:
    notes.of(actor=ACTOR, action=action, subject=subscription, person=subscription.person_id, data=data)
