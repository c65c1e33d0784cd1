"""Mails about renewals: ahead of them, when they fail, when they end, and when something is changed."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Message
from frontdesk.billing import amounts, declines, disputed, paid_with, words
from frontdesk.billing.mails.letter import Day, Facts, Said, page, send
from frontdesk.billing.mails.money import card_of
from frontdesk.billing.models import ChargeNotice, Invoice, InvoiceKind, Payment, PaymentMethod, Purpose, Subscription
from frontdesk.billing.subscriptions import schedule
from frontdesk.core.money import Money
from frontdesk.core.reasons import Text


def price_notice(subscription: Subscription, notice: ChargeNotice, *, is_moved: bool = False) -> Message | None:
    """Ahead of a charge: this amount, on this day, on this card, and how to switch it off.

    `is_moved`: an earlier notice named another day. Keep the message in `notice.message`.
    """
    context = {
        "is_moved": is_moved,
        "is_trial_end": subscription.is_trial,
        "term": Said(lambda: words.term(subscription.coming_plan_version.term_months)),
        "later": amounts.later_price(subscription),
    }
    return _about_charge(subscription, notice, "price_notice", context)


def charge_reminder(subscription: Subscription, notice: ChargeNotice) -> Message | None:
    """Seven days and one day before a charge."""
    return _about_charge(subscription, notice, "charge_reminder", {})


def ending_reminder(subscription: Subscription) -> Message | None:
    """Seven days and one day before the end, when nothing renews."""
    return _about(subscription, "ending_reminder", {}, label=_("Renew it"))


def ended(subscription: Subscription) -> Message | None:
    """It is over; says why, by `subscription.end_reason`."""
    rests = disputed.is_resting(subscription)
    context = {
        "reason": subscription.end_reason,
        "is_revivable": subscription.can_come_back and not rests,
        "rests": subscription.can_come_back and rests,
        "is_unreached": subscription.unreached_since is not None,
        "is_trial": subscription.is_trial,
    }
    if context["is_revivable"]:
        return _about(subscription, "ended", context, label=_("Renew it"))
    if context["rests"]:
        return _about(subscription, "ended", context)
    return _about(subscription, "ended", context, link=page("/shop/"), label=_("Buy again"))


def payment_failed(
    subscription: Subscription, payment: Payment, *, retry_at: datetime | None, lapses_at: datetime | None = None
) -> Message | None:
    """Why a renewal could not be charged and what helps; without `retry_at` only another card does."""
    decline = declines.of(payment.decline)
    context = {
        "amount": payment.amount,
        "why": decline.text,
        "remedy": decline.remedy,
        "retry_on": _day(subscription, retry_at),
        "lapses_on": _day(subscription, lapses_at),
    }
    facts = [(_("Amount"), payment.amount), (_("Card"), card_of(payment))]
    link = page("/billing/methods/")
    return _about(subscription, "payment_failed", context, facts=facts, link=link, label=_("Change the card"))


def last_warning(
    subscription: Subscription, *, lapses_at: datetime, is_written_off: bool = False, waits: Payment | None = None
) -> Message | None:
    """Shortly before the licence stops for want of payment. `is_written_off`: no card is tried any more; `waits`: a
    payment that the customer has to confirm with their bank."""
    confirms = waits is not None and waits.status == Payment.Status.REQUIRES_ACTION and bool(waits.action_url)
    context = {
        "lapses_on": _day(subscription, lapses_at),
        "is_written_off": is_written_off,
        "is_trial": subscription.is_trial,
        "confirms": confirms,
    }
    if is_written_off:
        return _about(subscription, "last_warning", context)
    if waits is not None and confirms:
        link = page(f"/billing/payments/{waits.pk}/")
        return _about(subscription, "last_warning", context, link=link, label=_("Confirm the payment"))
    return _about(subscription, "last_warning", context, link=page("/billing/methods/"), label=_("Change the card"))


def confirmation_needed(subscription: Subscription, payment: Payment) -> Message | None:
    """The bank wants the customer to confirm a charge (3-D Secure); the page leads there."""
    facts = [(_("Amount"), payment.amount), (_("Card"), card_of(payment))]
    link = page(f"/billing/payments/{payment.pk}/")
    context = {"amount": payment.amount}
    return _about(subscription, "confirmation_needed", context, facts=facts, link=link, label=_("Confirm the payment"))


def card_expiring(subscription: Subscription, method: PaymentMethod) -> Message | None:
    """The card ends before the next charge."""
    context = {
        "card": Said(lambda: words.card_name(method)),
        "expires": f"{method.exp_month:02}/{method.exp_year}",
        "charge_on": _day(subscription, subscription.charge_at),
    }
    link = page("/billing/methods/")
    return _about(subscription, "card_expiring", context, link=link, label=_("Add the new card"))


def auto_renew_changed(subscription: Subscription) -> Message | None:
    """It was switched on or off, as the row now says."""
    context = {
        "charge_on": _day(subscription, subscription.charge_at),
        "is_handed_over": subscription.handed_over_at is not None,
    }
    return _about(subscription, "auto_renew_on" if subscription.auto_renew else "auto_renew_off", context)


def switch_planned(subscription: Subscription) -> Message | None:
    """Another plan (or fewer devices) from the end of the term on."""
    version = subscription.coming_plan_version
    devices = version.device_limit + subscription.coming_added_devices
    return _about(subscription, "switch_planned", {"next_plan": words.called(version.plan), "next_devices": devices})


def switch_dropped(subscription: Subscription) -> Message | None:
    """The planned change will not happen."""
    return _about(subscription, "switch_dropped", {})


def plan_switched(subscription: Subscription) -> Message | None:
    """The plan has changed now (an upgrade, added devices, or a planned switch at the end of the term)."""
    devices = subscription.plan_version.device_limit + subscription.added_devices
    return _about(subscription, "plan_switched", {"devices": devices})


def _about_charge(
    subscription: Subscription, notice: ChargeNotice, name: str, context: dict[str, Any]
) -> Message | None:
    card = paid_with.card_of(subscription)
    charge_on = Day(notice.charge_at, subscription.zone)
    facts: Facts = [
        (_("Amount, tax included"), notice.money),
        (_("Charged on"), charge_on),
        (_("Last time"), _last_paid(subscription, notice)),
        (_("Card"), Said(lambda: words.card_name(card)) if card else _("none yet: please add one")),
    ]
    context = {
        **context,
        "amount": notice.money,
        "charge_on": charge_on,
        "plan": words.called(subscription.coming_plan_version.plan),
    }
    return _about(subscription, name, context, facts=facts)


def _about(
    subscription: Subscription,
    name: str,
    context: dict[str, Any],
    *,
    facts: Facts = (),
    link: str = "",
    label: Text = "",
) -> Message | None:
    plan = subscription.plan_version.plan
    values = {
        "product": plan.product,
        "plan": words.called(plan),
        "ends_on": Day(schedule.ends_at(subscription), subscription.zone),
    }
    return send(
        subscription.person,
        name,
        context=values | context,
        facts=facts,
        link=link or page(f"/billing/subscriptions/{subscription.pk}/"),
        label=label or _("Open the subscription"),
    )


def _last_paid(subscription: Subscription, notice: ChargeNotice) -> Money | str:
    """What the last term cost, where it was something else: nobody shall find out on the statement."""
    paid = Invoice.objects.filter(
        Q(subscription=subscription) | Q(order__subscription=subscription),
        purpose__in=(Purpose.NEW, Purpose.RENEWAL),
        kind=InvoiceKind.INVOICE,
        paid_at__isnull=False,
    )
    last = paid.order_by("-paid_at").first()
    return last.gross if last and last.gross != notice.money else ""


def _day(subscription: Subscription, moment: datetime | None) -> Day | None:
    return Day(moment, subscription.zone) if moment else None
