"""Why somebody was charged: everything that led to a payment, what came of it, and what comes next, in order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from frontdesk.billing import credits as credit
from frontdesk.billing import declines, surplus
from frontdesk.billing.models import ChargeNotice, Dispute, Invoice, InvoiceKind, Payment, Refund, Subscription
from frontdesk.console.words import day, views_of
from frontdesk.core import audit, history
from frontdesk.core.actors import ActorKind
from frontdesk.core.models import AuditEntry


@dataclass(frozen=True)
class Line:
    """Something that happened, or (`tone` ahead) will: when, what, and what more there is to say."""

    at: datetime | None
    text: str
    detail: str = ""
    tone: str = ""


def story_of(payment: Payment) -> list[Line]:
    """The whole story of the payment's invoice, the oldest first, the next step last."""
    invoice = payment.invoice
    subscription = invoice.subscription
    happened = [
        *_order(invoice),
        *(_notices(subscription, invoice) if subscription else ()),
        *_tries(invoice),
        *_issued(invoice),
        *_refunds(invoice),
        *_disputes(invoice),
        *_deeds(payment, invoice, subscription),
    ]
    told = [(line.at, index, line) for index, line in enumerate(happened) if line.at]
    return [*(line for _at, _index, line in sorted(told)), *(_ahead(subscription) if subscription else ())]


def _order(invoice: Invoice) -> Iterator[Line]:
    order = invoice.order
    if order:
        yield Line(
            order.placed_at,
            _("%(purpose)s ordered: %(plan)s")
            % {"purpose": order.get_purpose_display(), "plan": order.plan_version.plan},
            _("Order %(reference)s, %(due)s, the next term %(renewal)s")
            % {"reference": order.reference, "due": order.due, "renewal": order.renewal},
        )


def _notices(subscription: Subscription, invoice: Invoice) -> Iterator[Line]:
    """What the customer was told of this charge."""
    if invoice.period_anchor is None or invoice.period_number is None:
        return
    rows = ChargeNotice.objects.filter(
        subscription=subscription, period_anchor=invoice.period_anchor, period_number=invoice.period_number
    ).select_related("message")
    for notice in rows:
        taken = _("The mail server took it on %s.") % day(notice.accepted_at) if notice.accepted_at else ""
        yield Line(
            notice.created_at,
            _("Price notice: %(amount)s on %(day)s") % {"amount": notice.money, "day": day(notice.charge_at)},
            taken or _("No mail server has taken it."),
            "" if taken else "warn",
        )


def _tries(invoice: Invoice) -> Iterator[Line]:
    for each in invoice.payments.select_related("method").order_by("started_at"):
        card = f"{each.card_brand} •••• {each.card_last4}" if each.card_last4 else str(each.method or "")
        by = _("by the customer") if each.on_session else _("automatic renewal")
        yield Line(
            each.started_at,
            _("Charge of %s started") % each.amount,
            history.joined([_("try %d") % each.attempt, card, by]),
        )
        if each.status == Payment.Status.SUCCEEDED:
            text = _("On the statement: %s") % each.statement_text if each.statement_text else ""
            yield Line(each.settled_at, _("Paid: %s") % each.amount, text, "good")
        elif each.status == Payment.Status.FAILED:
            decline = declines.of(each.decline)
            hint = _("trying this card again is useless") if decline.is_hard else _("trying again may help")
            yield Line(each.settled_at, _("Declined: %s") % decline.text, hint, "bad")
        elif each.status == Payment.Status.SURPLUS:
            yield Line(each.settled_at, _("Arrived, and goes back: %s") % each.amount, str(surplus.why(each)), "warn")
        elif each.status == Payment.Status.CANCELED:
            yield Line(each.settled_at, _("Not finished"), "")
        elif each.status == Payment.Status.UNKNOWN:
            yield Line(each.check_at, _("We ask the provider how it ended"), "", "warn")


def _issued(invoice: Invoice) -> Iterator[Line]:
    if invoice.issued_at:
        yield Line(invoice.issued_at, _("Invoice %s issued") % invoice.number, str(invoice.gross))
    if invoice.void_at:
        yield Line(invoice.void_at, _("The invoice was given up"), "", "warn")
    notes = Invoice.objects.filter(corrects=invoice, kind=InvoiceKind.CREDIT_NOTE)
    for note in notes:
        yield Line(note.issued_at, _("Credit note %s issued") % note.number, str(note.gross))


def _refunds(invoice: Invoice) -> Iterator[Line]:
    for refund in Refund.objects.filter(payment__invoice=invoice):
        taken = _("and what it paid for taken back") if refund.takes_back else ""
        yield Line(
            refund.requested_at,
            _("Refund of %s asked for") % refund.amount,
            history.joined([refund.get_cause_display(), taken]),
        )
        if refund.status == Refund.Status.SUCCEEDED:
            yield Line(refund.settled_at, _("Paid back: %s") % refund.amount, "", "good")
        elif refund.status == Refund.Status.FAILED:
            yield Line(refund.settled_at, _("The refund failed"), "", "bad")
        if refund.came_back_at:
            yield Line(
                refund.came_back_at,
                _("The bank sent %s back") % refund.amount,
                _("Still the customer’s: %s") % refund.ours if refund.is_owed else "",
                "bad",
            )
        if refund.by_bank_minor:
            text = _("The bank has given the customer %s of the refund with a dispute") % refund.by_bank
            yield Line(refund.by_bank_at, text, _("That much is owed no more"))
        if refund.made_good_at and refund.ours_minor:
            text = _("Made good as credit: %s") if credit.replaces(refund) else _("Made good in another way: %s")
            yield Line(refund.made_good_at, text % refund.ours, "", "good")


def _disputes(invoice: Invoice) -> Iterator[Line]:
    for dispute in Dispute.objects.filter(payment__invoice=invoice):
        yield Line(dispute.opened_at, _("The bank holds %s back") % dispute.amount, dispute.reason, "bad")
        if dispute.status == Dispute.Status.WON:
            yield Line(dispute.closed_at, _("The bank decided for us"), "", "good")
        elif dispute.status == Dispute.Status.LOST:
            yield Line(dispute.closed_at, _("The bank gave the money to the customer"), "", "bad")


def _deeds(payment: Payment, invoice: Invoice, subscription: Subscription | None) -> Iterator[Line]:
    """What our team did about it, with the reasons they gave."""
    refunds = Refund.objects.filter(payment__invoice=invoice).values_list("pk", flat=True)
    subjects = [payment.pk, invoice.pk, invoice.order_id, subscription.pk if subscription else None, *refunds]
    rows = AuditEntry.objects.filter(subject__in=[each for each in subjects if each], actor_kind=ActorKind.STAFF)
    entries = list(rows.order_by("id"))
    reasons = audit.reasons_of(payment.person_id, entries) if payment.person_id else {}
    for entry in entries:
        given = reasons.get(entry.pk, "")
        detail = history.joined([_("Our team"), _("Reason given: %s") % given if given else ""])
        yield Line(entry.at, str(history.phrase_of(entry.action).text), detail)


def _ahead(subscription: Subscription) -> Iterator[Line]:
    (view,) = views_of([subscription])
    if view.next:
        yield Line(view.coming.at, _("What comes next"), view.next, "ahead")
