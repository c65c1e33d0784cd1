"""Checking a code of the second factor: each is accepted once, whichever process is asked."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from frontdesk.accounts import guard
from frontdesk.accounts.factors import recovery_codes
from frontdesk.accounts.factors.ways import Way, read_factors
from frontdesk.accounts.models import Person
from frontdesk.core import clock

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
        found = _use_recovery_code(person, code) if recovery_codes.is_one(code) else _use_counter(person, code)
        if found is not None:
            guess.right()
        return found


def note_use(request: HttpRequest, row: Authenticator, **how: bool) -> None:
    """Note in the session that this one was shown; its last use was written with the code's."""
    said = {name: True for name, value in how.items() if value}
    record_authentication(request, row.user, "mfa", id=row.pk, type=row.type, **said)


@transaction.atomic
def _use_recovery_code(person: Person, code: str) -> Authenticator | None:
    row = Authenticator.objects.select_for_update().filter(user=person, type=Way.RECOVERY).first()
    if row is None or not recovery_codes.use_up(row, person, code):
        return None
    row.user = person
    return row


def _use_counter(person: Person, code: str) -> Authenticator | None:
    """Compare and set: of several who show the same code at once, one changes the row, and the others find it so."""
    row = next((row for row in read_factors(person) if row.type == Way.AUTHENTICATOR), None)
    counter = matching_counter(decrypt(row.data["secret"]), code) if row else None
    if row is None or counter is None or counter <= row.data.get(LAST, 0):
        return None
    used = {**row.data, LAST: counter}
    if not Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=used, last_used_at=clock.real_now()):
        return None
    row.data, row.user = used, person
    return row


def remember_counter(authenticator: Authenticator, counter: int) -> None:
    """The code that set an authenticator up counts as used."""
    authenticator.data[LAST] = counter
    authenticator.save(update_fields=["data"])
