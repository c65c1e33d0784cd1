"""The eight points of the lockout, attacked: strangers guess, the owner goes on, every guess that is hashed counts."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pyotp
import pytest
from django.contrib.auth import authenticate
from django.core.mail import EmailMultiAlternatives
from django.db import connection, connections
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts import guard
from frontdesk.accounts.guard import counters
from frontdesk.accounts.models import GuessCounter, KnownBrowser, Person
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.models import AuditEntry
from tests.accounts.attack import at_once, guess, stranger, wait_it_out, waits
from tests.accounts.conftest import PASSWORD, link_in
from tests.people import customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
Delivered = Callable[[], list[EmailMultiAlternatives]]
SignIn = Callable[..., Client]
ADA, EVE = "ada@example.org", "eve@example.org"
NEW = "eleven loud ganders march"


def allowed(seconds: float) -> int:
    """How many wrong guesses the design lets through in so long."""
    count, left = counters.FREE, seconds
    for at in range(counters.STOPS_AT - counters.FREE):
        left -= counters.WAITS[min(at, len(counters.WAITS) - 1)]
        if left < 0:
            break
        count += 1
    return count


def fill(failures: int, email: str = ADA) -> None:
    """As if unknown clients had been wrong so often, and every wait were over."""
    name = counters.bucket("password", f"account {email}")
    now = clock.real_now()
    GuessCounter.objects.update_or_create(
        bucket=name, defaults={"failures": failures, "waits_until": now, "last_at": now}
    )


@pytest.mark.django_db(transaction=True)
def test_a_thousand_guesses_from_200_addresses_never_stop_the_owner(fast: list[str]) -> None:
    customer(ADA)
    owner = Client(REMOTE_ADDR="203.0.113.5")
    assert guess(owner, ADA, PASSWORD) == 302
    over, owned = threading.Event(), []

    def go_on_working() -> None:
        try:
            while not over.is_set():
                owned.append(guess(owner, ADA, PASSWORD))
                over.wait(0.2)  # as every second, in less time
        finally:
            connections.close_all()

    fast.clear()
    began, owners = time.monotonic(), threading.Thread(target=go_on_working)
    owners.start()
    statuses = at_once(lambda at: guess(stranger(at % 200), ADA, f"guess {at}"), 1000, 8)
    over.set()
    owners.join()
    reached = [password for password in fast if password.startswith("guess")]
    assert set(owned) == {302}
    assert len(owned) >= 5
    assert len(fast) - len(reached) == len(owned), "each of the owner's was checked"
    assert counters.FREE <= len(reached) <= allowed(time.monotonic() - began)
    assert statuses.count(200) == len(reached)
    # On a machine too busy to answer in time, what cannot be counted is refused as well.
    assert statuses.count(429) + statuses.count(503) == 1000 - len(reached)


def test_the_waits_grow_and_the_page_says_how_long(ada: Person) -> None:
    for at in range(4):
        assert guess(stranger(at), ADA, "wrong") == 200
        assert not list(waits())
    for wait, words in ((60, "1 minute"), (300, "5 minutes"), (900, "15 minutes"), (3600, "60 minutes")) * 2:
        length = 3600 if GuessCounter.objects.filter(failures__gte=8).exists() else wait
        assert guess(stranger(9), ADA, "wrong") == 200
        assert list(waits()) == [length]
        refused = stranger(10).post("/account/login/", {"login": ADA, "password": PASSWORD})
        assert refused.status_code == 429
        assert abs(int(refused["Retry-After"]) - length) <= 2
        if length == wait:
            assert words in refused.content.decode()
        wait_it_out()


def test_the_page_of_a_lock_shows_the_ways_out(ada: Person, settings: Settings) -> None:
    settings.FRONTDESK_URL = "http://localhost:8000"
    fields, headers = {"login": ADA, "password": "wrong"}, {"host": "localhost:8000"}
    for _ in range(6):
        page = stranger().post("/account/login/", fields, headers=headers).content.decode()
    assert "/account/password/reset/" in page
    assert "signed in before" in page
    assert "/account/login/code/" in page
    assert page.count("/account/login/passkey/options/") == 1


def test_after_a_hundred_only_known_browsers_go_on_until_a_reset(
    ada: Person, sign_in: SignIn, delivered: Delivered, fast: list[str]
) -> None:
    known = sign_in()
    fill(99)
    assert guess(stranger(1), ADA, "wrong") == 200
    wait_it_out()
    fast.clear()
    refused = stranger(2).post("/account/login/", {"login": ADA, "password": PASSWORD})
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers
    assert "hundred wrong guesses" in refused.content.decode()
    assert not fast
    assert guess(known, ADA, PASSWORD) == 302, "the owner's browser goes on"
    assert guess(stranger(3), ADA, PASSWORD) == 429, "and does not clear what strangers share"
    delivered()
    stranger(4).post("/account/password/reset/", {"email": ADA})
    assert guess(stranger(5), ADA, PASSWORD) == 429, "asking changes nothing"
    (mail,) = delivered()
    assert stranger(6).post(link_in(mail), {"password": NEW}).status_code == 302
    assert guess(stranger(7), ADA, NEW) == 302


def test_each_known_browser_counts_for_itself(ada: Person, sign_in: SignIn) -> None:
    first, second = sign_in(), sign_in()
    for _ in range(5):
        assert guess(first, ADA, "mistyped") == 200
    assert guess(first, ADA, PASSWORD) == 429
    assert guess(second, ADA, PASSWORD) == 302
    assert guess(stranger(), ADA, PASSWORD) == 302
    wait_it_out()
    assert guess(first, ADA, PASSWORD) == 302
    assert guess(first, ADA, "mistyped") == 200, "its count began anew"


def test_a_known_browser_is_never_stopped_for_good(ada: Person, sign_in: SignIn) -> None:
    known = sign_in()
    guess(known, ADA, "mistyped")
    GuessCounter.objects.update(failures=150, waits_until=None)
    assert guess(known, ADA, PASSWORD) == 302


def test_only_a_complete_sign_in_from_an_unknown_client_clears_the_shared_count(ada: Person, sign_in: SignIn) -> None:
    known = sign_in()
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    fill(4)
    assert guess(known, ADA, PASSWORD) == 302
    known.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert GuessCounter.objects.get().failures == 4, "a known browser's sign-in"
    client = stranger(1)
    assert guess(client, ADA, PASSWORD) == 302
    assert GuessCounter.objects.get().failures == 4, "the right password alone: half a sign-in"
    code = pyotp.TOTP(secret).at(int(time.time()) + 30)
    assert client.post("/account/2fa/authenticate/", {"code": code})["Location"] == "/home/"
    assert not GuessCounter.objects.exists()


def test_a_reset_lets_the_owner_in_at_once_in_a_browser_that_waits(
    ada: Person, sign_in: SignIn, delivered: Delivered
) -> None:
    known = sign_in()
    for _ in range(6):
        guess(known, ADA, "mistyped")
    known.post("/account/password/reset/", {"email": ADA})
    mail = next(mail for mail in delivered() if "password" in mail.subject)
    assert known.post(link_in(mail), {"password": NEW}).status_code == 302
    assert guess(known, ADA, NEW) == 302


def test_the_owner_hears_of_locks_once_a_day(ada: Person, delivered: Delivered, sign_in: SignIn) -> None:
    known = sign_in()
    for client in (stranger(1), known):
        for _ in range(6):
            guess(client, ADA, "wrong")
    told = delivered()
    assert [mail.subject for mail in told] == ["Somebody guesses at your account"]
    assert AuditEntry.objects.filter(action="person.locked", person=ada.pk).count() == 1
    wait_it_out()
    guess(stranger(2), ADA, "wrong")
    assert not delivered()
    name = counters.bucket("told of a lock", ADA)
    GuessCounter.objects.filter(pk=name).update(told_at=clock.real_now() - timedelta(days=1))
    wait_it_out()
    guess(stranger(2), ADA, "wrong")
    assert len(delivered()) == 1


def test_password_and_second_factor_are_counted_apart(ada: Person, sign_in: SignIn) -> None:
    known = sign_in()
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    thief = stranger(1)  # who knows the password
    assert guess(thief, ADA, PASSWORD) == 302
    for _ in range(5):
        thief.post("/account/2fa/authenticate/", {"code": "000000"})
    code = pyotp.TOTP(secret).now()
    assert "pause for 1 minute" in thief.post("/account/2fa/authenticate/", {"code": code}).content.decode()
    assert guess(stranger(2), ADA, PASSWORD) == 302, "the password's count is another"
    known.post("/account/logout/")
    assert guess(known, ADA, PASSWORD) == 302
    assert known.post("/account/2fa/authenticate/", {"code": code})["Location"] == "/home/"


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_counted_is_refused(fast: list[str]) -> None:
    customer(ADA)
    fast.clear()
    with connection.cursor() as cursor:
        cursor.execute("alter table accounts_guesscounter rename to away")
    try:
        refused = stranger().post("/account/login/", {"login": ADA, "password": PASSWORD})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table away rename to accounts_guesscounter")
    assert refused.status_code == 503
    assert "We cannot count attempts" in refused.content.decode()
    assert not fast
    assert guess(stranger(), ADA, PASSWORD) == 302


def test_whoever_asks_for_a_check_is_counted(ada: Person, fast: list[str]) -> None:
    for _ in range(5):
        assert authenticate(email=ADA, password="wrong") is None
    fast.clear()
    with pytest.raises(TooManyAttempts):
        authenticate(email=ADA, password=PASSWORD)
    for page in ("/backoffice/login/", "/account/login/"):
        response = stranger().post(page, {"login": ADA, "username": ADA, "password": PASSWORD}, follow=True)
        assert not response.wsgi_request.user.is_authenticated
    assert not fast


def test_a_browser_that_is_signed_in_proves_its_password_whatever_strangers_do(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    KnownBrowser.objects.all().delete()
    fill(100)
    response = client.post("/account/password/change/", {"oldpassword": PASSWORD, "password": NEW})
    assert response.status_code == 302


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_second_step_from_fifty_clients_at_once_do_not_pass_the_bound() -> None:
    person = customer(ADA)
    checked: list[int] = []

    def try_one(at: int) -> int:
        with (
            suppress(TooManyAttempts),
            guard.guess_second_factor(person.pk, stranger(at).get("/account/login/").wsgi_request),
        ):
            checked.append(at)
        return at

    began = time.monotonic()
    at_once(try_one, 50, 8)
    assert counters.FREE <= len(checked) <= allowed(time.monotonic() - began)


def test_strangers_who_go_on_guessing_do_not_stop_who_has_just_reset(
    ada: Person, delivered: Delivered, fast: list[str]
) -> None:
    """Neither in a new browser: between the new password and typing it, a stranger can fill the counter again."""
    owner = stranger(9)
    owner.post("/account/password/reset/", {"email": ADA})
    assert owner.post(link_in(delivered()[-1]), {"password": NEW}).status_code == 302
    assert [guess(stranger(at), ADA, f"guess {at}") for at in range(6)] == [200] * 5 + [429]
    tried = [owner.post("/account/login/", {"login": ADA, "password": f"typo {at}"}).status_code for at in range(2)]
    assert tried == [200, 200]
    elsewhere = stranger(10)
    assert guess(elsewhere, ADA, NEW) == 429, "only the browser that did it"
    assert owner.post("/account/login/", {"login": ADA, "password": NEW}).status_code == 302


def test_the_browser_that_has_just_reset_guesses_no_more_than_others(
    ada: Person, delivered: Delivered, fast: list[str]
) -> None:
    customer(EVE)
    owner = stranger(9)
    owner.post("/account/password/reset/", {"email": ADA})
    owner.post(link_in(delivered()[-1]), {"password": NEW})
    tried = [owner.post("/account/login/", {"login": ADA, "password": f"typo {at}"}).status_code for at in range(6)]
    assert tried == [200] * 5 + [429]
    tried = [owner.post("/account/login/", {"login": EVE, "password": f"typo {at}"}).status_code for at in range(5)]
    assert tried == [200] * 5
    assert guess(stranger(1), EVE, PASSWORD) == 429, "at other accounts it is one of all"


def test_a_reset_in_the_browser_that_is_signed_in_signs_it_out(
    ada: Person, sign_in: SignIn, delivered: Delivered
) -> None:
    client = sign_in()
    delivered()
    client.post("/account/password/reset/", {"email": ADA})
    assert client.post(link_in(delivered()[-1]), {"password": NEW}).status_code == 302
    assert client.get("/account/security/").status_code == 302
    assert client.post("/account/login/", {"login": ADA, "password": NEW}).status_code == 302
