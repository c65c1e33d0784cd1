"""Withdrawing from what no payment was made for: a trial, an order that credit or a coupon covers wholly.

No provider is asked, so all of it is one commit: subscription, licence, and the credit that comes back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from frontdesk.accounts.models import Person
from frontdesk.billing import credits as credit
from frontdesk.billing import holders, ledger, locks, lookups, notes
from frontdesk.billing.errors import RefundNotPossible
from frontdesk.billing.events import UnpaidWithdrawn
from frontdesk.billing.invoices import writing
from frontdesk.billing.invoices.selectors import PARTS
from frontdesk.billing.models import Account, Credit, EndReason, Invoice, InvoiceKind, Order, Purpose, Subscription
from frontdesk.billing.subscriptions import ending, planning
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound


@dataclass(frozen=True)
class Unpaid:
    """What can be withdrawn from without a refund, till `until`: an invoice, or (None) the order's trial."""

    order: Order
    invoice: Invoice | None
    until: datetime


def of_order(order: Order, *, also_ended: bool = False) -> list[Unpaid]:
    """What an order brought without a payment, and its licence later; the newest first, as payments go back.

    `also_ended`: the subscription may be over, since this withdrawal ended it.
    """
    subscription = lookups.subscription_of(order)
    later = Q(subscription=subscription) | Q(order__subscription=subscription)
    meant = Q(order=order) | (later & Q(created_at__gte=order.placed_at) if subscription else Q())
    found = [_of_invoice(each, order) for each in _covered().filter(meant) if _is_there(each, also_ended=also_ended)]
    if order.purpose == Purpose.TRIAL and order.paid_at and subscription and (subscription.is_live or also_ended):
        found.append(Unpaid(order, None, _trial_until(order.paid_at, subscription)))
    return found


def withdrawable(person: Person) -> list[Order]:
    """The person's orders without a payment that they may withdraw from now, each once."""
    now = clock.now()
    mine = Order.objects.filter(person=person, paid_at__isnull=False)
    trials = mine.filter(purpose=Purpose.TRIAL, subscription__ended_at=None)
    covered = _covered().filter(person=person, paid_at__gt=now - timedelta(days=settings.REFUND_DAYS))
    owners = {each.order_id or _first_order(each.subscription) for each in covered}
    rows = mine.filter(Q(pk__in=owners - {None}) | Q(pk__in=trials.values("pk")))
    every = rows.select_related("person", "subscription", "plan_version__plan__product").order_by("-placed_at")
    theirs = [order for order in every if not _is_handed_over(order)]
    return [order for order in theirs if any(now < each.until for each in of_order(order))]


@transaction.atomic
def take_back(*, actor: Actor, order: Order, as_of: datetime, also_ended: bool = False) -> None:
    """Withdraw from all of `of_order` that is in time: subscription, licence and credit in one commit. Safe to repeat.

    Raises NotFound (another's order), RefundNotPossible (the licence was handed over: an agent may), ReasonMissing.
    """
    actor = notes.explained(actor, "")
    if actor.kind == ActorKind.CUSTOMER and (order.person_id is None or order.person_id != actor.person):
        raise NotFound
    locked = Order.objects.select_for_update(of=("self",), no_key=True).select_related("subscription").get(pk=order.pk)
    if actor.kind != ActorKind.STAFF and _is_handed_over(locked):
        raise RefundNotPossible
    for each in of_order(locked, also_ended=also_ended):
        if as_of >= each.until:
            continue
        if each.invoice is None:
            _end_trial(actor, locked)
        else:
            _give_back(actor, each.invoice.pk)


def _is_handed_over(order: Order) -> bool:
    held = lookups.subscription_of(order)
    if held is None and order.license is not None and order.purpose == Purpose.RENEWAL:
        return not holders.holds(license=order.license, person=order.person_id)
    return held is not None and held.handed_over_at is not None


def _end_trial(actor: Actor, order: Order) -> None:
    subscription = lookups.subscription_of(order)
    if subscription is None:
        return
    ending.end(actor=actor, subscription=planning.locked(subscription.pk), reason=EndReason.WITHDRAWN)
    events.publish(UnpaidWithdrawn(order=order.pk, invoice=None))


def _give_back(actor: Actor, invoice_id: UUID) -> None:
    """The credit comes back with its credit note; whoever keeps the licence takes it back."""
    invoice = locks.invoice(invoice_id)
    if _is_corrected(invoice):
        return
    if invoice.credit_minor:
        _correct(invoice)
    data = {"invoice": str(invoice.pk), "minor": invoice.credit_minor, "currency": invoice.currency}
    notes.of(actor=actor, action="invoice.withdrawn", subject=invoice, person=invoice.person_id, data=data)
    events.publish(UnpaidWithdrawn(order=None, invoice=invoice.pk))


def _correct(invoice: Invoice) -> None:
    note = writing.correct(invoice, writing.left_to_correct(invoice))
    credit.give_back(invoice, key=_key(invoice))
    entries = {Account.REVENUE: note.net_minor, Account.TAX: note.tax_minor, Account.CREDIT: -invoice.credit_minor}
    ledger.book(booking=f"withdrawn:{invoice.pk}", currency=invoice.currency, entries=entries, invoice=invoice)


def _covered() -> QuerySet[Invoice]:
    """Paid invoices that no payment was needed for. A part of a term that cost nothing is no contract of its own."""
    paid = Invoice.objects.filter(kind=InvoiceKind.INVOICE, paid_at__isnull=False, gross_minor=F("credit_minor"))
    rows = paid.filter(person__isnull=False).exclude(gross_minor=0, purpose__in=PARTS)
    return rows.select_related("subscription", "order__subscription").order_by("-paid_at")


def _of_invoice(invoice: Invoice, order: Order) -> Unpaid:
    paid_at = invoice.paid_at or invoice.created_at
    return Unpaid(invoice.order or order, invoice, paid_at + timedelta(days=settings.REFUND_DAYS))


def _is_there(invoice: Invoice, *, also_ended: bool) -> bool:
    """Whether it was not taken back yet."""
    if invoice.gross_minor:
        return not _is_corrected(invoice)
    owner = invoice.subscription or (invoice.order.subscription if invoice.order else None)
    return owner is not None and (owner.is_live or also_ended)


def _is_corrected(invoice: Invoice) -> bool:
    return Credit.objects.filter(key=_key(invoice)).exists()


def _key(invoice: Invoice) -> str:
    """Under which key the credit of an invoice that was taken back comes back, as with a refund."""
    return f"refunded:{invoice.pk}"


def _trial_until(started: datetime, subscription: Subscription) -> datetime:
    """A running trial can always be left."""
    until = started + timedelta(days=settings.REFUND_DAYS)
    return max(until, subscription.paid_until) if subscription.is_trial else until


def _first_order(subscription: Subscription | None) -> UUID | None:
    rows = Order.objects.filter(subscription=subscription, purpose__in=(Purpose.NEW, Purpose.TRIAL))
    return rows.values_list("pk", flat=True).first() if subscription else None
