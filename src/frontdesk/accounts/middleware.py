"""What every request passes: the session's browser, the person's language, and what guards the staff's pages."""

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from frontdesk.accounts.access import to_sign_in
from frontdesk.accounts.browsers import browser
from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.factors.ways import STRONG, Way
from frontdesk.accounts.models import Person
from frontdesk.core.errors import PermissionMissing

Next = Callable[[HttpRequest], HttpResponseBase]
# Also for guests: behind mailed links, and where somebody was signed in a moment ago.
PRIVATE = (
    "/account/",
    "/messages/",
    "/demo/mailbox/",
    "/hand-over/",
    "/replacements/",
    "/declarations/",
    "/backoffice/",
    "/desk/",
)
BACK_OFFICE = "/backoffice/"
STAFF_PAGES = (BACK_OFFICE, "/desk/")
PROOFS = (*STRONG, Way.RECOVERY)


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, and the session learns which browser it belongs to."""

    def process_request(self, request: HttpRequest) -> None:
        """Prepare the session; it is read when first used."""
        super().process_request(request)
        request.session.browser = browser(request)  # type: ignore[attr-defined] # our engine has it


class KnownBrowserMiddleware:
    """Gives a browser its token when a sign-in has made it known."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        known_browsers.set_cookie(request, response)
        return response


class PersonMiddleware:
    """The person's language and time zone, and no copies of private pages in caches."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        with timezone.override(request.user.zone if request.user.is_authenticated else None):
            response = self.get_response(request)
        signed_in = request.user.is_authenticated and not response.has_header("Cache-Control")
        if signed_in or request.path.startswith(PRIVATE):
            response["Cache-Control"] = "no-store, private"
        return response


class AuthorMiddleware:
    """What a page sends for its reader is taken from nobody else: another may have signed in beside it meanwhile.

    The token against forged requests does not tell them apart where an answer that was still under way, to the one
    before, has set its cookie once more.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Compare the header that scripts send with who is signed in. Raises PermissionDenied."""
        author = request.headers.get("Frontdesk-Person")
        if author is not None and author != str(request.user.pk):
            raise PermissionDenied


class MethodMiddleware:
    """A page that was asked in a way it does not know says so in words."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or response.content:
            return response
        page = render(request, "accounts/method_not_allowed.html", status=405)
        page["Allow"] = response.get("Allow", "GET")
        return page


class BackOfficeMiddleware:
    """Nobody enters the back office or the desk who is not staff with a second factor, shown in this very session."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(STAFF_PAGES):
            return _turned_away(request) or self.get_response(request)
        return self.get_response(request)


def _turned_away(request: HttpRequest) -> HttpResponse | None:
    person = request.user
    if not person.is_authenticated:
        return to_sign_in(request)
    if not person.is_staff or not person.is_active:
        error = PermissionMissing()
        return render(request, "ui/refusal.html", {"reason": error.reason, "members": error.members}, status=403)
    if request.path.startswith(f"{BACK_OFFICE}password_change/"):
        return HttpResponseRedirect(reverse("account_change_password"))  # ours ends the other sessions
    if not person.has_strong_second_factor:
        return _to("mfa_activate_totp", request)
    if not passed_second_factor(request, person):
        return _to("mfa_reauthenticate", request)
    return None


def passed_second_factor(request: HttpRequest, person: Person) -> bool:
    """Whether a strong second factor, or a recovery code in its stead, was shown or set up in this session."""
    records = get_authentication_records(request, person)
    return any(record.get("method") == "mfa" and record.get("type") in PROOFS for record in records)


def _to(name: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
