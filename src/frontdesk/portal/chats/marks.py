"""How the chat's scripts know our own answers from pages of whoever stands between: a firewall, a gateway, a network
that wants to be signed in to. Without this a refusal of theirs would count as ours, and what was written as arrived."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from frontdesk.portal.chats import askers

MARK = "ours"


class MarkMiddleware:
    """Marks each answer to a script of the chat's, refusals too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if askers.KIND in request.headers:
            response[askers.KIND] = MARK
        return response
