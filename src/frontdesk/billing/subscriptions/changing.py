"""What customers (and agents) change on a subscription."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, comparing, locks, mails, notes
from frontdesk.billing import credits as credit
from frontdesk.billing.errors import NotForSale, NotPayable, PaymentUnderWay, SubscriptionOver, SwitchNotPossible
from frontdesk.billing.events import ChargeDropped, ChargeMoved
from frontdesk.billing.models import Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import methods
from frontdesk.billing.quotes import MOST_ADDED
from frontdesk.billing.subscriptions import planning, schedule
from frontdesk.catalog import plans
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, ReasonMissing

LONGEST_ANSWER = 500


def access_subscriptions(person: Person) -> list[Subscription]:
    """All of a person's subscriptions, live ones first."""
    mine = Subscription.objects.filter(person=person).select_related(*planning.WITH)
    return list(mine.order_by(F("ended_at").desc(nulls_first=True), "-created_at"))


def access_subscription(person: Person, subscription_id: UUID) -> Subscription:
    """One of them. Raises NotFound."""
    mine = Subscription.objects.filter(person=person, pk=subscription_id)
    subscription = mine.select_related(*planning.WITH).first()
    if subscription is None:
        raise NotFound
    return subscription


@transaction.atomic
def set_auto_renew(*, actor: Actor, subscription: Subscription, on: bool, why: str = "") -> Subscription:
    """Switch automatic renewal, at once; off stays off. `why`: the skippable answer.

    Raises SubscriptionOver, SwitchNotPossible (on again, after the licence was handed over).
    """
    locked = _own(subscription) if on else _live(subscription)
    if locked.auto_renew == on:
        return locked
    locked.auto_renew = on
    # The mail about switching it off says when it ends; a reminder right behind it would say the same.
    if not on and clock.now() >= schedule.ends_at(locked) - schedule.REMINDERS[0]:
        locked.end_told_for = schedule.ends_at(locked)
    action = "subscription.renewal_on" if on else "subscription.renewal_off"
    answer = {"why": why.strip()[:LONGEST_ANSWER]} if why.strip() else None
    notes.of(actor=actor, action=action, subject=locked, person=locked.person_id, personal=answer)
    mails.auto_renew_changed(locked)
    planning.plan(locked)
    _tolerate(locked)
    credit.shift(locked)
    return locked


@transaction.atomic
def plan_switch(
    *, actor: Actor, subscription: Subscription, version: PlanVersion, added_devices: int, keep: Sequence[UUID] = ()
) -> Subscription:
    """Change the plan (or devices) at the end of the term; `keep`: activations that stay at a lower limit.

    Only while the paid term (or the trial) runs: a charge that is due is for the plan that was announced.
    Raises SubscriptionOver, SwitchNotPossible, NotForSale.
    """
    locked = _own(subscription)
    _refuse_while_due(locked)
    _refuse_other(locked, version, added_devices)
    if len(set(keep)) > version.device_limit + added_devices:
        raise SwitchNotPossible
    is_back = (version.pk, added_devices) == (locked.plan_version_id, locked.added_devices)
    if is_back:
        return _dropped(actor, locked)
    amounts.for_term(version, added_devices, locked.currency, locked.coupon)
    locked.next_plan_version = version if version.pk != locked.plan_version_id else None
    locked.next_added_devices = added_devices if added_devices != locked.added_devices else None
    locked.keep_devices = list(dict.fromkeys(keep))
    data = {"plan_version": str(version.pk), "added_devices": added_devices}
    notes.of(actor=actor, action="subscription.switch_planned", subject=locked, person=locked.person_id, data=data)
    mails.switch_planned(locked)
    planning.plan(locked)
    credit.shift(locked)
    return locked


@transaction.atomic
def drop_switch(*, actor: Actor, subscription: Subscription) -> Subscription:
    """Keep the plan after all. Raises SubscriptionOver, SwitchNotPossible once its charge is due."""
    locked = _own(subscription)
    _refuse_while_due(locked)
    return _dropped(actor, locked)


