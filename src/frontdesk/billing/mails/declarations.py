"""Mails about withdrawing, canceling, and charges that somebody does not recognise."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Message
from frontdesk.billing import words
from frontdesk.billing.mails.letter import Day, Facts, page, send
from frontdesk.billing.mails.money import payer, plan_of, what_is_left, zone_of_payment
from frontdesk.billing.models import Declaration, DeclarationKind, InvoiceKind, Order, Payment, Subscription
from frontdesk.billing.subscriptions import schedule
from frontdesk.core.reasons import Text


def declaration_received(declaration: Declaration) -> Message | None:
    """The receipt, to the address that was typed, with the moment that counts. It never carries the link."""
    context = {"declared_at": Day(declaration.declared_at, "UTC", clock=True), **_kind(declaration)}
    facts = [(_("Name"), declaration.name), (_("Contract, as given"), declaration.contract)]
    return send(declaration.email, "declaration_received", context=context, facts=facts)


def declaration_link(declaration: Declaration, order: Order, token: str) -> Message | None:
    """The link that carries it out, to the order's own address."""
    context = {
        "declared_at": Day(declaration.declared_at, order.zone, clock=True),
        "plan": words.called(order.plan_version.plan),
        "order_reference": order.reference,
        **_kind(declaration),
    }
    link = page(f"/declarations/{token}/")
    return send(
        order.person or order.email, "declaration_link", context=context, link=link, label=_("Open"), is_secret=True
    )


def declaration_done(declaration: Declaration, order: Order, subscription: Subscription | None) -> Message | None:
    """It was carried out."""
    paid = order.invoices.filter(kind=InvoiceKind.INVOICE, paid_at__isnull=False).first()
    context = {
        **(what_is_left(paid) if paid else {}),
        "declared_at": Day(declaration.declared_at, order.zone, clock=True),
        "plan": words.called(order.plan_version.plan),
        "ends_on": Day(schedule.ends_at(subscription), order.zone) if subscription and subscription.is_live else "",
        **_kind(declaration),
    }
    link, label = page("/billing/"), _("Open billing")
    return send(order.person or order.email, "declaration_done", context=context, link=link, label=label)


def declaration_dismissed(declaration: Declaration, reason: str) -> Message | None:
    """There was nothing to carry out, and why; to the address that was typed, which is who waits for an answer."""
    context = {"declared_at": Day(declaration.declared_at, "UTC", clock=True), "reason": reason, **_kind(declaration)}
    facts = [(_("Name"), declaration.name), (_("Contract, as given"), declaration.contract)]
    link = page("/contact/")
    return send(
        declaration.email, "declaration_dismissed", context=context, facts=facts, link=link, label=_("Write to us")
    )


def charge_explained(payment: Payment, *, refund_until: datetime | None) -> Message | None:
    """What a charge was for, to the order's address, and the way to a refund while there is one."""
    plan = plan_of(payment.invoice)
    zone = zone_of_payment(payment)
    context = {
        "amount": payment.amount,
        "paid_on": Day(payment.settled_at or payment.started_at, zone),
        "last4": payment.card_last4,
        "plan": words.called(plan),
        "statement": payment.statement_text,
        "refund_until": Day(refund_until, zone) if refund_until else None,
    }
    facts = [(_("Amount"), payment.amount), (_("On the bank statement"), payment.statement_text), *_ordered(payment)]
    link = page(f"/billing/payments/{payment.pk}/")
    label: Text = _("Open the payment")
    if refund_until:
        link, label = f"{link}refund/", _("Get the money back")
    return send(payer(payment), "charge_explained", context=context, facts=facts, link=link, label=label)


def _ordered(payment: Payment) -> Facts:
    order = payment.invoice.order
    return [(_("Order"), order.reference)] if order else []


def _kind(declaration: Declaration) -> dict[str, bool]:
    return {"is_withdrawal": declaration.kind == DeclarationKind.WITHDRAWAL}
