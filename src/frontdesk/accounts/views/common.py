"""Shared by the account pages."""

from collections.abc import Callable
from typing import TypeVar

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from frontdesk.accounts.models import Person

V = TypeVar("V", bound=Callable[..., HttpResponseBase])


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


def reauthenticated(view: V) -> V:
    """A view only for somebody who has just proved again who they are; a request that was sent meanwhile is kept."""
    guarded: V = reauthentication_required(view)
    return guarded


def reauthenticated_to_post(view: V) -> V:
    """The same, where reading asks for nothing."""
    guarded: V = reauthentication_required(view, allow_get=True)
    return guarded
