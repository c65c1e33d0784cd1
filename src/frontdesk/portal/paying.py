"""Bringing a customer to where an order is paid. Never inside a transaction: a provider is asked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from frontdesk.accounts.models import Person
from frontdesk.billing import orders, paid_with
from frontdesk.billing.errors import NotPayable, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.models import Invoice, InvoiceKind, Order, Payment, PaymentMethod, Purpose, Subscription
from frontdesk.billing.payments import methods, paying
from frontdesk.billing.providers import registry
from frontdesk.billing.quotes import Quote
from frontdesk.billing.views.common import absolute, acting, form_key, leave_for, network_country, new_key
from frontdesk.billing.words import expires_before
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.core.money import Money
from frontdesk.core.reasons import Refusal

ORDER = "portal:order"


def place(request: HttpRequest, person: Person, quote: Quote, **facts: Any) -> Order:
    """The order of what the form that was sent shows and agrees to; once for each form. `facts`: as `orders.place`."""
    return orders.place(
        actor=acting(person),
        person=person,
        quote=quote,
        agreed_digest=request.POST.get("digest", ""),
        key=form_key(request),
        network_country=network_country(request),
        **facts,
    )


def pay(request: HttpRequest, person: Person, order: Order, method: PaymentMethod | None = None) -> HttpResponse:
    """To the provider's page, or (with a kept card) to how it ended; whatever happens, the order's page knows.

    A trial begins with `method`, or else with a card that is yet to be left; never with one that nobody chose.
    """
    if not order.is_open:
        return redirect(ORDER, order.pk)
    try:
        if order.purpose == Purpose.TRIAL:
            address = _begin_trial(person, order, method)
        else:
            address = _begin_payment(order, method)
    except (NotPayable, PaymentUnderWay, NotFound):
        return redirect(ORDER, order.pk)  # it was paid, is being paid, or the card was just removed: the page says so
    except PaymentProviderAway as refusal:
        say(request, refusal)
        return redirect(ORDER, order.pk)
    return leave_for(request, address) if address else redirect(ORDER, order.pk)


def say(request: HttpRequest, refusal: Refusal) -> None:
    """Tell of a refusal on the page that comes next."""
    messages.error(request, f"{refusal.reason.title}. {refusal.reason.detail} {refusal.reason.remedy}")


def usable_cards(person: Person | None) -> list[PaymentMethod]:
    """The kept cards that a person can pay with now, the default first: those that have not expired."""
    kept = methods.access_methods(person) if person else []
    return [card for card in kept if not expires_before(card, clock.now())]


def chosen_card(request: HttpRequest, person: Person) -> PaymentMethod | None:
    """The kept card that was chosen in the form; None for another one, also where it is not there any more."""
    chosen = request.POST.get("card", "")
    return next((card for card in usable_cards(person) if str(card.pk) == chosen), None)


def card_of(person: Person, held: Subscription) -> PaymentMethod | None:
    """The card with which a change of a subscription is paid at once: the one that renewals are charged to, or where
    that has expired, the next that can be used."""
    return paid_with.one_of(held, usable_cards(person))


def invoice_of(order: Order) -> Invoice:
    """The demand of an order. Raises NotFound where there is none (any more)."""
    found = order.invoices.filter(kind=InvoiceKind.INVOICE, void_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def due_of(order: Order) -> Money:
    """What an order's payment has to bring: its price without the part that credit pays."""
    invoice = invoice_of(order)
    return Money(invoice.due_minor, invoice.currency)


def newest_payment(order: Order) -> Payment | None:
    """The last try to pay an order."""
    return Payment.objects.filter(invoice__order=order).order_by("-attempt").first()


def _begin_payment(order: Order, method: PaymentMethod | None) -> str:
    """The page that the customer has to go to; empty when the kept card was enough, or said no."""
    invoice, back = invoice_of(order), absolute(ORDER, order.pk)
    if method is not None:
        payment = paying.by_method(invoice=invoice, method=method, on_session=True, return_url=back)
    else:
        cancel_url = absolute("portal:order_back", order.pk)
        payment = paying.by_page(invoice=invoice, return_url=back, cancel_url=cancel_url)
    return payment.action_url if payment.status == Payment.Status.REQUIRES_ACTION else ""


def _begin_trial(person: Person, order: Order, card: PaymentMethod | None) -> str:
    """Begin with a kept card; without one the customer leaves one first."""
    if card:
        orders.start_trial(actor=acting(person), order=order, method=card)
        return ""
    return methods.start_adding(
        person=person,
        return_url=absolute("portal:trial_card", order.pk, registry.default().name),
        cancel_url=absolute("portal:order_back", order.pk),
        key=new_key(),
    )
