"""Mails about money that went back, is held, or was given."""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import surplus, words
from frontdesk.billing.invoices.selectors import PARTS, version_of
from frontdesk.billing.mails.letter import Day, Facts, Said, page, send
from frontdesk.billing.models import Credit, Dispute, Invoice, Payment, Refund, Subscription
from frontdesk.catalog.models import Plan
from frontdesk.core.money import Money


def refunded(refund: Refund) -> Message | None:
    """The money is on its way back; with the credit note, once there is one."""
    note = refund.credit_note
    context = {
        "amount": refund.amount,
        "is_withdrawal": refund.cause == Refund.Cause.WITHDRAWAL,
        "asked_at": Day(refund.requested_at, zone_of_payment(refund.payment), clock=True),
        "takes_back": refund.takes_back,
        "why": surplus.why(refund.payment),
        **what_is_left(refund.payment.invoice),
        "number": note.number if note else "",
    }
    facts: Facts = [(_("Amount"), refund.amount), (_("Card"), card_of(refund.payment))]
    return _about(refund.payment, "refunded", context, facts)


def refund_asked(refund: Refund) -> Message | None:
    """The request, with its moment, when the bank has not answered at once: a withdrawal is receipted in any case."""
    context = {
        "amount": refund.amount,
        "is_withdrawal": refund.cause == Refund.Cause.WITHDRAWAL,
        "asked_at": Day(refund.requested_at, zone_of_payment(refund.payment), clock=True),
    }
    return _about(refund.payment, "refund_asked", context, [(_("Amount"), refund.amount)])


def refund_failed(refund: Refund) -> Message | None:
    """The bank did not take the refund, or sent it back later; people look into what is owed of it."""
    return _about(refund.payment, "refund_failed", {"amount": refund.ours}, ())


def refund_made_good(refund: Refund) -> Message | None:
    """What was owed of a refund that the bank had sent back was sent in another way."""
    return _about(refund.payment, "refund_made_good", {"amount": refund.ours}, ())


def credit_given(credit: Credit) -> Message | None:
    """Credit that the next invoice uses."""
    amount = Money(credit.amount_minor, credit.currency)
    return send(
        credit.person, "credit_given", context={"amount": amount}, link=page("/billing/"), label=_("Open billing")
    )


class Left(StrEnum):
    """What is left of a licence when a dispute is closed."""

    AS_IT_WAS = "as it was"  # nothing on it has changed
    WORKS = "works"  # it rested, and goes on
    LESS = "less"  # it goes on without what the payment was for
    NOTHING = "nothing"  # it has ended


def dispute_opened(dispute: Dispute, *, rests: bool) -> Message | None:
    """The bank asks. `rests`: the licence is paused meanwhile."""
    return _about(dispute.payment, "dispute_opened", {"amount": dispute.amount, "rests": rests}, ())


def dispute_closed(dispute: Dispute, *, leaves: Left) -> Message | None:
    """How the bank decided, as the row now says, and what that leaves of the licence."""
    name = "dispute_won" if dispute.status == Dispute.Status.WON else "dispute_lost"
    left = what_is_left(dispute.payment.invoice) if dispute.payment.status == Payment.Status.SUCCEEDED else {}
    return _about(dispute.payment, name, {"amount": dispute.amount, "leaves": str(leaves), **left}, ())


def what_is_left(invoice: Invoice) -> dict[str, Any]:
    """What became of the licence whose payment was taken back, for a mail: `left` says whether it changed ("changed"),
    goes on ("time", until `left_until`; and `renews` then), has ended ("nothing"), or we do not know ("").
    """
    purpose = invoice.purpose
    if purpose in PARTS:
        return {"left": "changed", "purpose": purpose}
    number = invoice.subscription_id or (invoice.order.subscription_id if invoice.order else None)
    held = Subscription.objects.select_related("plan_version").get(pk=number) if number else None
    if held is None:
        return {"left": "", "purpose": purpose}
    if not held.is_live and not held.outlived:
        return {"left": "nothing", "purpose": purpose}
    renews = held.is_live and held.auto_renew
    return {"left": "time", "left_until": Day(held.paid_until, held.zone), "renews": renews, "purpose": purpose}


def plan_of(invoice: Invoice) -> Plan:
    """The plan that an invoice is for."""
    return version_of(invoice).plan


def payer(payment: Payment) -> Person | str | None:
    """Whom mails about a payment go to: its customer, else the address on the order."""
    order = payment.invoice.order
    return payment.person or (order.email if order else None)


def zone_of_payment(payment: Payment) -> str:
    """The zone that days are said in: the contract's."""
    owner = payment.invoice.order or payment.invoice.subscription
    return owner.zone if owner else ""


def _about(payment: Payment, name: str, context: dict[str, Any], facts: Facts) -> Message | None:
    plan = plan_of(payment.invoice)
    zone = zone_of_payment(payment)
    values = {
        "product": plan.product,
        "plan": words.called(plan),
        "paid_on": Day(payment.settled_at or payment.started_at, zone),
        **context,
    }
    link = page(f"/billing/payments/{payment.pk}/")
    return send(payer(payment), name, context=values, facts=facts, link=link, label=_("Open the payment"))


def card_of(payment: Payment) -> object:
    """The card that a payment was made with."""
    return Said(lambda: words.card_of_payment(payment))
