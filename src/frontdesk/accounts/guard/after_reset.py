"""The browser in which somebody has just set a new password by a mailed link.

A stranger who goes on guessing would fill the shared counter again before the owner has typed the new password: for
an hour that browser's guesses at the password are counted apart. Not those at the second factor, since a mailbox alone
must not buy fresh ones.
"""

from django.http import HttpRequest

from frontdesk.accounts.models import Person
from frontdesk.accounts.tokens import new_token
from frontdesk.core import clock

SLOT = "password_was_reset"
GOOD_FOR_SECONDS = 3600


def note_reset(request: HttpRequest, person: Person) -> None:
    """Remember it in the session, under a new key; what the session held of this very account goes."""
    if request.user.is_anonymous or request.user.pk == person.pk:
        request.session.flush()
    else:
        request.session.cycle_key()
    request.session[SLOT] = {"email": person.email, "name": new_token(), "at": clock.real_now().timestamp()}


def client_after_reset(request: HttpRequest | None, email: str) -> str:
    """The name of this client's own counter, if it has just reset this account's password; empty otherwise."""
    kept = request.session.get(SLOT) if request is not None else None
    if not kept or kept["email"] != email or clock.real_now().timestamp() - kept["at"] > GOOD_FOR_SECONDS:
        return ""
    return f"reset {kept['name']}"
