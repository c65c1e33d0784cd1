"""Plain limits: on codes and mails for each standing apart, and on pages that send or reveal something.

A stranger who uses a cap up leaves those of the owner's known browsers, and of whoever gave the password, untouched.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.http import HttpRequest

from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.browsers import prefix
from frontdesk.accounts.browsers.known import Standing
from frontdesk.accounts.guard.counters import failing_closed
from frontdesk.accounts.guard.credentials import SecondFactorGuess
from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit

CAPS = ((5, 300), (20, 3600), (50, 86_400))  # how many, in how many seconds
ASK_PREFIX = Limit("asking prefix", 30, 3600)
CHECK_PREFIX = Limit("message check prefix", 30, 3600)
PASSKEY_PREFIX = Limit("passkey prefix", 120, 300)
INVITATION_PREFIX = Limit("invitation prefix", 30, 3600)
ADDRESS_CHANGE = Limit("address change", 5, 3600)


def may_send(channel: str, address: str, *, standing: Standing) -> bool:
    """Whether another message may go this way ("code mail", "sms", "reset mail") to this address or number now.

    Counts it. The page answers the same either way. Raises GuessesUncounted.
    """
    with suppress(TooManyAttempts):
        reserve_send(channel, address, standing=standing)
        return True
    return False


def reserve_send(channel: str, address: str, *, standing: Standing) -> None:
    """The same, for pages that say how long to wait. Raises TooManyAttempts with `retry_after`, GuessesUncounted."""
    _reserve(f"sent {channel}", address, standing)


@contextmanager
def reserve_code_guess(account: str, *, standing: Standing) -> Iterator[SecondFactorGuess]:
    """Reserve a guess at a code that was sent to this account (its address, known or not); `right()` gives it back.

    Raises TooManyAttempts with `retry_after` (seconds), or GuessesUncounted.
    """
    _reserve("code guess", account, standing)
    guess = SecondFactorGuess()
    yield guess
    if guess.was_right or not guess.was_checked:
        with failing_closed():
            for limit in _limits("code guess", standing):
                throttle.give_back(limit, account.lower())


def _reserve(name: str, subject: str, standing: Standing) -> None:
    with failing_closed():
        for limit in _limits(name, standing):
            throttle.reserve(limit, subject.lower())


def _limits(name: str, standing: Standing) -> list[Limit]:
    return [Limit(f"{name} {standing} {seconds}", count, seconds) for count, seconds in CAPS]


def may_mail(address: str) -> bool:
    """Whether another mail about making or confirming an account may go to this address now."""
    return may_send("sign-up mail", address, standing=Standing.STRANGER)


def ask(request: HttpRequest, email: str = "") -> None:
    """Count a request for a mail (sign-up, reset) from this network; the account's known browsers are let through.

    Raises TooManyAttempts, GuessesUncounted.
    """
    with failing_closed():
        if not email or known_browsers.find(request, email=email) is None:
            throttle.reserve(ASK_PREFIX, prefix(request))


def check_message(request: HttpRequest) -> None:
    """Count a question whether a message is genuine. Raises TooManyAttempts."""
    throttle.reserve(CHECK_PREFIX, prefix(request))


def open_invitation(request: HttpRequest) -> None:
    """Count a visit to an invitation. Raises TooManyAttempts."""
    throttle.reserve(INVITATION_PREFIX, prefix(request))


def change_address(person: UUID) -> None:
    """Count a change of address that somebody asked for, two mails each. Raises TooManyAttempts."""
    throttle.reserve(ADDRESS_CHANGE, str(person))


def show_passkey(request: HttpRequest) -> None:
    """Count a step of signing in by passkey, which costs us a session. Raises TooManyAttempts, GuessesUncounted.

    A browser that is known to somebody counts apart from the others of its network.
    """
    with failing_closed():
        throttle.reserve(PASSKEY_PREFIX, known_browsers.name(request) or prefix(request))
