"""Refusals become pages here, once, for all pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from frontdesk.core.reasons import Refusal


class RefusalMiddleware:
    """Turns a `Refusal` that a view lets through into the page of its reason, with its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a refusal; anything else goes on to Django."""
        if not isinstance(error, Refusal):
            return None
        context = {"reason": error.reason, "members": error.members}
        return render(request, "ui/refusal.html", context, status=error.reason.status)
