"""One more term of a licence that somebody else bought, or that came by a code."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.billing.credits import balance
from frontdesk.billing.errors import QuoteOutdated
from frontdesk.billing.forms import country_name
from frontdesk.billing.quotes import Quote
from frontdesk.billing.views.common import for_person, new_key
from frontdesk.core.money import Money
from frontdesk.core.reasons import Refusal
from frontdesk.licensing.presentation import LicenseView
from frontdesk.portal import further_terms
from frontdesk.portal.checkout import likely_country
from frontdesk.portal.further_terms import CountryForm
from frontdesk.portal.paying import chosen_card, pay, place, usable_cards
from frontdesk.portal.views.shop import currency_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def further_term(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """What it costs (GET); with "update" for another country, otherwise the order (POST).

    Who pays for the licence with a subscription of their own renews that.
    """
    view = further_terms.licence_of(person, license_id)
    if own := further_terms.own_subscription(person, license_id):
        return redirect("portal:renew", own.pk)
    given = request.POST if request.method == "POST" else request.GET
    form = CountryForm(given, likely_country(request, person))
    country = form.cleaned_data["country"] if form.is_valid() else ""
    if "update" in request.POST:
        return redirect(f"{request.path}?country={country}")
    quote = further_terms.quote(view, currency=currency_of(request), country=country)
    if request.method != "POST":
        form.errors.clear()  # nobody has been asked yet
        return _page(request, person, form, view, quote)
    if form.errors:
        return _page(request, person, form, view, quote)
    try:
        return _order(request, person, quote)
    except Refusal as refusal:
        return _page(request, person, form, view, quote, refusal)


def _order(request: HttpRequest, person: Person, quote: Quote) -> HttpResponse:
    order = place(request, person, quote, country=quote.tax_country, auto_renew=False)
    return pay(request, person, order, chosen_card(request, person))


def _page(
    request: HttpRequest,
    person: Person,
    form: CountryForm,
    view: LicenseView,
    quote: Quote,
    refusal: Refusal | None = None,
) -> HttpResponse:
    due = quote.due.gross_minor
    credit = min(due, balance(person, quote.due.currency))
    context = {
        "view": view,
        "cards": usable_cards(person),
        "quote": quote,
        "form": form,
        "refusal": refusal,
        # Where the customer chose another country and pressed "Pay" at once, nothing of ours has changed.
        "changed": isinstance(refusal, QuoteOutdated) and request.GET.get("country", "") != quote.tax_country,
        "here": f"{request.path}?country={quote.tax_country}",
        "currency": quote.due.currency,
        "credit": -credit,
        "to_pay": Money(due - credit, quote.due.currency),
        "rate": f"{quote.tax_rate / 100:g} %",
        "country_name": country_name(quote.tax_country),
        "key": new_key(),
    }
    status = refusal.reason.status if refusal else 422 if form.errors else 200
    return render(request, "portal/change/term.html", context, status=status)
