"""A browser that several people share: whoever signs in there finds nothing of the guest who chatted before."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase

from frontdesk.portal.chats import askers

Next = Callable[[HttpRequest], HttpResponseBase]


class SharedBrowserMiddleware:
    """Takes the guest's secret out of a browser in which somebody signs in.

    What they began as a guest from an address of their account's is theirs without it (`selectors.begun_as_guest`).
    Later would be too late: a session that runs out leaves no request behind in which this could be done.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        given = response.cookies.get(settings.SESSION_COOKIE_NAME)
        is_new = given is not None and given.value != request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if is_new and SESSION_KEY in request.session:
            askers.forget(response)
        return response
