"""Who asks for the chat: a customer by their session, or a guest by the secret that their browser got for the code.

On our own pages the secret is a cookie, and what is sent shows Django's token. In a frame on another site cookies may
be blocked: there the secret is a header, kept in the frame's own storage. No foreign page can send such a header to us
(browsers ask first, and we never agree), so that requests with it need no token.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from frontdesk.accounts.models import Person
from frontdesk.accounts.views.common import View
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.portal.people import signed_in
from frontdesk.support.chat import selectors, visitors
from frontdesk.support.chat.errors import ChatUnknown
from frontdesk.support.chat.models import Chat, Visitor

KIND, SECRET = "Frontdesk-Chat", "Frontdesk-Chat-Secret"  # headers: "piece" or "box"; the guest's secret
LASTS = timedelta(days=30)
PATH = "/chat/"
HINT = "chat_on"  # for every page: a chat is on, so that it is worth to ask. It says nothing else
HINT_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Asker:
    """Somebody at the chat. `wants_piece`: a script shows the answer where it is; `is_boxed`: on another site."""

    person: Person | None
    visitor: Visitor | None
    wants_piece: bool = False
    is_boxed: bool = False

    @property
    def actor(self) -> Actor:
        """As the one who acts."""
        return Actor.customer(self.person.pk) if self.person else Actor.system("guest")

    @property
    def owner(self) -> Person | Visitor | None:
        """Whose a chat is that they begin."""
        return self.person or self.visitor

    def chat(self) -> Chat | None:
        """The chat that they are in now."""
        owners: list[Person | Visitor] = [each for each in (self.person, self.visitor) if each]
        for owner in owners:
            if found := selectors.on_of(owner):
                return found
        return None

    def access(self, number: UUID) -> Chat:
        """A chat of theirs. Raises ChatUnknown for another's as for none."""
        owners: list[Person | Visitor] = [each for each in (self.person, self.visitor) if each]
        for owner in owners:
            with suppress(ChatUnknown):
                return selectors.access(owner, number)
        raise ChatUnknown


class AskerView(Protocol):
    """A view of somebody at the chat."""

    def __call__(self, request: HttpRequest, asker: Asker, *args: Any, **kwargs: Any) -> HttpResponse: ...


def asking(view: Callable[..., HttpResponse]) -> View:
    """Hand the asker to an `AskerView`. What is sent is checked as their door demands; caches keep nothing."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asker = of(request)
        inner: Any = view if asker.is_boxed else csrf_protect(view)
        response = cast("HttpResponse", inner(request, asker, *args, **kwargs))
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return cast("View", checked)


def of(request: HttpRequest) -> Asker:
    """Who asks. Raises NotFound for a header that comes from another origin."""
    kind = request.headers.get(KIND, "")
    if kind != "box":
        secret = request.COOKIES.get(cookie_name(), "")
        return Asker(signed_in(request), visitors.known(secret) if secret else None, wants_piece=kind == "piece")
    _require_own_origin(request)
    secret = request.headers.get(SECRET, "")
    return Asker(signed_in(request), visitors.known(secret) if secret else None, wants_piece=True, is_boxed=True)


def _require_own_origin(request: HttpRequest) -> None:
    """Browsers say where a request comes from; who says nothing is no browser, and carries nobody's cookies."""
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "same-origin")
    is_ours = not origin or urlsplit(origin).netloc == request.get_host()
    if not is_ours or site != "same-origin":
        raise NotFound


def remember(response: HttpResponse, asker: Asker, secret: str) -> None:
    """Give the guest's browser what it keeps for thirty days."""
    if asker.is_boxed:
        response[SECRET] = secret
        return
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=LASTS,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """Take it back."""
    response.delete_cookie(cookie_name(), path=PATH, samesite="Lax")


def hint(response: HttpResponse, asker: Asker, *, is_on: bool) -> None:
    """Tell our other pages, whose launcher reads it, whether a chat is on."""
    if asker.is_boxed:
        return
    if is_on:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(HINT, "1", max_age=HINT_LASTS, secure=secure, samesite="Lax")  # for scripts to read
    else:
        response.delete_cookie(HINT, samesite="Lax")


def cookie_name() -> str:
    """The name of the guest's cookie, which has a path of its own and so cannot be a __Host- one."""
    return "__Secure-chat" if settings.SESSION_COOKIE_SECURE else "chat"
