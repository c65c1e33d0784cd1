"""Known browsers: those in which somebody has completed a sign-in, second step included.

A browser has one random token in a signed cookie; its rows say to whom it is known. A known browser is counted apart
in the lockout (`guard`), so that a stranger's attack never locks its owner out of it.
"""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase

from frontdesk.accounts.browsers import browser
from frontdesk.accounts.models import KnownBrowser, Person
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import clock

KNOWN_FOR = timedelta(days=400)  # since the last sign-in; browsers keep no cookie for longer
SAME_SIGN_IN = timedelta(minutes=1)  # a form sent twice must not leave the browser with a token of the past
ROWS = "_known_browser_rows"
FRESH = "_known_browser_fresh"


class Standing(StrEnum):
    """What a client has shown of itself; caps on codes and mails are kept apart by it."""

    KNOWN_BROWSER = "known browser"
    GAVE_PASSWORD = "gave password"  # noqa: S105 - a name
    STRANGER = "stranger"


def standing(request: HttpRequest, person: Person | None) -> Standing:
    """How this client stands to a person; to nobody (an unknown address) everyone is a stranger, at the same cost."""
    known = find(request, person=person.pk if person else None)
    if person is None:
        return Standing.STRANGER
    if known is not None or request.user == person:
        return Standing.KNOWN_BROWSER
    given = any(record.get("method") == "password" for record in get_authentication_records(request, person))
    return Standing.GAVE_PASSWORD if given else Standing.STRANGER


def current(request: HttpRequest, person: Person) -> KnownBrowser | None:
    """The request's browser, if it is known to this person. One query in a request that has the cookie."""
    return find(request, person=person.pk)


def find(request: HttpRequest, *, email: str = "", person: UUID | None = None) -> KnownBrowser | None:
    """The same by address or id; an unknown address costs as much as a known one."""
    return next((row for owner, row in _rows(request) if row.person_id == person or (email and owner == email)), None)


def name(request: HttpRequest) -> str:
    """What names this browser if it is known to anybody; empty otherwise."""
    return next((row.token_hash for _owner, row in _rows(request)), "")


def remember(request: HttpRequest, person: Person) -> KnownBrowser:
    """Make the browser known after a complete sign-in; the middleware sets the cookie.

    Its token is a new one each time, so that a token planted or copied before is worth nothing afterwards.
    """
    old, token, now = _token(request), new_token(), clock.real_now()
    known, seen = current(request, person), browser(request)
    if known is not None and now - known.last_used_at < SAME_SIGN_IN:
        token = old
    elif old:
        KnownBrowser.objects.filter(token_hash=_hash(old)).update(token_hash=_hash(token))
    known = known or KnownBrowser(person=person, created_at=now)
    known.token_hash, known.last_used_at = _hash(token), now
    known.user_agent, known.ip_prefix, known.place = seen.user_agent, seen.ip_prefix, seen.place()
    known.save()
    setattr(request, FRESH, token)
    setattr(request, ROWS, None)
    return known


def set_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser its token, if this request made it known."""
    token = getattr(request, FRESH, "")
    if token:
        response.set_cookie(
            settings.BROWSER_COOKIE_NAME,
            _signer().sign(token),
            max_age=KNOWN_FOR,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )


def _rows(request: HttpRequest) -> list[tuple[str, KnownBrowser]]:
    """To whom this browser is known, with their addresses; read once in a request."""
    rows: list[tuple[str, KnownBrowser]] | None = getattr(request, ROWS, None)
    if rows is None:
        rows, token = [], _token(request)
        if token:
            found = KnownBrowser.objects.filter(token_hash=_hash(token), last_used_at__gt=clock.real_now() - KNOWN_FOR)
            rows = [(row.owner, row) for row in found.annotate(owner=F("person__email"))]
        setattr(request, ROWS, rows)
    return rows


def _token(request: HttpRequest) -> str:
    """The token of the request's browser; empty when there is none or it is not one of ours."""
    fresh: str = getattr(request, FRESH, "")
    if fresh:
        return fresh
    try:
        return _signer().unsign(request.COOKIES.get(settings.BROWSER_COOKIE_NAME, ""))
    except BadSignature:
        return ""


def _hash(token: str) -> str:
    return token_hash(f"browser:{token}")


def _signer() -> Signer:
    return Signer(salt="frontdesk.accounts.known browser")
