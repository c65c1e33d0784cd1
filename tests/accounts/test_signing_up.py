"""Making an account: sign up, confirm, sign in, sign out."""

import html
import re
from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts.models import Person
from tests.accounts.conftest import PASSWORD, link_in

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
NEXT = re.compile(r'name="next" value="([^"]*)"')


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


def carried(page: str) -> dict[str, str]:
    """What the page's own form takes along as the page that is wanted."""
    form = page.partition('class="form"')[2].partition("</form>")[0]
    found = NEXT.search(form)
    return {"next": html.unescape(found.group(1))} if found else {}


def up_and_in(browser: Client, delivered: Delivered, wanted: str) -> str:
    """Sign up, confirm, sign in; where that leads."""
    fields = {"email": "grace@example.org", "password": PASSWORD}
    page = browser.get("/account/signup/", {"next": wanted})
    assert browser.post("/account/signup/", fields | carried(page.content.decode())).status_code == 302
    (mail,) = delivered()
    confirmed = Client().post(link_in(mail))  # the mail may be read on another device
    page = browser.get(confirmed["Location"])
    fields = {"login": "grace@example.org", "password": PASSWORD}
    return str(browser.post("/account/login/", fields | carried(page.content.decode()))["Location"])


def test_whoever_wanted_a_page_gets_there_after_confirming(browser: Client, delivered: Delivered) -> None:
    wanted = "/activate/?code=ABCDE&from=mail"
    assert up_and_in(browser, delivered, wanted) == wanted


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/x", "/\\evil.example", "javascript:alert(1)", "/x" * 300]
)
def test_only_to_pages_of_ours(browser: Client, delivered: Delivered, wanted: str) -> None:
    assert up_and_in(browser, delivered, wanted) == "/home/"


def test_a_tampered_link_leads_nowhere_else(browser: Client, delivered: Delivered) -> None:
    sign_up(browser)
    (mail,) = delivered()
    confirmed = Client().post(f"{link_in(mail)}?next=https://evil.example/")
    assert "evil" not in confirmed["Location"]


def test_a_link_sent_at_sign_in_carries_it_too(browser: Client, delivered: Delivered) -> None:
    sign_up(browser)
    delivered()
    browser.post("/account/login/", {"login": "grace@example.org", "password": PASSWORD, "next": "/downloads/"})
    (mail,) = delivered()
    assert link_in(mail).endswith("?next=%2Fdownloads%2F")


def test_the_first_sign_in_is_no_news_and_the_one_from_another_browser_is(
    browser: Client, delivered: Delivered
) -> None:
    sign_up(browser)
    (mail,) = delivered()
    browser.post(link_in(mail))
    fields = {"login": "grace@example.org", "password": PASSWORD}
    browser.post("/account/login/", fields)
    assert delivered() == []
    browser.post("/account/logout/")
    browser.post("/account/login/", fields)
    assert delivered() == [], "a browser that is known"
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    other = Client(REMOTE_ADDR="203.0.113.9", headers={"user-agent": agent})
    other.post("/account/login/", fields | {"password": "wrong"})
    assert delivered() == []
    other.post("/account/login/", fields)
    (told,) = delivered()
    assert told.subject == "Sign-in from another browser"
    assert "Firefox on Windows, 203.0.113.0/24" in str(told.body)
    assert "secured" in Client().post(link_in(told)).content.decode()
    assert other.get("/account/security/").status_code == 302
