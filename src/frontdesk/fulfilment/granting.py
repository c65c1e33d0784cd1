"""What a payment does to a licence: it comes into being, goes on, or has another plan."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Q

from frontdesk.billing.errors import QuoteOutdated, SubscriptionOver, SwitchNotPossible
from frontdesk.billing.events import (
    ChargeDropped,
    ChargeMoved,
    InvoicePaid,
    PlanSwitched,
    SubscriptionEnded,
    TermPaid,
    TrialStarted,
)
from frontdesk.billing.models import EndReason, Invoice, Order, Purpose
from frontdesk.billing.subscriptions import beginning, renewing
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.actors import Actor
from frontdesk.licensing import licenses, selling, terms
from frontdesk.licensing.models import License, Term, TermKind

log = structlog.get_logger(__name__)
PAID = Actor.system("it was paid")


def grant_ref(invoice: UUID) -> str:
    """Under which name the time lies that an invoice paid for."""
    return f"invoice:{invoice}"


def trial_ref(order: UUID) -> str:
    """Under which name the days of an order's trial lie."""
    return f"trial:{order}"


def deliver(event: InvoicePaid) -> None:
    """An order was paid. Upgrades and devices come with PlanSwitched, renewals by the sweep with TermPaid.

    What cannot be had any more is refused, so that its money goes back. Raises QuoteOutdated for a part of a term whose
    licence runs longer or shorter by now than its price was for; SubscriptionOver and SwitchNotPossible for a term of a
    licence that was paid back, or handed over, since it was ordered.
    """
    invoice = Invoice.objects.select_related("order__plan_version__plan__product", "order__person").get(
        pk=event.invoice
    )
    order = invoice.order
    if order is None:
        return
    if order.purpose == Purpose.NEW:
        _new(order, invoice)
    elif order.purpose == Purpose.RENEWAL and order.license:
        _further_term(order, order.license, invoice.pk)
    elif order.license and _has_moved(order):
        raise QuoteOutdated


def extend(event: TermPaid) -> None:
    """A renewal: the term follows the paid end without a gap, however long the bank took.

    Raises SubscriptionOver where the licence was paid back meanwhile.
    """
    version = PlanVersion.objects.select_related("plan").get(pk=event.plan_version)
    _grant(event.license, version, event.invoice, since=event.starts_at)


def start_trial(event: TrialStarted) -> None:
    """A licence for the days of the trial, and the subscription that follows it."""
    order = Order.objects.select_related("plan_version__plan__product", "person").get(pk=event.order)
    if order.person is None:
        return
    license = selling.sell(
        actor=Actor.system("a trial was started"),
        owner=order.person,
        plan_version=order.plan_version,
        added_devices=order.added_devices,
        kind=TermKind.TRIAL,
        days=order.plan_version.trial_days,
        grant_ref=trial_ref(order.pk),
    )
    beginning.begin(
        order=order,
        license=license.pk,
        starts_at=license.starts_at,
        ends_at=license.expires_at,
        method=event.method,
    )


def switch_plan(event: PlanSwitched) -> None:
    """The licence has the plan that is paid for; where fewer devices fit, those that were chosen stay."""
    license = License.objects.get(pk=event.license)
    version = PlanVersion.objects.select_related("plan").get(pk=event.plan_version)
    limit = version.device_limit + event.added_devices
    # What was chosen months ago may have gone meanwhile: a payment must not fail on that.
    live = set(license.activations.filter(pk__in=event.keep, removed_at=None).values_list("pk", flat=True))
    licenses.change_plan_version(
        actor=Actor.system("its subscription has another plan"),
        license=license,
        plan_version=version,
        added_devices=event.added_devices,
        keep=[each for each in event.keep if each in live][:limit],
    )


def tolerate(event: ChargeMoved) -> None:
    """A charge comes late: devices go on until the grace behind it ends."""
    license = License.objects.select_related("plan_version").get(pk=event.license)
    until = event.charge_at + timedelta(days=license.plan_version.grace_days)
    licenses.tolerate(license=license, until=until)


def tolerate_less(event: ChargeDropped) -> None:
    """It does not come at all: devices go on until the day that was promised, and no grace behind it."""
    licenses.tolerate(license=License.objects.get(pk=event.license), until=event.ends_at)


def stop_tolerating(event: SubscriptionEnded) -> None:
    """No charge is to come any more. A licence whose owner leaves is ended by licensing itself."""
    if event.reason != EndReason.ERASED:
        licenses.tolerate(license=License.objects.get(pk=event.license), until=None)


def _has_moved(order: Order) -> bool:
    """Whether time came to the order's licence, or was taken, since the order was placed."""
    is_later = Q(granted_at__gt=order.placed_at) | Q(revoked_at__gt=order.placed_at)
    return Term.objects.filter(is_later, license=order.license).exists()


def _new(order: Order, invoice: Invoice) -> None:
    if order.person is None:
        log.error("paid_order_of_nobody", order=str(order.pk))  # the account went while the bank was asked
        return
    license = selling.sell(
        actor=PAID,
        owner=order.person,
        plan_version=order.plan_version,
        added_devices=order.added_devices,
        kind=TermKind.ORDER,
        months=order.plan_version.term_months,
        grant_ref=grant_ref(invoice.pk),
    )
    beginning.begin(order=order, license=license.pk, starts_at=license.starts_at, ends_at=license.expires_at)


def _further_term(order: Order, license_id: UUID, invoice: UUID) -> None:
    license = _grant(license_id, order.plan_version, invoice)
    if license.owner_id != order.person_id:
        raise SwitchNotPossible
    if order.subscription_id is None and not _is_as_ordered(order, license, invoice):
        raise QuoteOutdated
    renewing.confirm(order=order, ends_at=license.expires_at)


def _is_as_ordered(order: Order, license: License, invoice: UUID) -> bool:
    """Whether a licence has the plan that a term was ordered of, and nobody has paid for one since; under its lock."""
    paid = Term.objects.filter(license=license, kind=TermKind.ORDER, granted_at__gt=order.placed_at)
    has_another = paid.exclude(grant_ref=grant_ref(invoice)).exists()
    plan = (license.plan_version_id, license.added_devices)
    return plan == (order.plan_version_id, order.added_devices) and not has_another


def _grant(license_id: UUID, version: PlanVersion, invoice: UUID, since: datetime | None = None) -> License:
    """The licence with its further term, as it is under its lock."""
    license = License.objects.get(pk=license_id)
    terms.grant(
        actor=PAID,
        license=license,
        kind=TermKind.ORDER,
        plan_version=version,
        grant_ref=grant_ref(invoice),
        months=version.term_months,
        since=since,
    )
    license.refresh_from_db()
    if license.refunded_at is not None:
        raise SubscriptionOver
    return license
