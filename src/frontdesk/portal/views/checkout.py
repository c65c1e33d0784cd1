"""The checkout: a plan, what it costs and when again, and one button. Visitors see it too, and sign in to buy."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.billing import quotes
from frontdesk.billing.credits import balance
from frontdesk.billing.errors import QuoteOutdated
from frontdesk.billing.forms import country_name
from frontdesk.billing.quotes import Quote
from frontdesk.billing.views.common import new_key
from frontdesk.core.money import Money
from frontdesk.core.reasons import Refusal
from frontdesk.portal import checkout as choosing
from frontdesk.portal import shop
from frontdesk.portal.checkout import CheckoutForm, Choice
from frontdesk.portal.paying import chosen_card, pay, place, usable_cards
from frontdesk.portal.people import signed_in
from frontdesk.portal.views.shop import currency_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def checkout(request: HttpRequest, slug: str, plan: str) -> HttpResponse:
    """What is bought and what it costs (GET); with "update" the options again, otherwise the order (POST)."""
    offer = shop.offer_of(slug, plan)
    given = request.POST if request.method == "POST" else request.GET
    line = choosing.line_of(offer, given.get("currency") or currency_of(request))
    person = signed_in(request)
    form = choosing.form_for(line, given, choosing.likely_country(request, person))
    is_trial = given.get("trial") == "1" and line.version.trial_days > 0
    choice = choosing.chosen(form, line, given, is_trial=is_trial)
    if request.method != "POST":
        form.errors.pop("country", None)  # nobody has been asked yet
    elif "update" in request.POST:
        return redirect(f"{request.path}?{choice.query}")
    quote = choosing.quoted(choice, form)
    if request.method != "POST" or person is None or form.errors:
        return _page(request, person, form, choice, quote)
    try:
        return _order(request, person, choice, quote)
    except Refusal as refusal:
        return _page(request, person, form, choice, quote, refusal)


def _order(request: HttpRequest, person: Person, choice: Choice, quote: Quote) -> HttpResponse:
    order = place(
        request, person, quote, country=choice.country, coupon_code=choice.coupon, auto_renew=choice.auto_renew
    )
    return pay(request, person, order, chosen_card(request, person))


def _page(
    request: HttpRequest,
    person: Person | None,
    form: CheckoutForm,
    choice: Choice,
    quote: Quote,
    refusal: Refusal | None = None,
) -> HttpResponse:
    due = quote.due.gross_minor
    credit = min(due, balance(person, choice.currency)) if person else 0
    context = {
        "person": person,
        "cards": usable_cards(person),
        "credit": -credit,
        "to_pay": Money(due - credit, choice.currency),
        "form": form,
        "choice": choice,
        "quote": quote,
        "refusal": refusal,
        # Where the customer changed an option and pressed "Pay" at once, nothing of ours has changed.
        "changed": isinstance(refusal, QuoteOutdated) and request.GET.urlencode() != choice.query,
        "here": f"{request.path}?{choice.query}",
        "key": new_key(),
        "product": choice.line.version.plan.product,
        "devices": choice.line.version.device_limit + choice.added_devices,
        "rate": f"{quote.tax_rate / 100:g} %",
        "country_name": country_name(choice.country),
        "edition": shop.edition_name(choice.line.version),
        "may_try": person is None or not choice.is_trial or quotes.may_try(person, choice.line.version),
        "refund_days": settings.REFUND_DAYS,
    }
    status = refusal.reason.status if refusal else 422 if request.method == "POST" and form.errors else 200
    return render(request, "portal/shop/checkout.html", context, status=status)
