"""Checking a code of the second factor: each is accepted once, whichever process is asked."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from frontdesk.accounts import guard, recovery_codes
from frontdesk.accounts.models import Person
from frontdesk.accounts.ways import Way

LAST = "last_counter"


def matching_counter(seed: str, code: str) -> int | None:
    """The newest time step near now whose code this is."""
    typed = "".join(code.split())
    counters: list[int] = sorted(yield_hotp_counters_from_time(), reverse=True)
    for counter in counters:
        if constant_time_compare(typed, format_hotp_value(hotp_value(seed, counter))):
            return counter
    return None


def accept_code(person: Person, code: str, request: HttpRequest | None = None) -> Authenticator | None:
    """The authenticator that made this code, or the row of the recovery code it is, which is then used up.

    None for a wrong one; raises TooManyAttempts.
    """
    with guard.guess_second_factor(person.pk, request) as guess:
        with transaction.atomic():
            found = _use_up(person, code)
        if found is not None:
            guess.right()
        return found


def _use_up(person: Person, code: str) -> Authenticator | None:
    way = Way.RECOVERY if recovery_codes.is_one(code) else Way.AUTHENTICATOR
    row = Authenticator.objects.select_for_update().filter(user=person, type=way).first()
    if row is None:
        return None
    row.user = person
    accepted = recovery_codes.use_up(row, person, code) if way == Way.RECOVERY else _use_counter(row, code)
    return row if accepted else None


def _use_counter(authenticator: Authenticator, code: str) -> bool:
    counter = matching_counter(decrypt(authenticator.data["secret"]), code)
    if counter is None or counter <= authenticator.data.get(LAST, 0):
        return False
    remember_counter(authenticator, counter)
    return True


def remember_counter(authenticator: Authenticator, counter: int) -> None:
    """The code that set an authenticator up counts as used."""
    authenticator.data[LAST] = counter
    authenticator.save(update_fields=["data"])
