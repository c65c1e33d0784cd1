"""Shared by the account pages, and by the pages of other apps for somebody who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache

from frontdesk.accounts.access import to_sign_in
from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


class PersonView(Protocol):
    """A view of somebody who is signed in."""

    def __call__(self, request: HttpRequest, person: Person, *args: Any, **kwargs: Any) -> HttpResponse: ...


class View(Protocol):
    """A view as Django calls it."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse: ...


def for_person(view: Any) -> View:
    """Hand the signed-in person to a `PersonView`; visitors sign in first, and nothing is kept by caches."""
    inner = cast("PersonView", view)

    @never_cache
    @wraps(view)
    def signed_in(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return inner(request, request.user, *args, **kwargs)

    return cast("View", signed_in)


def acting(person: Person) -> Actor:
    """The customer as the one who acts."""
    return Actor.customer(person.pk)


def safe_next(request: HttpRequest) -> str:
    """Where the person wanted to go, if it is a page of ours; empty otherwise."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if wanted and get_adapter(request).is_safe_url(wanted) else ""


def home_or_next(request: HttpRequest) -> str:
    """Where to go when all is done."""
    return safe_next(request) or settings.LOGIN_REDIRECT_URL


def person_of(request: HttpRequest) -> Person:
    """The person who is signed in; the page's decorator has made sure."""
    assert isinstance(request.user, Person)  # noqa: S101 - login_required stands before
    return request.user


def telling_locks(response: HttpResponse, form: Form) -> HttpResponse:
    """The page of a form, as 429 with its Retry-After when a lock refused what was typed."""
    every = form.errors.as_data().values() if form.is_bound else ()
    waits = [int((error.params or {})["seconds"]) for errors in every for error in errors if error.code == "locked"]
    if waits:
        response.status_code = 429
    if any(waits):  # a lock until a reset has no time
        response["Retry-After"] = str(max(waits))
    return response


def reauthenticated(view: V) -> V:
    """A view only for somebody who has just proved again who they are; a request that was sent meanwhile is kept."""
    guarded: V = reauthentication_required(view)
    return guarded


def reauthenticated_to_post(view: V) -> V:
    """The same, where reading asks for nothing."""
    guarded: V = reauthentication_required(view, allow_get=True)
    return guarded
