"""Search within the community."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts import browsers
from frontdesk.core import throttle
from frontdesk.core.numbers import whole
from frontdesk.core.throttle import Limit
from frontdesk.support.forum import searching, selectors
from frontdesk.support.forum.views.common import reader_of

A_PAGE, MOST_PAGES = 20, 10
SEARCHES = Limit("community-search", 1_200, 60)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What answers a question; within a category, or of solved topics alone."""
    reader = reader_of(request)
    readable = selectors.categories(reader)
    query = searching.cleaned(request.GET.get("q", ""))
    chosen = next((each for each in readable if each.slug == request.GET.get("category", "")), None)
    solved = request.GET.get("solved", "") == "1"
    page = whole(request.GET.get("page", "1"), most=MOST_PAGES) or 1
    hits = []
    if query:
        throttle.reserve(SEARCHES, browsers.prefix(request))
        hits = searching.find(
            query, [chosen] if chosen else readable, solved=solved, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE
        )
    context = {
        "query": query,
        "hits": hits[:A_PAGE],
        "categories": readable,
        "chosen": chosen,
        "solved": solved,
        "page": page,
        "previous": page - 1 if page > 1 else 0,
        "next": page + 1 if len(hits) > A_PAGE and page < MOST_PAGES else 0,
    }
    response = render(request, "forum/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
