"""The public start page, and a product's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from frontdesk.catalog import plans, selectors
from frontdesk.portal import shop
from frontdesk.portal.builds import builds_of
from frontdesk.portal.people import signed_in
from frontdesk.portal.platforms import platform_of
from frontdesk.portal.views.shop import currency_of


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this vendor sells, and the ways on: enter a code, download, get help."""
    products = selectors.listed_products()
    only = products[0] if len(products) == 1 else None
    priced = shop.from_prices(products, currency_of(request))
    context = {"products": products, "priced": priced, "only": only, "sells": shop.is_open()}
    return render(request, "portal/start.html", context | {"price": priced[0][1] if only else None})


@require_safe
@vary_on_headers("User-Agent", "Sec-CH-UA-Platform")
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One product: what it is, what is sold of it, and where to get it."""
    found = selectors.listed_product(slug)
    builds = builds_of(found, platform_of(request), signed_in(request))
    context = {"product": found, "builds": builds}
    if shop.is_open():
        shelf = shop.shelf(found, currency=currency_of(request))
        context |= {"shelf": shelf, "price": shop.from_price(shelf)}
    else:
        context["offers"] = plans.offers(found)
    return render(request, "portal/product.html", context)
