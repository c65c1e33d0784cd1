"""The registry of notices that stand on top of every page while something is the case. It must be cheap to ask."""

from collections.abc import Callable

from django.http import HttpRequest

_banners: dict[str, Callable[[HttpRequest], bool]] = {}


def register(template: str, applies: Callable[[HttpRequest], bool]) -> None:
    """Show this template on every page whose request it applies to; it may ask no query."""
    _banners[template] = applies


def banners_for(request: HttpRequest) -> list[str]:
    """The templates to show."""
    return [template for template, applies in _banners.items() if applies(request)]
