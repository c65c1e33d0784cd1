"""The registry of panels: what one app puts beside a thing on another app's page, which knows nothing of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """A template and what it shows, which stands there as `panel`."""

    template: str
    content: Mapping[str, Any]


Maker = Callable[[HttpRequest, Any], Panel | None]
_makers: dict[str, list[Maker]] = {}


def register(place: str, maker: Maker) -> None:
    """Ask `maker` for a panel wherever a page has this place; it is given the request and what the page is about."""
    makers = _makers.setdefault(place, [])
    if maker not in makers:
        makers.append(maker)


def panels_for(place: str, request: HttpRequest, subject: Any) -> list[Panel]:
    """The panels of a place on a page about `subject`."""
    return [panel for maker in _makers.get(place, ()) if (panel := maker(request, subject))]
