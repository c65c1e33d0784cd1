"""How a subscription begins and follows its licence. Called by fulfilment, in its transaction."""

from datetime import datetime
from uuid import UUID

from frontdesk.billing import amounts, coupons, mails, notes, paid_with, periods
from frontdesk.billing import credits as credit
from frontdesk.billing.events import PlanSwitched
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import (
    Coupon,
    EndReason,
    Invoice,
    Order,
    Payment,
    PaymentMethod,
    Purpose,
    Subscription,
)
from frontdesk.billing.subscriptions import ending, planning, schedule
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor


def begin(
    *, order: Order, license: UUID, starts_at: datetime, ends_at: datetime, method: UUID | None = None
) -> Subscription:
    """The subscription of a licence that was just bought (or tried, by the order's purpose). Safe to repeat."""
    if known := Subscription.objects.filter(license=license).first():
        return known
    is_trial = order.purpose == Purpose.TRIAL
    subscription = Subscription(
        person=order.person,
        license=license,
        plan_version=order.plan_version,
        added_devices=order.added_devices,
        currency=order.currency,
        coupon=_lasting_coupon(order, is_trial=is_trial),
        method=_method(order, method),
        tax_country=order.tax_country,
        zone=order.zone,
        is_trial=is_trial,
        auto_renew=order.auto_renew,
        anchor=ends_at if is_trial else starts_at,
        paid_periods=0 if is_trial else 1,
        charge_at=ends_at,
        created_at=clock.now(),
    )
    if subscription.paid_until != ends_at:
        subscription.anchor, subscription.paid_periods = ends_at, 0
    subscription.save(force_insert=True)
    order.license, order.subscription = license, subscription
    order.save(update_fields=["license", "subscription"])
    _note(Actor.system("an order was paid"), "subscription.begun", subscription, {"order": str(order.pk)})
    planning.plan(subscription)
    if is_trial:
        mails.trial_started(order, subscription)
    else:
        mails.order_confirmed(order, subscription)
    return subscription


def follow(*, license: UUID, ends_at: datetime) -> bool:
    """The licence's end has moved (a code, an early renewal, an adjustment): the next charge moves to it.

    Nothing happens when the subscription's paid end is that moment already, or there is no live subscription.
    Whoever calls holds the licence's lock, which comes behind the subscription's: so this never waits. False: somebody
    is at the subscription just now, and it must be called again without that lock.
    """
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    its = rows.select_related("plan_version").filter(license=license, ended_at=None)
    subscription = its.first()
    if subscription is None:
        return not Subscription.objects.filter(license=license, ended_at=None).exists()
    if subscription.paid_until != ends_at:
        _move(planning.locked(subscription.pk), ends_at)
    return True


def lock(invoice: Invoice) -> None:
    """Take the lock of an invoice's subscription, before the licence's, in the caller's transaction."""
    if found := _subscription_of(invoice):
        planning.locked(found)


def take_back_term(*, actor: Actor, invoice: Invoice, reason: EndReason, left_until: datetime | None) -> None:
    """The term that this invoice paid for was taken back from its licence, which runs until `left_until` yet.

    Where nothing is left (None) the subscription ends; so does one whose first term went back, unless others were paid.
    Otherwise it goes on, and its next charge has followed the licence (`follow`); but nothing is charged by itself any
    more where a charge by itself went back, or a bank took the money.
    """
    found = _subscription_of(invoice)
    if found is None:
        return
    subscription = planning.locked(found)
    if left_until is None or not subscription.is_live or not _outlasts(subscription, invoice):
        ending.taken_back(actor=actor, subscription=subscription, reason=reason, left_until=left_until)
        return
    if invoice.order is None or reason == EndReason.DISPUTED:
        subscription.auto_renew = False
    data = {"invoice": str(invoice.pk), "reason": str(reason), "left_until": left_until.isoformat()}
    _note(actor, "subscription.term_taken_back", subscription, data)
    planning.plan(subscription)
    credit.shift(subscription)


def take_back_trial(*, actor: Actor, order: UUID, left_until: datetime | None) -> None:
    """The days of an order's trial were taken back from its licence, which runs until `left_until` yet (None: over)."""
    found = Order.objects.filter(pk=order).values_list("subscription", flat=True).first()
    if found is None:
        return
    subscription = planning.locked(found)
    ending.taken_back(actor=actor, subscription=subscription, reason=EndReason.WITHDRAWN, left_until=left_until)


