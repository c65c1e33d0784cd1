"""Making an account: sign up, confirm, sign in, sign out."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts.models import Person
from tests.accounts.conftest import PASSWORD, link_in

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]


def sign_up(browser: Client, email: str = "grace@example.org", password: str = PASSWORD) -> None:
    response = browser.post("/account/signup/", {"email": email, "password": password})
    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == "/account/confirm-email/"
    assert browser.get("/account/confirm-email/").status_code == 200


def test_sign_up_confirm_sign_in_and_out(browser: Client, delivered: Delivered) -> None:
    assert browser.get("/account/signup/").status_code == 200
    sign_up(browser, "Grace@Example.org")
    (mail,) = delivered()
    assert mail.to == ["grace@example.org"]
    page = browser.get(link_in(mail))
    assert page.status_code == 200
    assert browser.post(link_in(mail))["Location"] == "/account/login/?email=grace%40example.org&confirmed=1"
    response = browser.post("/account/login/", {"login": "grace@example.org", "password": PASSWORD})
    assert response["Location"] == "/home/"
    assert browser.get("/account/security/").status_code == 200
    assert browser.get("/account/logout/").status_code == 200
    assert browser.post("/account/logout/")["Location"] == "/"
    assert browser.get("/account/security/").status_code == 302


def test_opening_the_mailed_link_confirms_nothing(browser: Client, delivered: Delivered) -> None:
    sign_up(browser)
    (mail,) = delivered()
    browser.get(link_in(mail))
    response = browser.post("/account/login/", {"login": "grace@example.org", "password": PASSWORD})
    assert response["Location"] == "/account/confirm-email/"
    assert browser.get("/account/security/").status_code == 302
    (again,) = delivered()
    assert again.subject == mail.subject


def test_a_confirmation_link_works_once_and_a_broken_one_explains_itself(browser: Client, delivered: Delivered) -> None:
    sign_up(browser)
    (mail,) = delivered()
    assert browser.post(link_in(mail)).status_code == 302
    assert browser.get(link_in(mail)).status_code == 410
    assert browser.get("/account/confirm-email/nonsense/").status_code == 410


def test_whoever_has_an_account_is_told_by_mail_only(browser: Client, ada: Person, delivered: Delivered) -> None:
    sign_up(browser, "ada@example.org", "another password of mine")
    (mail,) = delivered()
    assert "already" in mail.subject
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("fourteen chars", "at least 15"),
        ("x" * 257, "at most 256"),
        ("passwordpassword", "tried first"),
        ("qwertyuiopasdfghjkl", "tried first"),
        ("1111111111111111", "tried first"),
        ("grace@example.org1", "too close"),
        ("halcyonhalcyonfrontdesk1", "too close"),
    ],
)
def test_poor_passwords_are_refused_with_the_reason(browser: Client, password: str, says: str) -> None:
    response = browser.post("/account/signup/", {"email": "grace@example.org", "password": password})
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "password",
    [
        "the tide comes in twice a day and takes the smaller boats along with it",
        "grün-blaue Übung 42 🦆 am See",
        " spaces count too, always ",
    ],
)
def test_long_and_unusual_passwords_are_taken_whole(browser: Client, password: str) -> None:
    sign_up(browser, password=password)
    assert Person.objects.get().check_password(password)
