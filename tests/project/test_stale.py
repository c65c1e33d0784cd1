"""Blocked cookies, stale forms, forms from elsewhere, and browsers out of date: each is explained, none is an error."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from frontdesk.accounts.models import Person
from frontdesk.ui import typed
from tests.people import PASSWORD, customer, staff_browser

pytestmark = pytest.mark.django_db
HERE = {"Origin": "http://testserver"}
SIGN_IN = "/account/login/"
TYPED = {"login": "ada@example.org", "password": PASSWORD, "csrfmiddlewaretoken": "a" * 64}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Another test's language must not speak here."""
    with translation.override("en"):
        yield


@pytest.fixture
def strict() -> Client:
    """A browser like real ones: the token is checked."""
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})


def test_a_browser_without_cookies_is_told_how_to_allow_them(strict: Client) -> None:
    answer = strict.post(SIGN_IN, TYPED, headers=HERE | {"Referer": f"http://testserver{SIGN_IN}?next=/home/"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "How to allow cookies" in text
    assert f'href="{SIGN_IN}"' in text
    assert PASSWORD not in text


def test_a_stale_form_comes_back_fresh_with_what_was_typed_but_no_password(strict: Client) -> None:
    ada = customer()
    strict.get(SIGN_IN)
    answer = strict.post(SIGN_IN, TYPED, headers=HERE)
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "This page had grown stale" in text
    assert 'value="ada@example.org"' in text
    assert PASSWORD not in text
    assert "a" * 64 not in text
    fresh = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
    assert fresh
    again = strict.post(SIGN_IN, TYPED | {"csrfmiddlewaretoken": fresh[1]}, headers=HERE)
    assert again.status_code == 302
    ada.refresh_from_db()
    assert ada.last_login


def test_a_stale_form_does_nothing(strict: Client) -> None:
    strict.get("/account/signup/")
    values = {"email": "new@example.org", "password": PASSWORD, "csrfmiddlewaretoken": "a" * 64}
    answer = strict.post("/account/signup/", values, headers=HERE)
    assert answer.status_code == 403
    assert 'value="new@example.org"' in answer.content.decode()
    assert not Person.objects.exists()


def test_what_another_site_sends_is_not_shown(strict: Client) -> None:
    strict.get(SIGN_IN)
    answer = strict.post(SIGN_IN, TYPED | {"login": "planted@example.com"}, headers={"Origin": "https://evil.example"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "did not come from our pages" in text
    assert "planted@example.com" not in text


def test_without_a_word_on_its_origin_a_form_comes_back_empty(strict: Client) -> None:
    strict.get(SIGN_IN)
    text = strict.post(SIGN_IN, TYPED | {"login": "planted@example.com"}).content.decode()
    assert "This page had grown stale" in text
    assert "planted@example.com" not in text


def test_a_verb_that_has_no_page_leads_back(strict: Client) -> None:
    strict.force_login(customer())
    strict.get("/account/browsers/")
    headers = HERE | {"Referer": "http://testserver/account/browsers/"}
    answer = strict.post("/account/browsers/end-all/", {"csrfmiddlewaretoken": "a" * 64}, headers=headers)
    assert answer.status_code == 403
    assert 'href="/account/browsers/"' in answer.content.decode()
    assert strict.get("/account/browsers/").status_code == 200


@pytest.mark.parametrize("referer", ["https://evil.example/account/", "javascript:alert(1)", "//evil.example/x", ""])
def test_the_way_back_never_leads_elsewhere(strict: Client, referer: str) -> None:
    text = strict.post(SIGN_IN, TYPED, headers=HERE | {"Referer": referer}).content.decode()
    assert "evil" not in text
    assert "javascript:" not in text


def test_somebody_signed_out_meanwhile_is_led_to_the_sign_in(strict: Client) -> None:
    strict.get(SIGN_IN)
    answer = strict.post("/account/profile/", {"name": "Ada", "csrfmiddlewaretoken": "a" * 64}, headers=HERE)
    assert answer.status_code == 302
    assert answer["Location"].startswith(SIGN_IN)


def test_in_the_back_office_a_stale_form_is_explained() -> None:
    staff = staff_browser()
    staff.handler.enforce_csrf_checks = True
    answer = staff.post("/backoffice/accounts/person/", {"csrfmiddlewaretoken": "a" * 64}, headers=HERE)
    assert answer.status_code == 403
    assert "This page has gone stale" in answer.content.decode()


def test_the_pages_speak_german() -> None:
    german = Client(enforce_csrf_checks=True, headers={"Accept-Language": "de"})
    assert "Ihr Browser hat kein Cookie gesendet" in german.post(SIGN_IN, TYPED, headers=HERE).content.decode()
    german.get(SIGN_IN)
    assert "Diese Seite war veraltet" in german.post(SIGN_IN, TYPED, headers=HERE).content.decode()
    assert "Ihr Browser ist veraltet" in german.get(SIGN_IN).content.decode()


@pytest.mark.parametrize(
    ("widget", "shown"),
    [
        ({"name": "x", "type": "email", "value": None, "attrs": {}}, "typed"),
        ({"name": "x", "value": None, "attrs": {}}, "typed"),
        ({"name": "x", "type": "password", "value": None, "attrs": {}}, None),
        ({"name": "x", "type": "hidden", "value": "kept", "attrs": {}}, "kept"),
        ({"name": "x", "type": "text", "value": None, "attrs": {"autocomplete": "one-time-code"}}, None),
        ({"name": "y", "type": "text", "value": None, "attrs": {}}, None),
    ],
)
def test_only_open_text_is_filled_in(widget: dict[str, object], shown: str | None) -> None:
    with typed.showing({"x": "typed"}):
        assert typed.filled(widget)["value"] == shown
    assert typed.filled(widget) == widget


def test_old_browsers_are_told_by_what_they_cannot_do() -> None:
    sheet = (Path(typed.__file__).parent / "static" / "ui" / "css" / "utilities.css").read_text()
    page = Client().get(SIGN_IN).content.decode()
    assert page.count('class="outdated"') == 1
    assert re.search(r"@supports \(color: light-dark\(.*\) \{ \.outdated \{ display: none; \} \}", sheet)
    assert "user-agent" not in page.lower()
