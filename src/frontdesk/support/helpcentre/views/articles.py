"""An article or a guide, a category, and the list of everything."""

import json
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontdesk.core.errors import NotFound
from frontdesk.support.helpcentre import reading, rendering, selectors
from frontdesk.support.helpcentre.models import Article, Category, Revision, Translation
from frontdesk.support.helpcentre.search.languages import base
from frontdesk.support.helpcentre.views import readers
from frontdesk.support.helpcentre.views.common import address_of, asked_language, is_of_team, name_of, speaking

A_PAGE = 40


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """In the language that the address asks for, else in the reader's."""
    asked = asked_language(request)
    with speaking(asked):
        shown = selectors.published(slug, asked, for_team=is_of_team(request))
        if shown is None or shown.published is None:
            raise NotFound
        response = render(request, "helpcentre/article.html", _about(request, shown, shown.published))
        response["Content-Language"] = shown.language
        if shown.article.is_internal:
            response["X-Robots-Tag"] = "noindex"
    reading.count(request, shown)
    return response


def _about(request: HttpRequest, shown: Translation, revision: Revision) -> dict[str, Any]:
    slug, languages = shown.article.slug, selectors.languages_of(shown.article)
    wanted = asked_language(request) or get_language() or settings.LANGUAGE_CODE
    return {
        "shown": shown,
        "article": shown.article,
        "revision": revision,
        "content": rendering.render(revision.body),
        "is_guide": shown.article.kind == Article.Kind.GUIDE,
        "related": selectors.related_to(shown, for_team=is_of_team(request)),
        "languages": [(code, name_of(code), address_of(slug, code)) for code in languages],
        "language_name": name_of(shown.language) if base(shown.language) != base(wanted) else "",
        "canonical": address_of(slug, shown.language),
        "any_language": address_of(slug),
        "structured": _structured(shown, revision),
        "vote": readers.vote_of(request, shown),
    }


def _structured(shown: Translation, revision: Revision) -> SafeString:
    """What the page is about, for search engines (schema.org); nothing in it can close the element it stands in."""
    article = shown.article
    trail = [(_("Help"), settings.FRONTDESK_URL + reverse("portal:help"))]
    if article.category:
        path = reverse("helpcentre:category", args=[article.category.slug])
        trail.append((article.category.title, settings.FRONTDESK_URL + path))
    trail.append((revision.title, address_of(article.slug, shown.language)))
    crumbs = [
        {"@type": "ListItem", "position": position, "name": str(name), "item": item}
        for position, (name, item) in enumerate(trail, 1)
    ]
    about = {
        "@type": "TechArticle",
        "headline": revision.title,
        "description": revision.summary,
        "inLanguage": shown.language,
        "datePublished": article.created_at.isoformat(),
        "dateModified": shown.published_at.isoformat() if shown.published_at else None,
        "mainEntityOfPage": trail[-1][1],
        "publisher": {"@type": "Organization", "name": settings.FRONTDESK_BRAND["name"]},
    }
    graph = {
        "@context": "https://schema.org",
        "@graph": [about, {"@type": "BreadcrumbList", "itemListElement": crumbs}],
    }
    text = json.dumps(graph, ensure_ascii=False)
    escaped = text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return mark_safe(escaped)  # noqa: S308 - JSON without a sign that HTML knows


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """What can be read in a category."""
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound
    for_team = is_of_team(request)
    rows = selectors.readable(found, for_team=for_team).values_list("pk", flat=True)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    if not page.paginator.count:
        raise NotFound
    return render(request, "helpcentre/list.html", {"category": found, "page": page, **_listed(page, for_team)})


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Everything that can be read."""
    for_team = is_of_team(request)
    rows = selectors.readable(for_team=for_team).values_list("pk", flat=True)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "helpcentre/list.html", {"page": page, **_listed(page, for_team)})


def _listed(page: Any, for_team: bool) -> dict[str, Any]:
    return {"articles": selectors.in_order(list(page.object_list), for_team=for_team), "canonical": ""}
