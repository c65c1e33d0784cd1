"""Forms that Django refuses for want of a fitting token: what happened, and how it goes on, instead of an error.

Mostly nobody attacks: cookies are blocked, or the page was open while its token was changed, as signing in does.
"""

from urllib.parse import urlsplit

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from frontdesk.core.reasons import Refusal
from frontdesk.ui import typed

OF_THE_FORM = "CSRF token"  # how reasons begin that concern the token; the others are about where a form came from
BACK_OFFICE = "/backoffice/"


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: the page that fits the reason, always with 403."""
    if reason == REASON_NO_CSRF_COOKIE:
        return render(request, "403_cookies.html", {"again": _way_back(request)}, status=403)
    if not reason.startswith(OF_THE_FORM):
        return render(request, "403_foreign.html", status=403)
    fresh = _fresh(request)
    return fresh or render(request, "403_csrf.html", {"again": _way_back(request)}, status=403)


def _fresh(request: HttpRequest) -> HttpResponse | None:
    """The page of the form, as asked for anew; None where there is no such page.

    What was typed comes back only where the browser vouches (Origin, which Django has checked) that it was typed here.
    """
    match = request.resolver_match
    if match is None or request.path.startswith(BACK_OFFICE) or request.headers.get("HX-Request"):
        return None
    values = {name: request.POST[name] for name in request.POST} if "Origin" in request.headers else {}
    _as_asked_anew(request)
    text = _("This page had grown stale, so nothing was done. Please look it over and send it once more.")
    messages.warning(request, text)
    try:
        with typed.showing(values):
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
            if hasattr(response, "render"):
                response.render()
    except (Refusal, Http404, PermissionDenied, ReauthenticationRequired, ImmediateHttpResponse):
        return None
    if response.status_code == 200:
        response.status_code = 403
        return response
    return response if response.status_code == 302 else None


def _as_asked_anew(request: HttpRequest) -> None:
    """Make a GET of it, so that nothing can be done."""
    request.method = "GET"
    request.POST = QueryDict()  # what Django itself puts there for a GET
    request._files = MultiValueDict()  # type: ignore[attr-defined] # noqa: SLF001 - Django's own, unknown to the stubs


def _way_back(request: HttpRequest) -> str:
    """The page on which the form stood; the start where nobody says."""
    came = urlsplit(request.headers.get("Referer", ""))
    return came.path if came.netloc == request.get_host() and came.path.startswith("/") else "/"
