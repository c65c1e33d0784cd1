"""What the pages share: the language that an address asks for, and the addresses themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info

from frontdesk.accounts.roles import Role
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre.writing import language_code


def asked_language(request: HttpRequest) -> str:
    """The language that the address names; empty when it names none, or nonsense."""
    try:
        return language_code(request.GET.get("language", ""))
    except RequestInvalid:
        return ""


def is_of_team(request: HttpRequest) -> bool:
    """Whether a member of the staff reads, who may see what is for the team."""
    return request.user.is_authenticated and request.user.has_role(Role.AGENT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The page around an article in the language that was asked for, where we speak it."""
    if language not in dict(settings.LANGUAGES):
        yield
        return
    with translation.override(language):
        yield


def name_of(language: str) -> str:
    """A language in its own words."""
    try:
        return str(get_language_info(language)["name_local"]).capitalize()
    except KeyError:
        return language


def address_of(slug: str, language: str = "") -> str:
    """The full address of an article, in a language or in the reader's."""
    path = reverse("helpcentre:article", args=[slug])
    return f"{settings.FRONTDESK_URL}{path}{f'?language={language}' if language else ''}"
