"""How guessing is slowed down. All counting of attempts around accounts goes through here, on core.throttle.

A guess is reserved before anything is hashed and given back when it was right, so that parallel guesses cannot pass
the bound. Unknown accounts are counted in the same way. Sign-in, second factor, reset and the rest count apart.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from frontdesk.accounts.browsers import prefix
from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit

SIGN_IN_ACCOUNT = Limit("sign-in account", 5, 300)
SIGN_IN_PREFIX = Limit("sign-in prefix", 60, 300)
SECOND_FACTOR = Limit("second factor", 5, 300)
ASK_PREFIX = Limit("asking prefix", 30, 3600)
MAIL_ADDRESS = Limit("mail address", 5, 3600)
CHECK_PREFIX = Limit("message check prefix", 30, 3600)
INVITATION_PREFIX = Limit("invitation prefix", 30, 3600)


@dataclass(frozen=True)
class Guess:
    """A reserved guess at a password."""

    email: str
    prefix: str

    def give_back(self) -> None:
        """The guess was right: it does not count. Wrong ones before it stay counted."""
        throttle.give_back(SIGN_IN_ACCOUNT, self.email)
        throttle.give_back(SIGN_IN_PREFIX, self.prefix)


def guess_password(request: HttpRequest, email: str) -> Guess:
    """Reserve a guess at this account's password. Raises TooManyAttempts with `retry_after` (seconds)."""
    guess = Guess(email.strip().lower(), prefix(request))
    throttle.reserve(SIGN_IN_PREFIX, guess.prefix)
    throttle.reserve(SIGN_IN_ACCOUNT, guess.email)
    return guess


def clear_lock(email: str) -> None:
    """A completed reset ends the account's lock."""
    throttle.clear(SIGN_IN_ACCOUNT, email)


@contextmanager
def guess_second_factor(person: UUID) -> Iterator["SecondFactorGuess"]:
    """Reserve a guess at a person's second factor; `right()` gives it back. Raises TooManyAttempts."""
    throttle.reserve(SECOND_FACTOR, str(person))
    guess = SecondFactorGuess()
    yield guess
    if guess.was_right:
        throttle.give_back(SECOND_FACTOR, str(person))


@dataclass
class SecondFactorGuess:
    """Whether the guess turned out right."""

    was_right: bool = False

    def right(self) -> None:
        """Say that it was."""
        self.was_right = True


def ask(request: HttpRequest) -> None:
    """Count a request for a mail (sign-up, reset) from this network. Raises TooManyAttempts."""
    throttle.reserve(ASK_PREFIX, prefix(request))


def may_mail(address: str) -> bool:
    """Whether another such mail may go to this address now. The page answers the same either way."""
    with suppress(TooManyAttempts):
        throttle.reserve(MAIL_ADDRESS, address.lower())
        return True
    return False


def check_message(request: HttpRequest) -> None:
    """Count a question whether a message is genuine. Raises TooManyAttempts."""
    throttle.reserve(CHECK_PREFIX, prefix(request))


def open_invitation(request: HttpRequest) -> None:
    """Count a visit to an invitation. Raises TooManyAttempts."""
    throttle.reserve(INVITATION_PREFIX, prefix(request))
