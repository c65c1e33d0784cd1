"""Mails about orders and what was paid."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Message
from frontdesk.billing import amounts, declines, words
from frontdesk.billing.invoices.selectors import version_of
from frontdesk.billing.mails.letter import Day, Facts, Said, page, send
from frontdesk.billing.mails.money import card_of
from frontdesk.billing.models import Invoice, Order, Payment, Purpose, Subscription
from frontdesk.core import clock
from frontdesk.core.money import Money
from frontdesk.core.reasons import Text


def order_confirmed(
    order: Order, subscription: Subscription | None = None, *, ends_at: datetime | None = None
) -> Message | None:
    """The contract in short, on paying: what, price, term, renewal, the right to withdraw. Licensing mails the code.

    `subscription` says when it renews or ends, unless `ends_at` does; without both that is left out.
    """
    name = "order_confirmed" if order.purpose == Purpose.NEW else "change_confirmed"
    facts = [*_contract(order), *_prices(order)]
    return _about_order(order, subscription, name, facts, ends_at)


def order_declined(payment: Payment, order: Order) -> Message | None:
    """A payment that was waited for did not go through: why, and how the order can be paid while it is open."""
    decline, plan = declines.of(payment.decline), order.plan_version.plan
    is_open = order.is_open and order.expires_at > clock.now()
    context = {
        "product": plan.product,
        "plan": words.called(plan),
        "amount": payment.amount,
        "why": decline.text,
        "charged": decline.charged,
        "is_by_bank": decline.is_by_bank,
        "open_until": Day(order.expires_at, order.zone, clock=True) if is_open else None,
    }
    facts = [(_("Order"), order.reference), (_("Amount"), payment.amount), (_("Card"), card_of(payment))]
    link, label = page(f"/orders/{order.pk}/"), _("Pay the order") if is_open else _("Open the order")
    return send(order.person or order.email, "order_declined", context=context, facts=facts, link=link, label=label)


def trial_started(order: Order, subscription: Subscription) -> Message | None:
    """The trial's end, and what comes then."""
    return _about_order(order, subscription, "trial_started", _contract(order))


def receipt(invoice: Invoice, payment: Payment | None = None) -> Message | None:
    """What was paid, for what, with the invoice; `payment` is None when credit paid it all."""
    version = version_of(invoice)
    context = {
        "product": version.plan.product,
        "plan": words.called(version.plan),
        "amount": Money(invoice.due_minor, invoice.currency) if invoice.due_minor else invoice.gross,
        "is_free": invoice.gross_minor == 0,
        "is_by_credit": invoice.gross_minor > 0 and invoice.due_minor == 0,
        "statement": payment.statement_text if payment else "",
    }
    facts: Facts = [
        (_("Invoice"), invoice.number or ""),
        (_("Amount"), invoice.gross),
        (_("Tax in it"), Money(invoice.tax_minor, invoice.currency) if invoice.tax_minor else ""),
        (_("Paid with credit"), Money(invoice.credit_minor, invoice.currency) if invoice.credit_minor else ""),
        (_("Card"), card_of(payment) if payment else ""),
    ]
    to = invoice.person or (invoice.order.email if invoice.order else None)
    link = page(f"/billing/invoices/{invoice.pk}/")
    return send(to, "receipt", context=context, facts=facts, link=link, label=_("Open the invoice"))


def _contract(order: Order) -> list[tuple[Text, object]]:
    version = order.plan_version
    return [
        (_("Order"), order.reference),
        (_("Plan"), words.called(version.plan)),
        (_("Devices"), version.device_limit + order.added_devices),
        (_("Term"), Said(lambda: words.term(version.term_months))),
    ]


def _prices(order: Order) -> list[tuple[Text, object]]:
    discount = Money(-order.discount_minor, order.currency) if order.discount_minor else ""
    return [
        (_("Price, tax included"), Money(order.list_minor, order.currency)),
        (_("Discount"), discount),
        (_("Total"), order.due),
    ]


def _about_order(
    order: Order,
    subscription: Subscription | None,
    name: str,
    facts: list[tuple[Text, object]],
    ends_at: datetime | None = None,
) -> Message | None:
    plan = order.plan_version.plan
    ends_at = ends_at or (subscription.paid_until if subscription else None)
    context = {
        "product": plan.product,
        "plan": words.called(plan),
        "purpose": order.purpose,
        "devices": order.plan_version.device_limit + order.added_devices,
        "renews": subscription.auto_renew if subscription else order.auto_renew,
        "ends_on": Day(ends_at, subscription.zone if subscription else order.zone) if ends_at else None,
        "renewal": order.renewal,
        "later": amounts.later_price(subscription) if subscription else None,
        "days": settings.REFUND_DAYS,
        "withdraw_url": page("/withdraw/"),
    }
    link = page(f"/billing/subscriptions/{subscription.pk}/" if subscription else "/billing/")
    return send(order.person or order.email, name, context=context, facts=facts, link=link, label=_("Open billing"))
