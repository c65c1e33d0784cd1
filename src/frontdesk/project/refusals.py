"""Refusals become pages here, once, for all pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.dateparse import parse_datetime

from frontdesk.core import clock
from frontdesk.core.reasons import Refusal

WAITING, RETRY_SECONDS = {429, 503}, 5


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
        until = parse_datetime(str(error.members.get("retry_at", "")))
        context = {"reason": error.reason, "members": error.members, "until": until}
        response = render(request, "ui/refusal.html", context, status=error.reason.status)
        add_never_cache_headers(response)  # what the view promises of its pages holds for this one, too
        # Business time is asked only for a moment: with the database away nobody must look it up.
        wait = error.wait_seconds(clock.now() if "retry_at" in error.members else clock.real_now())
        if wait is None and error.reason.status in WAITING:
            wait = RETRY_SECONDS
        if wait is not None:
            response["Retry-After"] = str(wait)
        return response
