"""An order's page: where one comes back to from paying, and sees how it ended and what comes next."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, declines, surplus
from frontdesk.billing import orders as ordering
from frontdesk.billing.errors import PaymentProviderAway
from frontdesk.billing.invoices.selectors import has_renewed_itself
from frontdesk.billing.models import Order, Payment, Purpose
from frontdesk.billing.payments import methods, paying
from frontdesk.billing.views.common import acting, for_person
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.licensing.presentation import LicenseView
from frontdesk.licensing.selectors import access_license
from frontdesk.portal import shop
from frontdesk.portal.paying import chosen_card, due_of, invoice_of, newest_payment, pay, usable_cards


@require_safe
@for_person
def order_page(request: HttpRequest, person: Person, order_id: UUID) -> HttpResponse:
    """How an order stands. A payment without an outcome is asked about at the provider, at once."""
    order, payment = _as_it_stands(person, order_id)
    context: dict[str, Any] = {"order": order, "payment": payment, "product": order.plan_version.plan.product}
    context["edition"] = shop.edition_name(order.plan_version)
    if order.paid_at:
        return render(request, "portal/order/paid.html", context | _bought(person, order))
    if order.canceled_at:
        context["why_back"] = surplus.why(payment) if payment else ""
        context["has_renewed"] = has_renewed_itself(order)
        return render(request, "portal/order/gone.html", context)
    if payment and payment.is_waited_for:
        return render(request, "portal/order/waiting.html", context)
    return render(request, "portal/order/open.html", context | _to_pay(person, order, payment))


@require_POST
@for_person
def pay_order(request: HttpRequest, person: Person, order_id: UUID) -> HttpResponse:
    """Pay an order that is open: after a refusal, or when one came back without paying.

    On the provider's page, or (a trial) with the kept card that was chosen.
    """
    return pay(request, person, ordering.access_order(person, order_id), chosen_card(request, person))


@require_safe
@for_person
def trial_card(request: HttpRequest, person: Person, order_id: UUID, provider: str) -> HttpResponse:
    """Back from leaving a card for a trial, which begins with it."""
    order = ordering.access_order(person, order_id)
    if not order.is_open:
        return redirect("portal:order", order.pk)
    setup = request.GET.get("setup", "")
    actor = acting(person)
    card = methods.finish_adding(actor=actor, person=person, provider=provider, setup_ref=setup)
    if card is None:
        messages.warning(request, _("The card could not be kept, so the trial has not begun. Please try once more."))
    else:
        ordering.start_trial(actor=actor, order=order, method=card)
    return redirect("portal:order", order.pk)


@require_safe
@for_person
def back(request: HttpRequest, person: Person, order_id: UUID) -> HttpResponse:
    """Back from the provider's page without having paid: that page is closed, and the order stays open.

    Where the bank has not said how it ended, or it was paid after all, the order's page tells that, and nothing here.
    """
    order = ordering.access_order(person, order_id)
    payment = newest_payment(order)
    if payment and payment.status in Payment.UNDER_WAY:
        try:
            payment = paying.cancel(payment=payment)
        except PaymentProviderAway:
            return redirect("portal:order", order.pk)  # its page says how it stands
    is_unpaid = payment is None or payment.status in {Payment.Status.FAILED, Payment.Status.CANCELED}
    if is_unpaid and ordering.access_order(person, order_id).is_open:
        messages.info(request, _("You came back without paying. Nothing was charged, and your order is kept."))
    return redirect("portal:order", order.pk)


@require_POST
@for_person
def cancel_order(request: HttpRequest, person: Person, order_id: UUID) -> HttpResponse:
    """Give an unpaid order up."""
    payment = _as_it_stands(person, order_id)[1]
    if payment and payment.status in Payment.UNDER_WAY:
        paying.cancel(payment=payment)
    ordering.cancel(actor=acting(person), order=ordering.access_order(person, order_id))
    messages.success(request, _("The order was canceled. Nothing was charged."))
    return redirect("billing:home")


def _to_pay(person: Person, order: Order, payment: Payment | None) -> dict[str, Any]:
    """What is left to pay, why the last try failed, and what has to end before another one.

    `beside`: another payment for the same subscription, which the customer may be waited for with.
    """
    is_trial = order.purpose == Purpose.TRIAL
    to_pay = order.due if is_trial else due_of(order)
    failed = payment is not None and payment.status == Payment.Status.FAILED
    return {
        "decline": declines.of(payment.decline) if payment and failed else None,
        "is_trial": is_trial,
        "cards": usable_cards(person) if is_trial else [],
        "beside": None if is_trial else paying.beside(invoice_of(order)),
        "to_pay": to_pay,
        "credit": to_pay.minor - order.due_minor,
    }


def _as_it_stands(person: Person, order_id: UUID) -> tuple[Order, Payment | None]:
    order = ordering.access_order(person, order_id)
    payment = newest_payment(order)
    if payment and payment.status in Payment.UNDER_WAY:
        payment = paying.asked(payment)
        order = ordering.access_order(person, order_id)
    return order, payment


def _bought(person: Person, order: Order) -> dict[str, Any]:
    """The licence that was paid for, unless it has another owner by now."""
    number = order.license or (order.subscription.license if order.subscription else None)
    try:
        license = access_license(person, number) if number else None
    except NotFound:
        license = None
    held = order.subscription
    return {
        "view": LicenseView(license, clock.now()) if license else None,
        "subscription": held,
        "later": amounts.later_price(held) if held else None,
    }
