"""Every address of the installation, filled in so that it can be asked for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

NOBODY = "00000000-0000-4000-8000-000000000000"
# What stands for a part of an address, by its name, else by its kind.
BY_NAME = {
    "code": "link_expired", "url": "nowhere/", "app_label": "accounts", "content_type_id": "1",
    "slug": "halcyon-shield", "name": "approve", "object_id": NOBODY,
}  # fmt: skip
BY_KIND = {"uuid": NOBODY, "str": "nonsense", "slug": "nonsense", "path": "nonsense", "int": "1"}
PART = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Place:
    """One pattern: the route, an address that fits it, and the view."""

    route: str
    path: str
    view: Any


def places(known: dict[str, UUID | str] | None = None) -> list[Place]:
    """All patterns of the pages; `known` gives real values for parts by name, such as license_id."""
    values = {name: str(value) for name, value in (known or {}).items()}
    return [Place(route, _filled(route, values), view) for route, view in _walk(get_resolver().url_patterns, "")]


def _walk(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _filled(route: str, known: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2] or found[3]
        return known.get(name) or BY_NAME.get(name) or BY_KIND[kind]

    return "/" + PART.sub(value, route).replace("^", "").replace("/?$", "/").replace("$", "")
