"""The button in the corner: where it stands, what it carries along, and what it costs (nothing)."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.portal.chats.askers import cookie_name
from frontdesk.support.chat import ending, visitors
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import following
from frontdesk.support.tickets.models import Survey
from frontdesk.ui import corners
from tests.licensing.conftest import Time
from tests.people import customer, signed_in, staff_browser
from tests.support import articles, chats, desk
from tests.support.mailbox import secret_sent_to

pytestmark = pytest.mark.django_db
BUTTON = "data-chat-corner"
QUESTION = "What can we help with?"
PIECE = {"Frontdesk-Chat": "piece"}


@pytest.mark.parametrize(
    "path", ["/", "/help/", "/help/articles/lost-password/", "/contact/", "/downloads/", "/help/r/"]
)
def test_it_stands_on_public_pages(path: str) -> None:
    articles.published()
    assert BUTTON in Client().get(path).content.decode()


@pytest.mark.parametrize("path", ["/home/", "/billing/", "/conversations/", "/account/security/", "/messages/"])
def test_it_stands_on_the_customers_pages(path: str) -> None:
    assert BUTTON in signed_in(customer()).get(path, follow=True).content.decode()


@pytest.mark.parametrize("path", ["/account/login/", "/account/signup/", "/nothing-here/", "/chat/", "/ui/"])
def test_it_does_not_stand_elsewhere(path: str) -> None:
    assert BUTTON not in Client().get(path).content.decode()


def test_it_does_not_stand_on_the_desk_nor_on_refusals(ada: Person) -> None:
    assert BUTTON not in staff_browser().get("/desk/").content.decode()
    refusal = signed_in(ada).get("/conversations/00000000-0000-4000-8000-000000000000/")
    assert refusal.status_code == 404
    assert BUTTON not in refusal.content.decode()


def test_it_carries_along_what_the_page_is_about(ada: Person) -> None:
    license, _code = desk.licensed(ada)
    page = signed_in(ada).get(f"/licenses/{license.pk}/").content.decode()
    assert f"/chat/?from=%2Flicenses%2F{license.pk}%2F&amp;license={license.pk}" in page
    articles.published()
    page = Client().get("/help/articles/lost-password/").content.decode()
    assert "&amp;article=lost-password" in page


@pytest.mark.parametrize("path", ["/", "/help/articles/lost-password/", "/home/"])
def test_it_costs_no_query(path: str, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    articles.published()
    browser = signed_in(ada)
    browser.get(path)
    with CaptureQueriesContext(connection) as shown:
        assert BUTTON in browser.get(path).content.decode()
    monkeypatch.setattr(corners, "_corners", {})
    with CaptureQueriesContext(connection) as without:
        assert BUTTON not in browser.get(path).content.decode()
    assert len(shown) <= len(without)
    assert not [each for each in shown.captured_queries if '"chat_' in each["sql"]]


def test_the_hint_comes_with_a_chat_and_goes_with_it(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    browser = signed_in(ada)
    assert browser.get(f"/chat/c/{chat.pk}/").cookies["chat_on"].value == "1"
    chats.answers(kim, chat)
    state = browser.get("/chat/state/").json()
    assert (state["is_on"], state["unread"], state["topic"]) == (True, 1, f"conversation:{chat.pk}")
    browser.get(f"/chat/c/{chat.pk}/")
    assert browser.get("/chat/state/").json()["unread"] == 0
    browser.post(f"/chat/c/{chat.pk}/end/")
    answer = browser.get("/chat/state/")
    assert answer.json() == {"is_on": False, "unread": 0}
    assert answer.cookies["chat_on"].value == ""


def test_who_was_elsewhere_when_it_ended_finds_the_end_once(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    browser = signed_in(ada)
    browser.get(f"/chat/c/{chat.pk}/")
    said = chats.answers(kim, chat, "Enter it without blanks.")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    state = browser.get("/chat/state/")
    assert (state.json()["is_on"], state.json()["unread"]) == (False, 1)
    assert state.cookies["chat_on"].value == "1"
    piece = browser.get("/chat/", headers=PIECE)
    assert "Enter it without blanks." in piece.content.decode()
    assert "How was our help?" in piece.content.decode()
    assert piece.cookies["chat_on"].value == "1"
    assert QUESTION in browser.get("/chat/?again=1", headers=PIECE).content.decode()
    assert browser.post(f"/chat/c/{chat.pk}/here/", {"upto": said.sequence}, headers=PIECE).status_code == 204
    assert QUESTION in browser.get("/chat/", headers=PIECE).content.decode()
    state = browser.get("/chat/state/")
    assert state.json() == {"is_on": False, "unread": 0}
    assert state.cookies["chat_on"].value == ""


def test_a_guest_who_was_elsewhere_finds_the_end_of_their_newest_chat(kim: Person) -> None:
    grace = visitors.ask("grace@example.org", "Grace", "en")
    browser = Client()
    browser.cookies[cookie_name()] = visitors.prove(grace, secret_sent_to("grace@example.org"))
    grace.refresh_from_db()
    chat = chats.begin(grace)
    chats.answers(kim, chat, "Run the installer.")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    assert "Run the installer." in browser.get("/chat/", headers=PIECE).content.decode()
    following.rate(survey=Survey.objects.get(conversation=chat.pk), score=3)
    assert QUESTION in browser.get("/chat/", headers=PIECE).content.decode()


def test_the_end_of_a_chat_is_shown_for_a_day(ada: Person, kim: Person, time: Time) -> None:
    chat = chats.begin(ada)
    chats.answers(kim, chat, "Enter it without blanks.")
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    time.by(hours=23)
    assert "Enter it without blanks." in signed_in(ada).get("/chat/", headers=PIECE).content.decode()
    time.by(hours=2)
    assert signed_in(ada).get("/chat/state/").json() == {"is_on": False, "unread": 0}


def test_a_strangers_state_says_nothing(ada: Person, kim: Person) -> None:
    chats.begin(ada)
    assert Client().get("/chat/state/").json() == {"is_on": False, "unread": 0}
    assert Chat.objects.count() == 1
