"""Writing invoices. All of these run in the caller's transaction."""

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from frontdesk.billing import amounts, locks, notes, taxes
from frontdesk.billing import credits as credit
from frontdesk.billing.amounts import Amount
from frontdesk.billing.errors import NotPayable, PaymentUnderWay
from frontdesk.billing.invoices import numbers, parties
from frontdesk.billing.models import Invoice, InvoiceKind, Order, Payment, Purpose, Refund, Subscription
from frontdesk.core import clock
from frontdesk.core.actors import Actor


def open_for_order(order: Order) -> Invoice:
    """The order's open invoice, made once; the customer's credit is used.

    Where nothing is left to pay (`due_minor` 0), the caller goes on with `settling.settle_free`.
    """
    net, tax = amounts.split_tax(order.due_minor, order.tax_rate)
    invoice, is_new = Invoice.objects.get_or_create(
        order=order,
        kind=InvoiceKind.INVOICE,
        void_at=None,
        defaults={
            "person": order.person,
            "purpose": order.purpose,
            "subscription": order.subscription,
            "plan_version": order.plan_version,
            "currency": order.currency,
            "gross_minor": order.due_minor,
            "net_minor": net,
            "tax_minor": tax,
            "tax_rate": order.tax_rate,
            "tax_country": order.tax_country,
            "lines": order.quote or [],
            "language": order.language,
            "created_at": clock.now(),
        },
    )
    if is_new:
        credit.use(invoice)
    return invoice


def open_for_period(subscription: Subscription, amount: Amount, *, credit_minor: int) -> Invoice:
    """The open invoice for the subscription's coming period, made once; at most `credit_minor` of credit is used.

    A period that was paid already answers with that invoice: whoever charges looks whether it is open.
    """
    rate = taxes.rate_of(subscription.tax_country, clock.now().date())
    net, tax = amounts.split_tax(amount.gross_minor, rate)
    person = subscription.person
    invoice, is_new = Invoice.objects.get_or_create(
        subscription=subscription,
        period_anchor=subscription.anchor,
        period_number=subscription.paid_periods + 1,
        kind=InvoiceKind.INVOICE,
        void_at=None,
        defaults={
            "person": person,
            "purpose": Purpose.RENEWAL,
            "plan_version": subscription.coming_plan_version,
            "currency": amount.currency,
            "gross_minor": amount.gross_minor,
            "net_minor": net,
            "tax_minor": tax,
            "tax_rate": rate,
            "tax_country": subscription.tax_country,
            "lines": [{"text": line.text, "minor": line.minor} for line in amount.lines],
            "language": (person.language if person else "") or settings.LANGUAGE_CODE,
            "created_at": clock.now(),
        },
    )
    if is_new:
        credit.use(invoice, most=credit_minor)
    return invoice


def issue(invoice: Invoice) -> None:
    """Give a paid invoice its number, with buyer and seller as they are now. Under the series' lock: no gap."""
    if invoice.number:
        return
    invoice.number = numbers.take(InvoiceKind.INVOICE)
    invoice.issued_at = clock.now()
    invoice.buyer = parties.buyer(invoice.person, invoice.order.email if invoice.order else "")
    invoice.seller = parties.seller()
    invoice.save(update_fields=["number", "issued_at", "buyer", "seller"])


@transaction.atomic
def void(*, actor: Actor, invoice: Invoice, reason: str = "") -> None:
    """Give an open invoice up; credit used on it comes back, in a transaction of its own or the caller's.

    Raises NotPayable, PaymentUnderWay, ReasonMissing.
    """
    actor = notes.explained(actor, reason)
    current = locks.invoice(invoice.pk)
    if not current.is_open:
        raise NotPayable
    if current.payments.filter(status__in=Payment.UNDER_WAY).exists():
        raise PaymentUnderWay
    current.void_at = invoice.void_at = clock.now()
    current.save(update_fields=["void_at"])
    credit.give_back(current)
    notes.of(actor=actor, action="invoice.voided", subject=current, person=current.person_id)


def credit_note(refund: Refund, *, credit_minor: int = 0) -> Invoice | None:
    """A numbered credit note for money that went back, its tax in proportion; the sum of several never exceeds it.

    `credit_minor`: what comes back as credit beside the money. None when everything was corrected before.
    """
    if refund.credit_note:
        return refund.credit_note
    invoice = refund.payment.invoice
    gross = min(refund.amount_minor + credit_minor, left_to_correct(invoice))
    return correct(invoice, gross) if gross else None


def left_to_correct(invoice: Invoice) -> int:
    """What no credit note has taken back yet."""
    return invoice.gross_minor - (invoice.credit_notes.aggregate(sum=Sum("gross_minor"))["sum"] or 0)


def correct(invoice: Invoice, gross_minor: int) -> Invoice:
    """A credit note of so much for an issued invoice. Raises ValueError for more than is left, or nothing.

    The share of the tax is taken of all credit notes together, so that the last one closes the sum exactly.
    """
    so_far = invoice.credit_notes.aggregate(gross=Sum("gross_minor"), tax=Sum("tax_minor"))
    before, taxed = so_far["gross"] or 0, so_far["tax"] or 0
    if not 0 < gross_minor <= invoice.gross_minor - before:
        raise ValueError(f"{gross_minor} of {invoice.gross_minor - before} cannot be corrected")
    tax = amounts.share(invoice.tax_minor, before + gross_minor, invoice.gross_minor) - taxed
    now = clock.now()
    return Invoice.objects.create(
        kind=InvoiceKind.CREDIT_NOTE,
        number=numbers.take(InvoiceKind.CREDIT_NOTE),
        person=invoice.person,
        purpose=invoice.purpose,
        subscription=invoice.subscription,
        order=invoice.order,
        plan_version=invoice.plan_version,
        corrects=invoice,
        currency=invoice.currency,
        gross_minor=gross_minor,
        net_minor=gross_minor - tax,
        tax_minor=tax,
        tax_rate=invoice.tax_rate,
        tax_country=invoice.tax_country,
        buyer=parties.buyer_on(invoice),
        seller=parties.seller(),
        language=invoice.language,
        created_at=now,
        issued_at=now,
        paid_at=now,
    )
