"""The shop: what there is to buy, compared, for visitors too."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from frontdesk.catalog import selectors
from frontdesk.core.errors import NotFound
from frontdesk.portal import shop

CURRENCY_COOKIE = "currency"
REMEMBERED_SECONDS = 365 * 86_400


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All products that are sold; with a single one, its plans at once."""
    if not shop.is_open():
        raise NotFound
    products = selectors.listed_products()
    if len(products) == 1:
        return redirect("portal:shop_product", products[0].slug)
    cards = shop.from_prices(products, currency_of(request))
    return render(request, "portal/shop/overview.html", {"cards": cards})


@require_safe
@vary_on_cookie
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product's plans beside each other, for a term and in a currency that is remembered."""
    if not shop.is_open():
        raise NotFound
    found = selectors.listed_product(slug)
    shelf = shop.shelf(found, term=request.GET.get("term", ""), currency=currency_of(request))
    context = {"product": found, "shelf": shelf, "refund_days": settings.REFUND_DAYS}
    response = render(request, "portal/shop/product.html", context)
    if request.GET.get("currency") == shelf.currency:
        remember_currency(response, shelf.currency)
    return response


def currency_of(request: HttpRequest) -> str:
    """The currency that was chosen now or before; whether there are prices in it is for the shelf to say."""
    return request.GET.get("currency") or request.COOKIES.get(CURRENCY_COOKIE, "")


def remember_currency(response: HttpResponse, currency: str) -> None:
    """Keep the choice in this browser for a year."""
    response.set_cookie(
        CURRENCY_COOKIE,
        currency,
        max_age=REMEMBERED_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