@transaction.atomic
def set_method(*, actor: Actor, subscription: Subscription, method: PaymentMethod) -> Subscription:
    """Pay with another card from now on; a renewal that failed is tried again at once (by the sweep).

    Where its invoice was written off, nothing is tried: the card waits for what the customer renews by themselves.
    Raises SubscriptionOver, SwitchNotPossible (handed over), NotFound (a card that is not the customer's, or was
    removed).
    """
    locked = _own(subscription)
    if locked.person_id is None or method.person_id != locked.person_id:
        raise NotFound
    card = locks.card(method)
    is_tried = planning.waits_for_money(locked)
    if locked.method_id == card.pk and not is_tried:
        return locked
    locked.method = card
    if is_tried:
        locked.is_hard_failure, locked.retry_at = False, clock.now()
    data = {"method": str(card.pk)}
    notes.of(actor=actor, action="subscription.method_changed", subject=locked, person=locked.person_id, data=data)
    planning.plan(locked)
    return locked


@transaction.atomic
def use_for_all(*, actor: Actor, method: PaymentMethod) -> None:
    """Make a card the customer's default and pay all their renewals with it; failed ones are tried again at once.

    By the sweep. Raises NotFound (removed).
    """
    if method.person_id is None:
        raise NotFound
    # All of them before the first card: whoever charges one has its lock, and waits for the card's.
    rows = Subscription.objects.select_for_update(no_key=True).filter(person=method.person_id)
    live = list(rows.filter(ended_at=None, handed_over_at=None).order_by("pk"))
    methods.set_default(actor=actor, method=method)
    for subscription in live:
        if subscription.method_id != method.pk or subscription.is_past_due:
            set_method(actor=actor, subscription=subscription, method=method)


@transaction.atomic
def retry_now(*, actor: Actor, subscription: Subscription) -> None:
    """Agent: try a failed charge again now (by the sweep).

    Raises SubscriptionOver, SwitchNotPossible (handed over), PaymentUnderWay, NotPayable (nothing has failed, or it was
    written off), ReasonMissing.
    """
    if actor.kind == ActorKind.STAFF and not actor.reason.strip():
        raise ReasonMissing
    locked = _own(subscription)
    if not planning.waits_for_money(locked):
        raise NotPayable
    if Payment.objects.filter(invoice__subscription=locked, status__in=Payment.UNDER_WAY).exists():
        raise PaymentUnderWay
    locked.retry_at = clock.now()
    notes.of(actor=actor, action="subscription.retried", subject=locked, person=locked.person_id)
    planning.plan(locked)


def _tolerate(subscription: Subscription) -> None:
    """Where a charge was put off behind the paid end, say until when that counts for the licence."""
    at, license = subscription.charge_at, subscription.license
    if at <= subscription.paid_until:
        return
    if subscription.auto_renew:
        events.publish(ChargeMoved(subscription.pk, license, at))
    else:
        events.publish(ChargeDropped(subscription.pk, license, schedule.ends_at(subscription)))


def _live(subscription: Subscription) -> Subscription:
    locked = planning.locked(subscription.pk)
    if not locked.is_live:
        raise SubscriptionOver
    return locked


def _own(subscription: Subscription) -> Subscription:
    """A live one whose licence is still its payer's."""
    locked = _live(subscription)
    if locked.handed_over_at is not None:
        raise SwitchNotPossible
    return locked


def _refuse_while_due(subscription: Subscription) -> None:
    past = subscription.paid_until <= clock.now()
    if past or subscription.is_past_due or planning.open_invoice(subscription):
        raise SwitchNotPossible


def _refuse_other(subscription: Subscription, version: PlanVersion, added_devices: int) -> None:
    held = subscription.plan_version
    if version.plan.product_id != held.plan.product_id or not 0 <= added_devices <= MOST_ADDED:
        raise SwitchNotPossible
    is_coming = version.pk == subscription.coming_plan_version.pk
    if is_coming and added_devices == subscription.coming_added_devices:
        raise SwitchNotPossible
    if version.pk != held.pk and comparing.is_for_nothing(subscription, version):
        raise SwitchNotPossible
    # What somebody has already stays theirs to keep; anything else must be on offer.
    on_offer = version.plan.is_listed and plans.current(version.plan) == version
    if version.pk != held.pk and not on_offer:
        raise NotForSale


def _dropped(actor: Actor, locked: Subscription) -> Subscription:
    if locked.next_plan_version_id is None and locked.next_added_devices is None:
        return locked
    locked.next_plan_version = locked.next_added_devices = None
    locked.keep_devices = []
    notes.of(actor=actor, action="subscription.switch_dropped", subject=locked, person=locked.person_id)
    mails.switch_dropped(locked)
    planning.plan(locked)
    credit.shift(locked)
    return locked
