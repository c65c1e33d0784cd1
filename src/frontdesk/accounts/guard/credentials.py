"""Guesses at passwords, second factors and reset links, each counted apart, and each known browser for itself.

All unknown clients share one counter of an account, which a stranger can fill; the owner's own browsers, and a browser
in which the owner is signed in or has just reset the password, never see it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.browsers import prefix
from frontdesk.accounts.guard import counters, telling
from frontdesk.accounts.guard.after_reset import client_after_reset
from frontdesk.accounts.guard.counters import Counter, What
from frontdesk.accounts.models import GuessCounter, KnownBrowser, Person
from frontdesk.accounts.sessions import key_hash
from frontdesk.core import clock, throttle
from frontdesk.core.throttle import Limit

SIGN_IN_PREFIX = Limit("sign-in prefix", 60, 300)
RESET_PREFIX = Limit("reset link prefix", 60, 300)
NOTHING_WRONG = "_nothing_was_guessed_wrong"


@dataclass
class PasswordGuess:
    """A reserved guess at a password. `is_known`: from a browser of the owner's, which nobody else can hold up."""

    email: str
    counter: Counter
    prefix: str
    failures: int = 0
    request: HttpRequest | None = None

    @property
    def is_known(self) -> bool:
        """Whether the client is the owner's browser."""
        return not self.counter.stops

    def right(self) -> None:
        """It was right: it does not count. What strangers got wrong before stays counted."""
        if self.is_known:
            counters.clear(self.counter.bucket)
        else:
            self.give_back()
            if self.failures == 1 and self.request is not None:
                setattr(self.request, NOTHING_WRONG, True)

    def wrong(self) -> None:
        """It was wrong; the account's owner hears of a lock."""
        if self.failures >= counters.FREE:
            telling.tell_of_lock(self.email)

    def give_back(self) -> None:
        """It was never checked, or right."""
        network = None if self.is_known else throttle.giving_back(SIGN_IN_PREFIX, self.prefix)
        counters.give_back(self.counter, self.failures, network=network)


def guess_password(request: HttpRequest | None, email: str) -> PasswordGuess:
    """Reserve a guess at this account's password.

    Raises TooManyAttempts with `retry_after` (seconds), PasswordStopped, or GuessesUncounted.
    """
    email = email.strip().lower()
    with counters.failing_closed():
        client = _own_client(request, email=email) or client_after_reset(request, email)
        network = prefix(request) if request is not None else ""
        if not client:
            throttle.reserve(SIGN_IN_PREFIX, network)
    counter = Counter(What.PASSWORD, client or _account(email), stops=not client)
    return PasswordGuess(email, counter, network, counters.reserve(counter), request)


@dataclass
class SecondFactorGuess:
    """What became of a guess; it was wrong unless something else is said."""

    was_right: bool = field(default=False, init=False)
    was_checked: bool = field(default=True, init=False)

    def right(self) -> None:
        """It was right."""
        self.was_right = True

    def unchecked(self) -> None:
        """It was compared with nothing, so it does not count."""
        self.was_checked = False


@contextmanager
def guess_second_factor(person: UUID, request: HttpRequest | None = None) -> Iterator[SecondFactorGuess]:
    """Reserve a guess at a person's second factor, whichever kind; `right()` gives it back.

    Raises TooManyAttempts with `retry_after` (seconds; 0 when stopped), or GuessesUncounted.
    """
    with counters.failing_closed():
        client = _own_client(request, person=person)
    counter = Counter(What.SECOND_FACTOR, client or _account(person), stops=not client)
    failures = counters.reserve(counter)
    guess = SecondFactorGuess()
    yield guess
    if guess.was_right and client:
        counters.clear(counter.bucket)
    elif not guess.was_checked or (guess.was_right and request is None):
        counters.give_back(counter, failures)  # with a request, `complete_sign_in` clears it in a moment
    elif not guess.was_right and failures >= counters.FREE:
        telling.tell_of_lock(Person.objects.values_list("email", flat=True).get(pk=person))


@contextmanager
def guess_reset(request: HttpRequest, link: str) -> Iterator[SecondFactorGuess]:
    """Reserve a guess at a reset link; `right()` gives it back. Raises TooManyAttempts, GuessesUncounted.

    Counted for each network apart, so that wrong links from elsewhere never stand between the owner and the mailed one.
    """
    account = link.partition("-")[0][:32]
    with counters.failing_closed():
        client = _own_client(request, person=_uuid(account))
        if not client:
            throttle.reserve(RESET_PREFIX, prefix(request))
    counter = Counter(What.RESET, client or f"{account} {prefix(request)}", stops=False)
    failures = counters.reserve(counter)
    guess = SecondFactorGuess()
    try:
        yield guess
    finally:
        if guess.was_right:
            counters.give_back(counter, failures)


def complete_sign_in(request: HttpRequest, person: Person, browser: KnownBrowser | None) -> None:
    """A sign-in was completed, second step included: from an unknown client it clears what unknown clients share.

    Unless nobody guessed wrong before, as the reservation in this very request has told.
    """
    if browser is None and not getattr(request, NOTHING_WRONG, False):
        counters.clear(_shared(What.PASSWORD, person.email), _shared(What.SECOND_FACTOR, person.pk))


@dataclass(frozen=True)
class Pause:
    """Why a right password is not looked at just now: until when, or (`until` None) for good."""

    until: datetime | None


def pause_of(person: Person) -> Pause | None:
    """The pause after wrong passwords, in any of the browsers that count for this account; None when there is none."""
    own = [_browser(pk) for pk in person.known_browsers.values_list("pk", flat=True)]
    buckets = [counters.bucket(What.PASSWORD, whose) for whose in [_account(person.email), *own]]
    rows = GuessCounter.objects.filter(pk__in=buckets)
    if any(row.failures >= counters.STOPS_AT and row.pk == buckets[0] for row in rows):
        return Pause(None)
    now = clock.real_now()
    waits = [row.waits_until for row in rows if row.waits_until and row.waits_until > now]
    return Pause(max(waits)) if waits else None


def clear_lock(person: Person) -> None:
    """A completed reset ends every lock of the password.

    Of the second factor it ends only the stop: a mailbox alone must not buy fresh guesses at it.
    """
    own = [_browser(pk) for pk in person.known_browsers.values_list("pk", flat=True)]
    counters.clear(*(counters.bucket(What.PASSWORD, whose) for whose in [_account(person.email), *own]))
    counters.lift_stop(_shared(What.SECOND_FACTOR, person.pk))


def _own_client(request: HttpRequest | None, *, email: str = "", person: UUID | None = None) -> str:
    """The name of this client's own counter: a browser known to the account, or a session signed in to it."""
    if request is None:
        return ""
    browser = known_browsers.find(request, email=email, person=person)
    if browser is not None:
        return _browser(browser.pk)
    user = getattr(request, "user", None)
    if isinstance(user, Person) and (user.pk == person or user.email == email):
        return f"session {key_hash(request.session.session_key or '')}"
    return ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None


def _browser(pk: UUID) -> str:
    return f"browser {pk}"


def _account(name: str | UUID) -> str:
    return f"account {name}"


def _shared(what: What, name: str | UUID) -> str:
    return counters.bucket(what, _account(name))
