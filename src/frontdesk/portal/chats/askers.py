"""Who asks for the chat: a customer by their session, or a guest by the secret that their browser got for the code.

On our own pages the secret is a cookie, and what is sent shows Django's token. In a frame on another site cookies may
be blocked: there the secret is a header, kept in the frame's own storage. No foreign page can send such a header to us
(browsers ask first, and we never agree), so that requests with it need no token.

While somebody is signed in, they alone ask: a guest's secret in the same browser may be another's. It opens nothing
then, and the browser loses it (at the sign-in already: `shared`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Protocol, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
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
HINT = "chat_on"  # for every page: a chat is on, or its end unread: it is worth to ask. It says nothing else
HINT_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Asker:
    """Somebody at the chat: a person or a visitor, never both. `wants_piece`: a script shows the answer where it is;
    `is_boxed`: on another site."""

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
        """The chat that they are in now; else the one whose end they have missed, until they have read it."""
        return (selectors.on_of(self.owner) or selectors.missed_by(self.owner)) if self.owner else None

    def access(self, number: UUID) -> Chat:
        """A chat of theirs. Raises ChatUnknown for another's as for none."""
        if self.owner is None:
            raise ChatUnknown
        return selectors.access(self.owner, number)


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
        if asker.person and _secret(request, asker.is_boxed):
            forget(response, asker)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return cast("View", checked)


def of(request: HttpRequest) -> Asker:
    """Who asks. Raises NotFound for a header that comes from another origin."""
    kind = request.headers.get(KIND, "")
    is_boxed = kind == "box"
    if is_boxed:
        _require_own_origin(request)
    person, secret = signed_in(request), _secret(request, is_boxed)
    visitor = visitors.known(secret) if secret and person is None else None
    return Asker(person, visitor, wants_piece=is_boxed or kind == "piece", is_boxed=is_boxed)


def _secret(request: HttpRequest, is_boxed: bool) -> str:
    """What the guest's browser shows; empty for none."""
    return request.headers.get(SECRET, "") if is_boxed else request.COOKIES.get(cookie_name(), "")


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


def forget(response: HttpResponseBase, asker: Asker | None = None) -> None:
    """Take it back: the cookie, or what the frame keeps."""
    if asker and asker.is_boxed:
        response[SECRET] = ""
        return
    response.delete_cookie(cookie_name(), path=PATH, samesite="Lax")
    taken = response.cookies[cookie_name()]  # closed as it was when it was given
    taken["httponly"], taken["secure"] = True, settings.SESSION_COOKIE_SECURE


def hint(response: HttpResponse, asker: Asker, *, is_on: bool) -> None:
    """Tell our other pages, whose launcher reads it, whether there is a chat to ask for."""
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
