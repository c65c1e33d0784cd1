"""What search engines may know: the public pages in every language, and which ones they should leave alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from frontdesk.catalog.models import Product
from frontdesk.core import reasons
from frontdesk.support.forum import selectors as forum
from frontdesk.support.helpcentre import selectors

MOST = 50_000  # addresses in one file, by the protocol of sitemaps
AN_HOUR = 3600
PAGES = (
    "portal:start",
    "portal:downloads",
    "portal:shop",
    "portal:help",
    "portal:reasons",
    "portal:activate",
    "contact:form",
    "forum:start",
)
CLOSED = (
    "/community/me/", "/community/mine/", "/community/new/", "/community/search/",
    "/account/", "/activate/check/", "/api/", "/backoffice/", "/billing/", "/contact/confirm/", "/contact/sent/",
    "/conversations/", "/demo/", "/desk/", "/files/", "/help/search/", "/home/", "/i18n/", "/licenses/", "/live/",
    "/messages/", "/orders/", "/sandbox/", "/webhooks/",
)  # fmt: skip


@dataclass
class Entry:
    """An address, when it changed, and the same in other languages."""

    address: str
    changed_at: datetime | None = None
    others: list[tuple[str, str]] = field(default_factory=list)


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page; articles with all their languages."""
    entries = [entry for _number, entry in zip(range(MOST), _entries(), strict=False)]
    return render(request, "portal/sitemap.xml", {"entries": entries}, content_type="application/xml")


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def robots(request: HttpRequest) -> HttpResponse:
    """Where search engines need not look."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "",
        f"Sitemap: {_full(reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _entries() -> Iterator[Entry]:
    yield from (Entry(_full(reverse(name))) for name in PAGES)
    for slug in Product.objects.filter(is_listed=True).order_by("slug").values_list("slug", flat=True):
        yield Entry(_full(reverse("portal:product", args=[slug])))
    for shelf in selectors.shelves(0):
        yield Entry(_full(reverse("helpcentre:category", args=[shelf.category.slug])))
    yield from _articles()
    yield from _community()
    yield from (Entry(_full(reverse("portal:reason", args=[reason.code]))) for reason in reasons.every())


def _articles() -> Iterator[Entry]:
    by_slug: dict[str, list[tuple[str, datetime | None]]] = {}
    for slug, language, changed_at in selectors.public_addresses():
        by_slug.setdefault(slug, []).append((language, changed_at))
    for slug, languages in by_slug.items():
        path = _full(reverse("helpcentre:article", args=[slug]))
        others = [(language, f"{path}?language={language}") for language, _changed_at in languages]
        for (_language, address), (_same, changed_at) in zip(others, languages, strict=True):
            yield Entry(address, changed_at, others if len(others) > 1 else [])


def _community() -> Iterator[Entry]:
    """Categories and topics that everybody may read, the latest first."""
    for category in forum.public_categories():
        yield Entry(_full(reverse("forum:category", args=[category.slug])))
    for number, slug, changed_at in forum.public_addresses():
        yield Entry(_full(reverse("forum:topic", args=[number, slug])), changed_at)


def _full(path: str) -> str:
    return f"{settings.FRONTDESK_URL}{path}"
