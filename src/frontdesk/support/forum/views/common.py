"""What the pages share: who reads, what is said of a refusal, what search engines are told."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontdesk.accounts.models import Person
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import members, names, selectors, wording
from frontdesk.support.forum.errors import NameRefused, PostRefused
from frontdesk.support.forum.models import Category, Member
from frontdesk.support.forum.order_errors import DecidedMeanwhile, NotAllowed
from frontdesk.support.forum.selectors import Reader


def reader_of(request: HttpRequest) -> Reader:
    """Who reads."""
    user: Any = request.user
    return selectors.reader_of(user if isinstance(user, Person | AnonymousUser) else None)


def signed_in(request: HttpRequest) -> Person | None:
    """The person who is signed in, if anybody is."""
    return request.user if isinstance(request.user, Person) else None


def member_of(request: HttpRequest) -> Member:
    """Whoever acts, as a member. Raises NotFound for a guest: pages ask for signing in before."""
    person = signed_in(request)
    if person is None:
        raise NotFound
    return members.of(person)


def words_for(refusal: Refusal) -> str:
    """A refusal in a sentence or two, for a form."""
    if isinstance(refusal, PostRefused):
        return wording.why_in_words(refusal)
    if isinstance(refusal, NameRefused):
        return str(names.WHY[str(refusal.members["why"])])
    if isinstance(refusal, NotAllowed):
        return str(refusal.members.get("why") or refusal.reason.detail)
    if isinstance(refusal, DecidedMeanwhile):
        return f"{refusal.reason.title}: {who_was_first(refusal)}. {refusal.reason.remedy}"
    if isinstance(refusal, TooManyAttempts):
        minutes = max(1, -(-int(str(refusal.members.get("retry_after", 60))) // 60))
        again = ngettext("Try again in a minute.", "Try again in %(minutes)s minutes.", minutes)
        return f"{refusal.reason.detail} {again % {'minutes': minutes}}"
    return f"{refusal.reason.title}. {refusal.reason.detail} {refusal.reason.remedy}"


def who_was_first(refusal: DecidedMeanwhile) -> str:
    """What was decided meanwhile and by whom, as far as it was somebody."""
    by, what = refusal.members["by"], refusal.members["what"]
    return _("%(what)s (%(name)s)") % {"what": what, "name": by} if by else str(what)


def for_engines(response: HttpResponse, *categories: Category, shown: bool = True) -> HttpResponse:
    """What not everybody may read stays out of search engines."""
    if not shown or any(each.reads != Category.Who.EVERYBODY for each in categories):
        response["X-Robots-Tag"] = "noindex"
    return response


def full(path: str) -> str:
    """An address as others write it."""
    return f"{settings.FRONTDESK_URL}{path}"
