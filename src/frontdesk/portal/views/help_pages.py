"""Help for every reason in the catalogue: no refusal leads to a page that does not exist."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.core import reasons
from frontdesk.core.errors import NotFound
from frontdesk.portal.reasons import grouped, way_on


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """All reasons, grouped, with the quick ways out of the common ones."""
    return render(request, "portal/help.html", {"groups": grouped()})


@require_safe
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """What one reason means and what to do about it."""
    found = reasons.find(code)
    if found is None:
        raise NotFound
    return render(request, "portal/reason.html", {"reason": found, "way": way_on(found)})