def take_back_part(*, actor: Actor, invoice: Invoice, reason: EndReason) -> None:
    """The upgrade or the devices that this invoice paid for are taken back: the subscription goes back one step.

    An upgrade goes back to the plan before it, also where a later one built on it: who keeps the later plan would have
    paid for a part of it only. It never leads up, to a plan that was taken back or given up meanwhile. Further devices
    go. Where a later term was paid on top of such a part, it stays as that term was paid.
    """
    found, order = _subscription_of(invoice), invoice.order
    if found is None or order is None:
        return
    subscription = planning.locked(found)
    if subscription.end_reason == EndReason.ERASED or selectors.has_later_term(invoice):
        return
    if order.purpose == Purpose.UPGRADE:
        before = order.from_plan_version
        if before is not None and _is_less(before, subscription):
            subscription.plan_version = before
        if subscription.next_plan_version_id == subscription.plan_version_id:
            subscription.next_plan_version = None
    else:
        more = order.added_devices - (order.from_added_devices or 0)
        subscription.added_devices = max(0, subscription.added_devices - more)
    _note(actor, "subscription.taken_back", subscription, {"invoice": str(invoice.pk), "reason": str(reason)})
    switched(subscription)
    planning.plan(subscription)


def switched(subscription: Subscription, keep: tuple[UUID, ...] = ()) -> None:
    """Tell whoever keeps the licence which plan it has from now on."""
    version, devices = subscription.plan_version_id, subscription.added_devices
    events.publish(PlanSwitched(subscription.pk, subscription.license, version, devices, keep))


def _outlasts(subscription: Subscription, invoice: Invoice) -> bool:
    """Whether a subscription goes on without this invoice's term. What cost nothing leaves no paper that it went."""
    if not invoice.gross_minor:
        return False
    return invoice.purpose == Purpose.RENEWAL or selectors.paid_terms(subscription.pk).exists()


def _is_less(before: PlanVersion, subscription: Subscription) -> bool:
    """Whether a plan costs less a month than the one that the subscription has now."""
    held, currency = subscription.plan_version, subscription.currency
    then, now = (amounts.for_term(each, 0, currency, None).list_minor for each in (before, held))
    return then * held.term_months < now * before.term_months


def _move(subscription: Subscription, ends_at: datetime) -> None:
    before = subscription.paid_until
    ending.give_up_demand(Actor.system("the licence's end has moved"), subscription)
    one_more = periods.end_of(subscription.anchor, subscription.paid_periods + 1, subscription.plan_version.term_months)
    if ends_at == one_more and not subscription.is_trial:
        subscription.paid_periods += 1
    else:
        subscription.anchor, subscription.paid_periods = ends_at, 0
    subscription.charge_at, subscription.unreached_since = ends_at, None
    if subscription.is_trial and ends_at - clock.now() > schedule.term_lead(subscription).notice:
        subscription.is_trial = False  # far enough away to be announced like any other charge
    planning.nothing_failed(subscription)
    data = {"from": before.isoformat(), "to": ends_at.isoformat()}
    _note(Actor.system("the licence's end has moved"), "subscription.moved", subscription, data)
    planning.plan(subscription)


def _subscription_of(invoice: Invoice) -> UUID | None:
    """By the invoice, or (for a new licence) by its order, which learns of it when it is paid."""
    if invoice.subscription_id or invoice.order_id is None:
        return invoice.subscription_id
    return Order.objects.values_list("subscription", flat=True).get(pk=invoice.order_id)


def _lasting_coupon(order: Order, *, is_trial: bool) -> Coupon | None:
    """What the next charge counts with: a coupon for ever, or one for the first payment that a trial puts off."""
    coupon = coupons.held_by(order)
    return coupon if coupon and (coupon.is_forever or is_trial) else None


def _method(order: Order, chosen: UUID | None) -> PaymentMethod | None:
    """The card that was chosen, or that paid, or else the customer's first."""
    every = PaymentMethod.objects.filter(person=order.person_id, detached_at=None).order_by(*paid_with.FIRST)
    if chosen:
        return every.filter(pk=chosen).first()
    paid = Payment.objects.filter(invoice__order=order, status=Payment.Status.SUCCEEDED).values("method")
    return every.filter(pk__in=paid).first() or every.first()


def _note(actor: Actor, action: str, subscription: Subscription, data: dict[str, str]) -> None:
    notes.of(actor=actor, action=action, subject=subscription, person=subscription.person_id, data=data)
