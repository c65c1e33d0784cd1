"""How a subscription ends: at its paid end, for want of payment, with a refund, or with its customer's account."""

from datetime import datetime

from frontdesk.accounts.events import PersonLeaves
from frontdesk.billing import credits as credit
from frontdesk.billing import mails, notes, orders
from frontdesk.billing.events import SubscriptionEnded
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import TAKEN_BACK, EndReason, Order, Subscription
from frontdesk.billing.subscriptions import planning
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor

# Whoever took money back, or left, has heard of the end already.
TOLD_OTHERWISE = TAKEN_BACK | {EndReason.ERASED}


def end(*, actor: Actor, subscription: Subscription, reason: EndReason) -> None:
    """End a locked subscription; what was demanded for a coming term is given up. A second time changes nothing."""
    if not subscription.is_live:
        return
    give_up_demand(actor, subscription)
    subscription.ended_at, subscription.end_reason = clock.now(), reason
    if reason in TAKEN_BACK:
        subscription.anchor, subscription.paid_periods = subscription.ended_at, 0
    subscription.next_plan_version = subscription.next_added_devices = None
    subscription.keep_devices = []
    planning.nothing_failed(subscription)
    planning.plan(subscription)
    credit.shift(subscription)
    notes.of(
        actor=actor,
        action="subscription.ended",
        subject=subscription,
        person=subscription.person_id,
        data={"reason": str(reason)},
    )
    if reason not in TOLD_OTHERWISE and subscription.handed_over_at is None:
        mails.ended(subscription)
    events.publish(SubscriptionEnded(subscription.pk, subscription.license, str(reason)))


def taken_back(*, actor: Actor, subscription: Subscription, reason: EndReason, left_until: datetime | None) -> None:
    """End a locked subscription since what it had brought was taken back. `left_until`: what its licence has besides.

    One that had ended by itself can not be brought back any more where nothing is left.
    """
    end(actor=actor, subscription=subscription, reason=reason)
    if subscription.ended_at is None or subscription.end_reason == EndReason.ERASED:
        return
    if left_until is None:
        subscription.end_reason = reason
    subscription.anchor, subscription.paid_periods = left_until or subscription.ended_at, 0
    subscription.save(update_fields=["end_reason", "anchor", "paid_periods"])


def give_up_demand(actor: Actor, subscription: Subscription) -> None:
    """Void the open invoice of the coming term, unless a payment for it is under way: that decides by itself."""
    invoice = planning.open_invoice(subscription)
    if invoice and not planning.under_way(invoice):
        writing.void(actor=actor, invoice=invoice, reason=actor.reason or "the subscription goes on without it")


def leave(event: PersonLeaves) -> None:
    """Somebody is about to be erased: lock their orders and subscriptions, in that order, and end what renews."""
    every = Order.objects.select_for_update(of=("self",), no_key=True).filter(person=event.person)
    list(every.order_by("pk").values_list("pk", flat=True))
    actor = Actor.system("the customer's account was deleted")
    orders.forget_open(actor=actor, person=event.person)
    for pk in Subscription.objects.filter(person=event.person).order_by("pk").values_list("pk", flat=True):
        end(actor=actor, subscription=planning.locked(pk), reason=EndReason.ERASED)
