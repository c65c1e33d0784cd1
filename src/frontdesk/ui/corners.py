"""The registry of what floats in the corner of pages. Like a banner it must be cheap to ask: no query."""

from collections.abc import Callable

from django.http import HttpRequest

_corners: dict[str, Callable[[HttpRequest], bool]] = {}


def register(template: str, applies: Callable[[HttpRequest], bool]) -> None:
    """Show this template on every page whose request it applies to, but on those that say something went wrong."""
    _corners[template] = applies


def corners_for(request: HttpRequest) -> list[str]:
    """The templates to show."""
    return [template for template, applies in _corners.items() if applies(request)]
