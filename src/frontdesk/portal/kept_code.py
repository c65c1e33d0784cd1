"""A code that waits in the session while a person signs in or confirms: never in an address, never in a log."""

from uuid import UUID

from django.http import HttpRequest

from frontdesk.core import clock
from frontdesk.licensing.codes import ParsedCode

KEY = "kept_code"
USED = "kept_code_used_for"
SECONDS = 3600


def keep(request: HttpRequest, code: ParsedCode) -> None:
    """Remember the code for an hour. The session's data is sealed at rest."""
    request.session[KEY] = [code.text, int(clock.real_now().timestamp()) + SECONDS]


def kept(request: HttpRequest) -> ParsedCode | None:
    """The code that waits, if there is one and its hour is not over."""
    text, until = request.session.get(KEY, ["", 0])
    if not text or until < clock.real_now().timestamp():
        return None
    return ParsedCode(text)


def tail(request: HttpRequest) -> str:
    """The last group of the code that waits; empty when none does."""
    code = kept(request)
    return code.tail if code else ""


def forget(request: HttpRequest) -> None:
    """Nothing waits any more."""
    request.session.pop(KEY, None)


def put_to_use(request: HttpRequest, license_id: UUID) -> None:
    """The code has become this licence; a second press of the same button is shown it."""
    forget(request)
    request.session[USED] = str(license_id)


def put_to_use_for(request: HttpRequest) -> UUID | None:
    """The licence that the last code became in this session."""
    license_id = request.session.get(USED)
    return UUID(license_id) if license_id else None
