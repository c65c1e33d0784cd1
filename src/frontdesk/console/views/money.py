"""Deeds about money: refund, credit, write off. Each asks for a reason and calls the verb of the customers' pages."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing import credits as credit_verbs
from frontdesk.billing import writing_off
from frontdesk.billing.models import Invoice, Refund
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds.asking import Refundable
from frontdesk.catalog.models import Price
from frontdesk.console.forms import CreditForm, ReasonForm, RefundForm
from frontdesk.console.views.common import Question, Text, acting, ask, found_person, looked
from frontdesk.console.views.from_conversation import back_to, tell_refund
from frontdesk.console.views.payments import found_payment
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.core.money import Money

DEED = ["GET", "HEAD", "POST"]


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def refund(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Send money back, in part or whole, with or without what it paid for."""
    payment = found_payment(payment_id)
    looked(request, "payment", [payment.person_id])
    facts = asking.refundable(payment)
    left = Money(facts.minor, payment.currency)
    question = Question(
        title=_("Refund a payment"),
        consequences=[
            _("At most %s can go back. The customer gets a credit note and a mail at once.") % left,
            _("The bank needs up to ten days to show it. A refund cannot be taken back."),
            *_beyond(facts),
            *_limit(request, payment.currency),
        ],
        label=_("Refund"),
        back=back_to(request, reverse("console:payment", args=[payment.pk])),
        tone="danger",
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        made = asking.refund(
            actor=actor,
            payment=payment,
            amount_minor=data["amount"],
            cause=Refund.Cause.STAFF,
            takes_back=data["takes_back"],
            key=f"desk:{data['once']}",
            reason=actor.reason,
        )
        tell_refund(request, payment.person_id, made, actor.reason, data["once"])
        return _refund_words(made)

    form = RefundForm(request.POST or None, currency=payment.currency, initial={"amount": str(left.major)})
    return ask(request, question=question, form=form, deed=deed, context={"person": payment.person})


def _beyond(facts: Refundable) -> list[str]:
    """What it does to others, and what it leaves."""
    said = []
    if facts.is_disputed:
        said.append(_("The customer’s bank is deciding about this payment: nothing can be refunded until it has."))
    if facts.is_handed_over:
        said.append(_("The licence was handed over: its new owner loses what is taken back, and is told if it ends."))
    if facts.is_built_on:
        said.append(_("A later term was paid on top of this: the plan and its devices stay as that term was paid."))
    return said


def _limit(request: HttpRequest, currency: str) -> list[str]:
    """What the role may, for those who have a limit."""
    if acting(request).has_role(Role.MANAGER):
        return []
    limit = Money(settings.REFUND_LIMITS.get(currency, 0), currency)
    return [_("Your role refunds up to %s of a payment; a manager refunds more.") % limit]


def _credit_limit(request: HttpRequest, currencies: list[str]) -> list[str]:
    """The same of credit."""
    if acting(request).has_role(Role.MANAGER):
        return []
    limits = ", ".join(str(Money(settings.REFUND_LIMITS.get(each, 0), each)) for each in currencies)
    text = _("Your role gives a customer up to %(limits)s in %(days)s days; a manager gives more.")
    return [text % {"limits": limits, "days": credit_verbs.LATELY.days}]


def _refund_words(made: Refund) -> Text:
    if made.status == Refund.Status.SUCCEEDED:
        return _("%s is on its way back.") % made.amount
    if made.status == Refund.Status.FAILED:
        return _("The provider refused the refund. Nothing went back.")
    return _("The refund is under way. The payment's page shows how it ends.")


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def give_credit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give credit, which the next invoice in that currency uses."""
    person = found_person(person_id)
    looked(request, "customer", [person.pk])
    currencies = _currencies()
    question = Question(
        title=_("Give credit"),
        consequences=[
            _("The next invoice in that currency is lower by so much. The customer is told by mail."),
            _("Credit is not paid out. To send money back, refund a payment."),
            *_credit_limit(request, currencies),
        ],
        label=_("Give credit"),
        back=reverse("console:customer", args=[person.pk]),
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        given = credit_verbs.give(
            actor=actor,
            person=person,
            amount_minor=data["amount"],
            currency=data["currency"],
            key=f"desk:{data['once']}",
            reason=actor.reason,
        )
        return _("%s of credit is given.") % Money(given.amount_minor, given.currency)

    form = CreditForm(request.POST or None, currencies=currencies)
    return ask(request, question=question, form=form, deed=deed, context={"person": person})


def _currencies() -> list[str]:
    """Those that anything is sold in."""
    return sorted(set(Price.objects.values_list("currency", flat=True).distinct())) or ["EUR"]


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def write_off(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Give an open invoice up: nobody is asked to pay it any more."""
    invoice = Invoice.objects.filter(pk=invoice_id).select_related("person", "order").first()
    if invoice is None:
        raise NotFound
    looked(request, "invoice", [invoice.person_id])
    question = Question(
        title=_("Write an invoice off"),
        consequences=[
            _("Nobody is asked to pay %s any more. Credit that was used on it comes back.") % invoice.gross,
            _("An order that it was for is canceled, and its coupon is free again."),
            _("A renewal that it was for is not tried again: the licence keeps its grace, and ends unless renewed."),
        ],
        label=_("Write off"),
        back=_back(invoice),
        tone="danger",
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        writing_off.write_off(actor=actor, invoice=invoice)
        return _("The invoice is written off.")

    return ask(request, question=question, form=ReasonForm(request.POST or None), deed=deed,
               context={"person": invoice.person})  # fmt: skip


def _back(invoice: Invoice) -> str:
    return reverse("console:customer", args=[invoice.person_id]) if invoice.person_id else reverse("console:find")
