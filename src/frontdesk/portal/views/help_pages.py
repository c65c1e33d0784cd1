"""Help: the centre's articles, and a page for every reason in the catalogue: no refusal leads to nowhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.core import reasons
from frontdesk.core.errors import NotFound
from frontdesk.portal.reasons import grouped, way_on
from frontdesk.support.helpcentre import rendering, selectors
from frontdesk.support.helpcentre.views.common import is_of_team

MOST_READ = 6


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The search, the quick ways out, the shelves with their articles, and what most people read."""
    context = {"shelves": selectors.shelves(), "most_read": selectors.most_read(MOST_READ)}
    if not context["shelves"] and not selectors.readable().exists():
        context["groups"] = grouped()  # nothing is written yet: the catalogue itself is the help
    return render(request, "portal/help.html", context)


@require_safe
def all_reasons(request: HttpRequest) -> HttpResponse:
    """Every reason, grouped."""
    return render(request, "portal/reasons.html", {"groups": grouped()})


@require_safe
def reason(request: HttpRequest, code: str) -> HttpResponse:
    """What one reason means and what to do about it, with the article behind it once there is one."""
    found = reasons.find(code)
    if found is None:
        raise NotFound
    article = selectors.behind_reason(code, for_team=is_of_team(request))
    content = rendering.render(article.published.body) if article and article.published else None
    context = {"reason": found, "way": way_on(found), "shown": article, "content": content}
    return render(request, "portal/reason.html", context)
