"""The page of browsers: sessions and known browsers, ended and forgotten by their owner only."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from frontdesk.accounts.browsers import user_agents
from frontdesk.accounts.models import KnownBrowser, Person, Session
from frontdesk.accounts.sessions import SessionStore, key_hash
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD
from tests.people import customer, signed_in
from tests.support.queries import statements

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"
EDGE = f"{CHROME} Edg/137.0.0.0"
PAGE = "/account/browsers/"


def enter(user_agent: str) -> Client:
    client = Client(HTTP_USER_AGENT=user_agent)
    answer = client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def row_of(client: Client) -> str:
    return key_hash(client.cookies["session"].value)


def known(person: Person, *, remembered: bool = False) -> KnownBrowser:
    now = clock.real_now()
    return KnownBrowser.objects.create(
        person=person,
        token_hash=f"{KnownBrowser.objects.count():064}",
        user_agent=IPHONE,
        created_at=now,
        last_used_at=now,
        remembered_until=now + timedelta(days=30) if remembered else None,
    )


@pytest.mark.parametrize(
    ("user_agent", "shown"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (CHROME, "Chrome on Linux"),
        (EDGE, "Edge on Linux"),
        ("curl/8.5", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>alert(1)</script> Linux", "Linux"),
    ],
)
def test_user_agents_in_words(user_agent: str, shown: str) -> None:
    with translation.override("en"):
        assert user_agents.words(*user_agents.parts(user_agent)) == shown


def test_the_page_names_every_session_and_says_which_is_this_one(ada: Person) -> None:
    here, _there = enter(FIREFOX), enter(IPHONE)
    text = here.get(PAGE).content.decode()
    signed_in_now = text.split("Browsers we know")[0]
    assert signed_in_now.index("Firefox on Windows") < signed_in_now.index("Safari on iPhone")
    assert signed_in_now.count("This browser") == 1
    assert "127.0.0.0/24" in text


def test_a_session_that_has_run_out_is_not_shown(ada: Person) -> None:
    here, there = enter(FIREFOX), enter(IPHONE)
    Session.objects.filter(pk=row_of(there)).update(expires_at=clock.real_now())
    assert "Safari on iPhone" not in here.get(PAGE).content.decode().split("Browsers we know")[0]


def test_one_session_is_ended(ada: Person) -> None:
    here, there = enter(FIREFOX), enter(IPHONE)
    assert here.post(f"{PAGE}end/", {"session": row_of(there)}, follow=True).status_code == 200
    assert there.get(PAGE).status_code == 302
    assert here.get(PAGE).status_code == 200
    assert AuditEntry.objects.get(action="session.ended").data == {"browser": "Safari", "system": "iPhone"}


def test_all_others_are_ended(ada: Person) -> None:
    here, there, third = enter(FIREFOX), enter(IPHONE), enter(CHROME)
    answer = here.post(f"{PAGE}end-others/", follow=True)
    assert "2 other browsers are signed out" in answer.content.decode()
    assert [browser.get(PAGE).status_code for browser in (here, there, third)] == [200, 302, 302]
    assert AuditEntry.objects.get(action="sessions.ended").data == {"count": 2}


def test_all_are_ended_and_this_one_too(ada: Person) -> None:
    here, there = enter(FIREFOX), enter(IPHONE)
    answer = here.post(f"{PAGE}end-all/")
    assert answer["Location"] == "/account/login/"
    assert [browser.get(PAGE).status_code for browser in (here, there)] == [302, 302]
    assert not Session.objects.filter(person=ada).exists()


def test_ending_the_present_one_signs_out(ada: Person) -> None:
    here = enter(FIREFOX)
    here.post(f"{PAGE}end/", {"session": row_of(here)})
    assert here.get(PAGE).status_code == 302


def test_known_browsers_are_listed_and_forgotten(ada: Person) -> None:
    here = signed_in(ada)
    first, second = known(ada, remembered=True), known(ada)
    text = here.get(PAGE).content.decode()
    assert text.count("Forget: Safari on iPhone") == 2
    assert text.count("No second step") == 1
    here.post(f"{PAGE}{first.pk}/forget/")
    assert [row.pk for row in KnownBrowser.objects.filter(person=ada)] == [second.pk]
    here.post(f"{PAGE}forget/")
    assert not KnownBrowser.objects.filter(person=ada).exists()
    assert AuditEntry.objects.filter(action="browser.forgotten", person=ada.pk).count() == 2


def test_a_stranger_ends_and_forgets_nothing(ada: Person) -> None:
    here, browser = enter(FIREFOX), known(ada)
    eve = signed_in(customer("eve@example.org", "Eve"))
    assert eve.post(f"{PAGE}end/", {"session": row_of(here)}).status_code == 404
    assert eve.post(f"{PAGE}{browser.pk}/forget/").status_code == 404
    assert eve.post(f"{PAGE}end/", {"session": "\0"}).status_code == 404
    for verb in ("end-others/", "forget/", "end-all/"):
        eve.post(f"{PAGE}{verb}")
    assert here.get(PAGE).status_code == 200
    assert KnownBrowser.objects.filter(pk=browser.pk).exists()


@pytest.mark.parametrize("verb", ["end/", "end-others/", "end-all/", "forget/"])
def test_verbs_take_a_form_from_somebody_signed_in(ada: Person, verb: str) -> None:
    assert enter(FIREFOX).get(f"{PAGE}{verb}").status_code == 405
    assert Client().post(f"{PAGE}{verb}").status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post(f"{PAGE}{verb}").status_code == 403


def test_the_page_takes_the_same_few_queries_whatever_the_number_of_sessions(ada: Person) -> None:
    here = enter(FIREFOX)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            here.get(PAGE)
        return len(statements(asked))

    few = queries()
    for _ in range(20):
        store = SessionStore()
        store["_auth_user_id"] = str(ada.pk)
        store.save()
        known(ada)
    assert queries() == few <= 15
