"""Deeds about money that nobody could settle: look again, give up, and make good what a bank sent back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing import credits as credit
from frontdesk.billing import looking_again
from frontdesk.billing.errors import DiffersOtherwise, OwedOtherwise
from frontdesk.billing.models import Dispute, Payment, Refund
from frontdesk.billing.payments.settling import Differs
from frontdesk.billing.refunds import returned
from frontdesk.console.forms import GiveUpForm, MakeGoodForm, ReasonForm
from frontdesk.console.views.common import Already, Answer, Question, Text, ask, looked
from frontdesk.console.views.money import DEED
from frontdesk.console.views.payments import found_payment
from frontdesk.console.words import day, difference_of
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def look_again(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Ask the provider how a payment stands."""
    payment = found_payment(payment_id)
    return _look(request, payment, lambda actor: looking_again.at_payment(actor=actor, payment=payment.pk))


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def give_up(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Close a payment over which we and the provider differ."""
    payment = found_payment(payment_id)
    looked(request, "payment", [payment.person_id])
    question = Question(
        title=_("Give a payment up"),
        consequences=[
            *([difference_of(payment)] if payment.difference else []),
            _("It counts as not paid, and what it was for can be paid anew; a renewal is tried again by itself."),
            _("Make sure first that the provider has given back what it took: nothing is sent back from here."),
        ],
        label=_("Give it up"),
        back=reverse("console:payment", args=[payment.pk]),
        tone="danger",
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        looking_again.give_up(actor=actor, payment=payment.pk, agreed=data["agreed"])
        return _("The payment was given up.")

    form = GiveUpForm(request.POST or None, initial={"agreed": payment.difference})
    context = {"person": payment.person}
    return ask(request, question=question, form=form, deed=deed, context=context, anew=DiffersOtherwise)


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def look_again_refund(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Ask the provider how a refund stands."""
    refund = _refund(refund_id)
    return _look(request, refund.payment, lambda actor: looking_again.at_refund(actor=actor, refund=refund.pk))


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def make_good(request: HttpRequest, refund_id: UUID) -> HttpResponse:
    """Say how the customer got what a bank had sent back: the amount that the page names, and no other."""
    refund = _refund(refund_id)
    looked(request, "payment", [refund.person_id])
    if request.method != "POST" and not refund.is_owed:
        messages.info(request, " ".join([_("Nothing of this refund is owed."), *_how_good(refund)]))
        return redirect("console:payment", refund.payment_id)
    question = Question(
        title=_("Make a refund good"),
        consequences=[
            _("The bank sent %s back to us. The money is the customer’s still.") % refund.amount,
            *_taken(refund),
            _("This only writes down how they got it, and tells them by mail; as credit it is theirs at once."),
            *_bank_decides(refund),
        ],
        label=_("Write it down"),
        back=reverse("console:payment", args=[refund.payment_id]),
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Answer:
        as_credit = data["way"] == MakeGoodForm.CREDIT
        if returned.make_good(actor=actor, refund=refund, agreed_minor=data["agreed"], as_credit=as_credit):
            return _("The refund is made good.")
        refund.refresh_from_db()
        return Already(" ".join([*_how_good(refund), _("Nothing was written down now.")]))

    form = MakeGoodForm(request.POST or None, initial={"agreed": refund.ours_minor})
    context = {"person": refund.person}
    return ask(request, question=question, form=form, deed=deed, context=context, anew=OwedOtherwise)


def _how_good(refund: Refund) -> list[str]:
    """How and when it was made good, where it was: who comes second may have sent the money, too."""
    if refund.came_back_at is None or refund.made_good_at is None:
        return []
    values = {"day": day(refund.made_good_at)}
    if not refund.ours_minor:
        return [_("The bank gave all of it to the customer with a dispute, on %(day)s.") % values]
    if credit.replaces(refund):
        return [_("It was made good already: as credit, on %(day)s.") % values]
    return [_("It was made good already: in another way, on %(day)s.") % values]


def _taken(refund: Refund) -> list[str]:
    if not refund.by_bank_minor:
        return []
    values = {"given": refund.by_bank, "rest": refund.ours}
    return [_("The bank has given them %(given)s of it with a dispute, so %(rest)s are to be made good.") % values]


def _bank_decides(refund: Refund) -> list[str]:
    if not refund.payment.disputes.filter(status=Dispute.Status.OPEN).exists():
        return []
    return [_("The customer’s bank is deciding about this payment. Wait for that: it may take this money with it.")]


def _look(request: HttpRequest, payment: Payment, verb: Callable[[Actor], Payment | Refund]) -> HttpResponse:
    looked(request, "payment", [payment.person_id])
    question = Question(
        title=_("Look at the provider again"),
        consequences=[
            _("The provider is asked how it stands now. Where it agrees with us, it is settled with all that follows."),
            _("Where it still says another amount, everything stays as it is."),
        ],
        label=_("Look again"),
        back=reverse("console:payment", args=[payment.pk]),
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        try:
            row = verb(actor)
        except Differs:
            return _("The provider still says another amount or object. Nothing was changed.")
        return _("It stands as: %s.") % row.get_status_display()

    context = {"person": payment.person}
    return ask(request, question=question, form=ReasonForm(request.POST or None), deed=deed, context=context)


def _refund(refund_id: UUID) -> Refund:
    rows = Refund.objects.select_related("person", "payment__person")
    refund = rows.filter(pk=refund_id).first()
    if refund is None:
        raise NotFound
    return refund
