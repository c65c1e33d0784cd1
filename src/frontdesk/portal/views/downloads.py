"""Download pages: the right build, how to verify it, and the link that gives it out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from frontdesk.catalog import releases, selectors
from frontdesk.catalog.models import Product
from frontdesk.licensing.downloads import link_for
from frontdesk.portal.builds import builds_of
from frontdesk.portal.people import signed_in
from frontdesk.portal.platforms import platform_of


@require_safe
@vary_on_headers("User-Agent", "Sec-CH-UA-Platform")
def overview(request: HttpRequest) -> HttpResponse:
    """All products to choose from; with a single one, its downloads at once."""
    products = selectors.listed_products()
    if len(products) == 1:
        return _page(request, products[0])
    return render(request, "portal/downloads.html", {"products": products})


@require_safe
@vary_on_headers("User-Agent", "Sec-CH-UA-Platform")
def of_product(request: HttpRequest, slug: str) -> HttpResponse:
    """The builds of one product."""
    return _page(request, selectors.listed_product(slug))


@require_safe
@never_cache
def fetch(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A lasting address for a file: leads to a freshly signed one, which supports resuming."""
    return redirect(link_for(signed_in(request), releases.offered_file(file_id)))


def _page(request: HttpRequest, product: Product) -> HttpResponse:
    builds = builds_of(product, platform_of(request), signed_in(request))
    context = {"product": product, "builds": builds, "first": builds[0] if builds else None}
    return render(request, "portal/product_downloads.html", context)
