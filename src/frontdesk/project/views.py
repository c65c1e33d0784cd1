"""Pages that belong to the installation itself."""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from frontdesk.core.errors import NotFound
from frontdesk.project import legal as pages
from frontdesk.ui.brand import current_brand

RETRY_AFTER = "5"  # seconds
PLAIN = "<!doctype html><title>{title}</title><h1>{title}</h1><p>{text}</p>"


def legal(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the vendor's legal pages."""
    found = pages.render(settings.LEGAL_FOLDER, slug)
    if found is None:
        raise NotFound
    title, text = found
    return render(request, "project/legal.html", {"title": title, "text": text})


@cache_control(max_age=86_400, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for a picture of a site that names none, as the back office and bare pages do."""
    return HttpResponseRedirect(current_brand().logo_url)


def failed(request: HttpRequest) -> HttpResponse:
    """The page for an exception nobody caught: 503 while the database is away or does not answer in time, else 500.

    It comes out even when the templates are what failed.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        text = _("Our database does not answer just now. Nothing was changed. Please load the page again in a minute.")
        content = _render("503.html", PLAIN.format(title=_("We are back in a moment"), text=text))
        return HttpResponse(content, status=503, headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"})
    text = _("This is our fault, not yours. It has been noted. Please try again, or come back a little later.")
    return HttpResponseServerError(_render("500.html", PLAIN.format(title=_("Something went wrong here"), text=text)))


def _render(template: str, otherwise: str) -> str:
    try:
        return render_to_string(template)
    except Exception:  # noqa: BLE001 - whatever is broken, the visitor gets a page
        return otherwise
