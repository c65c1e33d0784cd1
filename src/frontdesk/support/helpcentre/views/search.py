"""The search's page, and the answers that stand below a search field while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.browsers import prefix
from frontdesk.support.helpcentre.search import asking
from frontdesk.support.helpcentre.views.common import asked_language, speaking

OFFERED, SHOWN = 6, 20
LONGEST_SHOWN = 200  # characters of a question that come back in the field


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What answers a question. Works without a script; a script asks for the options alone."""
    query, language = request.GET.get("q", ""), asked_language(request)
    is_part = request.headers.get("X-Part") == "options"
    with speaking(language):
        limit = OFFERED if is_part else SHOWN
        hits = asking.ask(query, network=prefix(request), language=language, limit=limit) if query.strip() else []
        template = "helpcentre/parts/offers.html" if is_part else "helpcentre/search.html"
        shown = " ".join(query.replace("\0", " ").split())[:LONGEST_SHOWN]
        response = render(request, template, {"query": shown, "hits": hits, "language": language})
    response["Vary"] = "X-Part, Accept-Language, Cookie"
    response["X-Robots-Tag"] = "noindex"
    return response
