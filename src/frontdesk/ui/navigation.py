"""The registry of navigation items: apps say in AppConfig.ready() where their pages are found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Audience = Literal["everyone", "guest", "customer", "staff"]
Place = Literal["main", "account", "settings", "footer"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One registered place: a label, a URL name, and who sees it where."""

    label: str | Promise
    url_name: str
    order: int
    audience: Audience
    place: Place
    icon: str


@dataclass(frozen=True, slots=True)
class NavLink:
    """A registered item, resolved for one request."""

    label: str
    url: str
    icon: str
    current: bool


_items: dict[tuple[Place, str], NavItem] = {}


def register(
    label: str | Promise,
    url_name: str,
    order: int,
    audience: Audience = "everyone",
    *,
    place: Place = "main",
    icon: str = "",
) -> None:
    """Add an item; registering the same URL name in the same place again replaces it."""
    _items[place, url_name] = NavItem(label, url_name, order, audience, place, icon)


def unregister(url_name: str, *, place: Place = "main") -> None:
    """Take an item out again; unknown names are ignored."""
    _items.pop((place, url_name), None)


def audiences_of(request: HttpRequest) -> frozenset[Audience]:
    """Who the asking person is, in the registry's words."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return frozenset({"everyone", "guest"})
    if user.is_staff:
        return frozenset({"everyone", "customer", "staff"})
    return frozenset({"everyone", "customer"})


def links_for(request: HttpRequest, place: Place) -> list[NavLink]:
    """The links of one place for this request, in order; items whose page is not installed are left out."""
    seen_by = audiences_of(request)
    chosen = (item for item in _items.values() if item.place == place and item.audience in seen_by)
    resolved = list(_resolve(sorted(chosen, key=lambda item: (item.order, item.url_name))))
    longest = max((url for _, url in resolved if request.path.startswith(url)), key=len, default="")
    return [NavLink(str(item.label), url, item.icon, _is_current(url, longest, request)) for item, url in resolved]


def _resolve(items: Iterable[NavItem]) -> Iterable[tuple[NavItem, str]]:
    for item in items:
        try:
            yield item, reverse(item.url_name)
        except NoReverseMatch:
            continue


def _is_current(url: str, longest: str, request: HttpRequest) -> bool:
    """The root matches only itself; elsewhere the longest address that the path starts with wins."""
    return url == request.path or (url != "/" and url == longest)
