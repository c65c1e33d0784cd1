"""The overview and the lists of topics."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import to_sign_in
from frontdesk.support.forum import following, listing, selectors
from frontdesk.support.forum.listing import Tab
from frontdesk.support.forum.models import Subscription
from frontdesk.support.forum.views.common import for_engines, full, reader_of

ON_START = 15


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The categories, and what is new."""
    reader = reader_of(request)
    readable = selectors.categories(reader)
    context = {
        "reader": reader,
        "shelves": listing.shelves(reader, readable),
        "listed": listing.topics(reader, readable, limit=ON_START),
        "canonical": full(reverse("forum:start")),
        "may_begin": [each for each in readable if reader.may_begin(each)],
    }
    return render(request, "forum/start.html", context)


@require_safe
def topics(request: HttpRequest, tab: str) -> HttpResponse:
    """The latest, the unanswered, the solved ones, or those that the reader wrote in."""
    chosen = Tab(tab)
    if chosen == Tab.MINE and not request.user.is_authenticated:
        return to_sign_in(request)
    reader, after = reader_of(request), request.GET.get("after", "")
    readable = selectors.categories(reader)
    context = {
        "reader": reader,
        "listed": listing.topics(reader, readable, tab=chosen, after=after),
        "tab": tab,
        "after": after,
        "canonical": full(request.path),
        "may_begin": [each for each in readable if reader.may_begin(each)],
    }
    response = render(request, "forum/topics.html", context)
    return for_engines(response, shown=chosen != Tab.MINE and not after)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The topics of a category, what is pinned first."""
    reader, after = reader_of(request), request.GET.get("after", "")
    found = selectors.category(reader, slug)
    tab = Tab(wanted) if (wanted := request.GET.get("show", "")) in {Tab.UNANSWERED, Tab.SOLVED} else Tab.LATEST
    context: dict[str, Any] = {
        "reader": reader,
        "category": found,
        "pinned": listing.pinned(reader, found) if tab == Tab.LATEST and not after else [],
        "listed": listing.topics(reader, [found], tab=tab, category=found, after=after),
        "tab": str(tab),
        "after": after,
        "canonical": full(reverse("forum:category", args=[found.slug])),
        "may_begin": reader.may_begin(found),
        "kind": following.kind_for(reader.member, found),
        "kinds": Subscription.Kind.choices,
    }
    response = render(request, "forum/category.html", context)
    return for_engines(response, found, shown=tab == Tab.LATEST and not after)
