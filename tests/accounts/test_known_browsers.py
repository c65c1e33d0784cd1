"""Known browsers: made known by a complete sign-in alone, by a cookie nobody can make, plant or read."""

from collections.abc import Callable

import pyotp
import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.browsers.known import Standing
from frontdesk.accounts.models import KnownBrowser, Person
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from tests.accounts.attack import guess
from tests.accounts.conftest import PASSWORD
from tests.people import customer
from tests.support.queries import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
SignIn = Callable[..., Client]


def is_known(client: Client, person: Person) -> bool:
    """Whether the server takes this browser for one of the person's."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    return known_browsers.current(request, person) is not None


def test_only_a_complete_sign_in_makes_a_browser_known(ada: Person) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    client = Client()
    assert guess(client, ada.email, "wrong") == 200
    assert guess(client, ada.email, PASSWORD) == 302
    assert "browser" not in client.cookies, "half a sign-in"
    client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert is_known(client, ada)
    assert not is_known(client, customer("bob@example.org"))


def test_the_cookie_is_out_of_reach_and_only_its_hash_is_kept(sign_in: SignIn, ada: Person) -> None:
    cookie = sign_in().cookies["browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    token = cookie.value.partition(":")[0]
    assert len(token) >= 43
    assert token not in str(KnownBrowser.objects.values_list())


def test_on_https_it_is_bound_to_the_host(ada: Person, settings: Settings) -> None:
    settings.HTTPS, settings.BROWSER_COOKIE_NAME = True, "__Host-browser"
    client = Client()
    guess(client, ada.email, PASSWORD)
    cookie = client.cookies["__Host-browser"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


@pytest.mark.parametrize("broken", ["", "x", "a:b", "é", ":", "a" * 5000])
def test_a_made_up_cookie_costs_no_query_and_is_a_strangers(ada: Person, sign_in: SignIn, broken: str) -> None:
    client = sign_in()
    token = client.cookies["browser"].value.partition(":")[0]
    for value in (broken, token, f"{token}:{broken}"):
        client.cookies["browser"] = value
        with CaptureQueriesContext(connection) as queries:
            assert not is_known(client, ada)
        assert not queries


def test_one_browser_is_known_to_several_people(ada: Person) -> None:
    bob, client = customer("bob@example.org"), Client()
    for person in (ada, bob):
        assert guess(client, person.email, PASSWORD) == 302
    assert is_known(client, ada)
    assert is_known(client, bob)
    assert len(set(KnownBrowser.objects.values_list("token_hash", flat=True))) == 1


def test_a_planted_or_copied_token_is_worth_nothing_after_a_sign_in(ada: Person) -> None:
    mallory, thief, victim = customer("mallory@example.org"), Client(), Client()
    guess(thief, mallory.email, PASSWORD)
    victim.cookies["browser"] = thief.cookies["browser"].value
    assert guess(victim, ada.email, PASSWORD) == 302
    assert is_known(victim, ada)
    assert not is_known(thief, ada)


def test_a_form_sent_twice_leaves_the_browser_known(ada: Person, sign_in: SignIn) -> None:
    client, twin = sign_in(), Client()
    twin.cookies["browser"] = client.cookies["browser"].value
    assert guess(client, ada.email, PASSWORD) == 302
    assert guess(twin, ada.email, PASSWORD) == 302
    assert is_known(client, ada)
    assert is_known(twin, ada)
    assert KnownBrowser.objects.count() == 1


def test_it_is_forgotten_after_400_days_and_with_its_row(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    KnownBrowser.objects.update(last_used_at=clock.real_now() - known_browsers.KNOWN_FOR)
    assert not is_known(client, ada)
    client = sign_in()
    KnownBrowser.objects.all().delete()
    assert not is_known(client, ada)


def test_a_client_stands_by_what_it_has_shown(ada: Person, sign_in: SignIn) -> None:
    enrol_authenticator(actor=Actor.system(), person=ada)
    client = Client()
    client.get("/account/login/")
    assert known_browsers.standing(client.get("/account/login/").wsgi_request, ada) == Standing.STRANGER
    guess(client, ada.email, PASSWORD)
    half_way = client.get("/account/login/").wsgi_request
    assert known_browsers.standing(half_way, ada) == Standing.GAVE_PASSWORD
    assert known_browsers.standing(half_way, customer("bob@example.org")) == Standing.STRANGER
    assert known_browsers.standing(half_way, None) == Standing.STRANGER


def test_signing_in_from_a_known_browser_takes_few_queries(ada: Person, sign_in: SignIn) -> None:
    for _ in range(31):
        client = sign_in()
    KnownBrowser.objects.update(last_used_at=clock.real_now() - known_browsers.SAME_SIGN_IN)
    with CaptureQueriesContext(connection) as queries:
        assert guess(client, ada.email, PASSWORD) == 302
    asked = statements(queries)
    assert len(asked) <= 12, asked
