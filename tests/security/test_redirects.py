"""Nobody is sent to another site: `next` in all its forms, and host names that are not ours."""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.models import Person
from tests.people import PASSWORD, signed_in
from tests.security.walking import places

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example/",
    "///evil.example/",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "\x08//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example\\@testserver/",
    "https://evil.example#@testserver/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "ftp://testserver/",
    " https://evil.example",
    "%2f%2fevil.example",
    "/%09/evil.example",
    "https://[::1",
    "/ok\r\nLocation: https://evil.example",
]
HOME = "http://testserver/somewhere/"


def leads_away(location: str) -> bool:
    """Where a browser would go, which reads a backslash as a slash and drops tabs and line ends."""
    seen = location.strip("\x00\x01\x08\t\r\n ").replace("\\", "/")
    for ignored in "\t\r\n":
        seen = seen.replace(ignored, "")
    parts = urlsplit(urljoin(HOME, seen)) if not seen.startswith("///") else urlsplit("https:" + seen)
    return parts.scheme not in {"http", "https"} or parts.netloc != "testserver"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_away(ada: Person, target: str) -> None:
    for ask in ("query", "form"):
        fields = {"login": "ada@example.org", "password": PASSWORD} | ({"next": target} if ask == "form" else {})
        answer = Client().post("/account/login/", fields, query_params={"next": target} if ask == "query" else {})
        assert answer.status_code == 302
        assert not leads_away(answer["Location"]), (ask, answer["Location"])


@pytest.mark.parametrize("target", ["https://evil.example/", "/\\evil.example", "https://[::1"])
def test_no_page_leads_away_whoever_asks(ada: Person, target: str) -> None:
    wrong = []
    names = dict.fromkeys(("next", "redirect_to", "url", "return_to", "back", "from"), target)
    for browser in (Client(), signed_in(ada)):
        for place in places():
            if place.route.startswith(("backoffice/", "account/logout/")):
                continue
            for method in (browser.get, browser.post):
                answer = method(place.path, names) if method == browser.get else method(place.path + "?next=", names)
                if answer.status_code in {301, 302, 303, 307, 308} and leads_away(answer["Location"]):
                    wrong.append(f"{place.path}: {answer['Location']}")
    assert wrong == []


@pytest.mark.parametrize("target", ELSEWHERE)
def test_leaving_and_choosing_a_language_never_lead_away(ada: Person, target: str) -> None:
    for path in ("/account/logout/", "/i18n/setlang/"):
        answer = signed_in(ada).post(path, {"next": target, "language": "de"})
        assert answer.status_code == 302
        assert not leads_away(answer["Location"]), answer["Location"]
    referred = Client().post("/i18n/setlang/", {"language": "de"}, headers={"referer": target.strip()})
    assert not leads_away(referred["Location"]), referred["Location"]


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"]
)
def test_links_in_mails_never_follow_the_requests_host(
    ada: Person,
    delivered: Delivered,
    settings: Settings,
    header: str,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    value = "for=1.2.3.4;host=evil.example" if header == "Forwarded" else "evil.example"
    evil = Client(headers={header: value})
    evil.post("/account/password/reset/", {"email": "ada@example.org"})
    evil.post("/account/signup/", {"email": "new@example.org", "password": "a rather long password, it is"})
    evil.post("/account/login/code/", {"email": "ada@example.org"})
    evil.post("/account/recover/", {"email": "ada@example.org", "reach_at": "r@example.org", "explanation": "x"})
    mails = delivered()
    assert {mail.to[0] for mail in mails} == {"ada@example.org", "new@example.org", "r@example.org"}
    for mail in mails:
        text = str(mail.body) + str(mail.alternatives[0][0])
        assert "evil.example" not in text
        links = re.findall(r"https?://[^/\s\"<]+", text)
        assert set(links) <= {settings.FRONTDESK_URL, "http://www.w3.org"}, links


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example", "[::1"]
)
def test_a_host_that_is_not_ours_is_refused(settings: Settings, host: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "desk.example"]
    for path in ("/", "/account/login/", "/account/password/reset/"):
        answer = Client(headers={"host": host}).get(path)
        assert answer.status_code == 400
        assert "evil" not in answer.content.decode()
    assert Client(headers={"host": "desk.example"}).get("/").status_code == 200


def test_a_forwarded_host_and_scheme_change_nothing(ada: Person) -> None:
    evil = Client(headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444"})
    for path in ("/home/", "/account/security", "/backoffice/"):
        answer = evil.get(path)
        assert answer.status_code in {301, 302}
        assert not leads_away(answer["Location"]), answer["Location"]
