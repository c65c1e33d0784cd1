"""Chats at the desk: the strip, taking, talking, handing over, ending, what was, settings; each by who may."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console import chats as strips
from frontdesk.console.chat_forms import HandOverForm
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.support.chat import ending, presence, settings, taking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.inbox.choices import choices_for
from frontdesk.support.tickets.models import Agent, Conversation, Draft, Message, Participant, Team
from tests.people import customer, signed_in, staff_browser
from tests.support import chats
from tests.support.mailbox import body, sent
from tests.support.queries import statements
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
DESK = "/desk/chats/"


@pytest.fixture
def kim_browser(db: None) -> Client:
    """Kim's browser; she is at the desk."""
    return at_desk("kim@halcyon.example", "Kim Reyes")


@pytest.fixture
def lou_browser(db: None) -> Client:
    """Lou's, who is there, too."""
    return at_desk("lou@halcyon.example", "Lou Adler")


def at_desk(email: str, name: str, role: Role = Role.AGENT) -> Client:
    browser = staff_browser(role, email)
    person = Person.objects.get(email=email)
    Person.objects.filter(pk=person.pk).update(name=name)
    Agent.objects.create(person=person, capacity=10)
    chats.come(person)
    return browser


@pytest.fixture
def kim(kim_browser: Client) -> Person:
    return Person.objects.get(email="kim@halcyon.example")


@pytest.fixture
def lou(lou_browser: Client) -> Person:
    return Person.objects.get(email="lou@halcyon.example")


@pytest.fixture
def chat(kim: Person) -> Chat:
    """Ada's, which Kim has."""
    return taking.take(kim, chats.begin(customer(), page="/licenses/?a=1"))


def page_of(chat: Chat) -> str:
    return f"/desk/inbox/{chat.pk}/"


def say(browser: Client, chat: Chat, text: str, **values: Any) -> Any:
    """As the page of a chat sends."""
    form = {"client_id": str(uuid4()), "kind": "agent", "text": text, **values}
    return browser.post(f"{page_of(chat)}messages/", form, headers={"X-Part": "said"})


def news(browser: Client, chat: Chat, after: int = 0) -> dict[str, Any]:
    answer: dict[str, Any] = browser.post(f"{page_of(chat)}news/", {"after": after}).json()
    return answer


def test_nobody_but_the_staff_comes_in(chat: Chat) -> None:
    ada = chat.conversation.person
    assert ada is not None
    one = f"{DESK}{chat.pk}/"
    pages = [DESK, f"{DESK}strip/", f"{DESK}history/", f"{DESK}settings/", f"{one}end/", f"{one}mail/"]
    pages += [f"{one}handing-over/", f"{one}transcript/"]
    deeds = [f"{DESK}next/", f"{one}taking/", f"{one}typing/", f"{one}end/", f"{one}mail/", f"{one}handing-over/"]
    for browser, status in ((signed_in(ada), 403), (Client(), 302)):
        assert {browser.get(page).status_code for page in pages} == {status}
        assert {browser.post(deed).status_code for deed in deeds} == {status}
    chat.refresh_from_db()
    assert chat.state == Chat.State.ACTIVE
    agent = at_desk("mo@halcyon.example", "Mo")
    assert {agent.get(page).status_code for page in (f"{DESK}history/", f"{DESK}settings/")} == {403}
    assert agent.get(f"{DESK}{uuid4()}/transcript/").status_code == 404


def test_the_strip_shows_mine_and_who_waits(kim_browser: Client, kim: Person, lou: Person, chat: Chat) -> None:
    chats.answers(kim, chat)
    chats.says(chat, "It still <b>says</b> no.")
    chats.says(chat, "Hello?")
    waiting = chats.begin(customer("bea@example.org", "Bea"), "Where is my invoice?")
    page = kim_browser.get(f"{DESK}strip/?inbox").content.decode()
    assert 'data-chat-count="2"' in page
    assert ">3<span" in page  # unread: what it began with, and these
    assert "Hello?" in page
    assert "Where is my invoice?" in page
    assert f'action="{DESK}{waiting.pk}/taking/"' in page
    assert page.count('data-key="c"') == 1
    news(kim_browser, chat)
    assert 'data-chat-count="1"' in kim_browser.get(f"{DESK}strip/").content.decode()
    for place in ("/desk/inbox/", page_of(chat), DESK):
        assert "data-chat-strip" in kim_browser.get(place, follow=True).content.decode()


@pytest.mark.parametrize(("language", "words"), [("en", "has waited 12 min"), ("de", "wartet seit 12 Min")])
def test_lists_say_how_long_somebody_waits(kim_browser: Client, kim: Person, language: str, words: str) -> None:
    waiting = chats.begin(customer("bea@example.org", "Bea"))
    Chat.objects.filter(pk=waiting.pk).update(began_at=clock.now() - timedelta(minutes=12, seconds=20))
    Person.objects.filter(pk=kim.pk).update(language=language)
    for part in (f"{DESK}strip/", DESK):
        page = kim_browser.get(part, headers={"Accept-Language": language}).content.decode()
        assert words in page


def test_empty_states_say_what_to_do(kim_browser: Client) -> None:
    page = kim_browser.get(DESK).content.decode()
    assert "Nobody waits" in page
    assert "No chat is on" in page
    kim_browser.post("/desk/team/mine/", {"takes": "no", "from": "chats"})
    assert "You pause" in kim_browser.get(f"{DESK}strip/").content.decode()
    assert "customers are offered the form" in kim_browser.get(DESK).content.decode()


def test_lists_ask_as_often_for_many_as_for_few(kim_browser: Client, kim: Person) -> None:
    Agent.objects.filter(person=kim).update(capacity=100)
    Person.objects.filter(pk=kim.pk).update(role=Role.MANAGER)
    asked = []
    for number in range(2):
        for each in range(1 + 5 * number):
            begun = chats.begin(customer(f"c{number}{each}@example.org"))
            if each % 2:
                taking.take(kim, begun)
        counts = []
        for page in (f"{DESK}strip/", DESK, f"{DESK}history/"):
            kim_browser.get(page)
            with CaptureQueriesContext(connection) as queries:
                kim_browser.get(page)
            counts.append(len(statements(queries)))
        asked.append(counts)
    assert asked[0] == asked[1]
    assert max(asked[1]) <= 15


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_is_told_who_has_it(
    kim_browser: Client, lou_browser: Client, kim: Person, lou: Person
) -> None:
    chat = chats.begin(customer())
    address = f"{DESK}{chat.pk}/taking/"
    at_once(*(lambda browser=browser: browser.post(address) for browser in (kim_browser, lou_browser)))
    chat.refresh_from_db()
    assert chat.agent in {kim, lou}
    loser = lou_browser if chat.agent == kim else kim_browser
    page = loser.get(page_of(chat)).content.decode()
    assert "A colleague has this chat" in page
    assert f"{chat.agent.shown_name} has this chat" in page


def test_the_next_one_is_taken_and_its_page_opens(kim_browser: Client, kim: Person) -> None:
    assert "Nobody waits any more." in kim_browser.post(f"{DESK}next/", follow=True).content.decode()
    first, _second = chats.begin(customer()), chats.begin(customer("bea@example.org"))
    assert kim_browser.post(f"{DESK}next/")["Location"] == page_of(first)
    page = kim_browser.get(page_of(first)).content.decode()
    assert "Chat with you" in page
    assert f'data-desk-chat="{kim.pk}:{first.pk}" data-chat-on' in page


def test_a_page_that_was_made_for_another_says_nothing(kim_browser: Client, lou: Person, chat: Chat) -> None:
    """Whoever signs in beside it, and whatever the token against forged requests says."""
    form = {"kind": "agent", "text": "Which version?", "client_id": uuid4()}
    for author, status in [(str(lou.pk), 403), ("", 403), (str(Person.objects.get(name="Kim Reyes").pk), 200)]:
        headers = {"X-Part": "said", "Frontdesk-Person": author}
        assert kim_browser.post(f"{page_of(chat)}messages/", form, headers=headers).status_code == status
        assert Message.objects.filter(text="Which version?").exists() == (status == 200)


def test_what_is_said_is_said_once_and_mails_nobody(kim_browser: Client, chat: Chat) -> None:
    once = {"client_id": str(uuid4())}
    first = say(kim_browser, chat, "Please try again.", **once)
    assert first.json() == say(kim_browser, chat, "Please try again.", **once).json()
    other = say(kim_browser, chat, "Something else", **once)
    assert (other.status_code, bool(other.json()["problem"])) == (422, True)
    assert say(kim_browser, chat, " ").status_code == 422
    said = Message.objects.get(conversation=chat.pk, kind="agent")
    assert (said.channel, said.text) == ("chat", "Please try again.")
    assert not Draft.objects.exists()


def test_a_note_in_a_chat_stays_in_the_house(kim_browser: Client, chat: Chat) -> None:
    assert say(kim_browser, chat, "She sounds cross", kind="note").status_code == 200
    note = Message.objects.get(conversation=chat.pk, text="She sounds cross")
    assert note.kind == Message.Kind.NOTE
    assert 'class="bubble note' in news(kim_browser, chat)["messages"]
    assert "She sounds cross" not in kim_browser.get(f"{DESK}{chat.pk}/transcript/").content.decode()
    assert say(kim_browser, chat, "To whom?", kind="nonsense").status_code == 422


def test_without_scripts_the_form_says_it_in_the_chat(kim_browser: Client, chat: Chat) -> None:
    form = {"client_id": str(uuid4()), "kind": "agent", "text": "By hand", "then": "solved"}
    assert kim_browser.post(f"{page_of(chat)}messages/", form).status_code == 302
    chat.refresh_from_db()
    assert chat.state == Chat.State.ACTIVE  # a chat is ended by its own button
    assert Message.objects.get(text="By hand").channel == "chat"


def test_an_open_page_hears_how_the_customer_stands(
    kim_browser: Client, lou_browser: Client, kim: Person, chat: Chat
) -> None:
    said = chats.answers(kim, chat)
    last = chats.says(chat, "I see")
    Participant.objects.filter(conversation=chat.pk).update(last_read_sequence=said.sequence)
    found = news(lou_browser, chat)["chat"]
    assert "Kim Reyes has this chat" in found["bar"]
    chat.refresh_from_db()
    assert chat.agent_read_sequence < last.sequence  # Lou only looks
    presence.left(chat)
    found = news(kim_browser, chat)["chat"]
    assert found["seen"] == said.sequence
    assert "away since" in found["bar"]
    assert "/licenses/" in found["bar"]
    chat.refresh_from_db()
    assert chat.agent_read_sequence == last.sequence
    assert kim_browser.post(f"{DESK}{chat.pk}/typing/").status_code == 204


def test_a_chat_is_handed_over_with_a_note_and_the_customer_is_told(
    kim_browser: Client, lou: Person, chat: Chat
) -> None:
    address = f"{DESK}{chat.pk}/handing-over/"
    assert "Lou Adler (is there)" in kim_browser.get(address).content.decode()
    assert kim_browser.post(address, {"to": "person:nobody"}).status_code == 422
    team = Team.objects.create(slug="far", name="Far away")
    answer = kim_browser.post(address, {"to": f"team:{team.pk}"})
    assert (answer.status_code, "They are not there right now" in answer.content.decode()) == (422, True)
    assert kim_browser.post(address, {"to": f"person:{lou.pk}", "note": "She has two devices"}).status_code == 302
    chat.refresh_from_db()
    chat.conversation.refresh_from_db()
    assert chat.conversation.assignee == lou
    kinds = dict(Message.objects.filter(conversation=chat.pk).values_list("text", "kind"))
    assert kinds["She has two devices"] == "note"
    assert "automatic" in kinds.values()


def test_a_chat_ends_or_goes_on_by_mail(kim_browser: Client, kim: Person, chat: Chat) -> None:
    chats.answers(kim, chat)
    assert kim_browser.get(f"{DESK}{chat.pk}/end/").status_code == 200
    page = kim_browser.post(f"{DESK}{chat.pk}/end/", follow=True).content.decode()
    assert "The chat has ended" in page
    assert "data-chat-on" not in page
    assert f'data-desk-chat="{kim.pk}:{chat.pk}"' in page  # what is under way still has who sends it
    other = taking.take(kim, chats.begin(customer("bea@example.org")))
    assert "Goes on by mail" in kim_browser.post(f"{DESK}{other.pk}/mail/", follow=True).content.decode()
    other.refresh_from_db()
    assert other.state == Chat.State.TICKET


def test_a_transcript_shows_hostile_words_as_words(kim_browser: Client, kim: Person, chat: Chat) -> None:
    chats.says(chat, "<script>alert(1)</script>")
    page = kim_browser.get(f"{DESK}{chat.pk}/transcript/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_managers_see_what_was_by_what_they_ask_for(kim: Person, chat: Chat) -> None:
    manager = at_desk("mia@halcyon.example", "Mia", Role.MANAGER)
    chats.answers(kim, chat)
    lonely = chats.begin(customer("bea@example.org", "Bea"))
    asked = {
        "": {chat.pk, lonely.pk},
        "outcome=answered": {chat.pk},
        "outcome=unanswered": {lonely.pk},
        "outcome=ticket": set(),
        f"agent={kim.pk}": {chat.pk},
        "q=bea": {lonely.pk},
        "agent=x&days=9&outcome=x&page=x&q=%00": {chat.pk, lonely.pk},
    }
    for query, expected in asked.items():
        answer = manager.get(f"{DESK}history/?{query}")
        shown = {each.row.chat.pk for each in answer.context["found"]}
        assert expected >= shown if "agent=" in query else expected == shown, query
    today = manager.get(DESK).context["today"]
    assert (today.begun, today.answered, today.by_mail) == (2, 1, 0)
    assert "No such chat" in manager.get(f"{DESK}history/?q=zzz").content.decode()


def test_managers_set_how_we_chat_and_it_is_written_down(db: None) -> None:
    manager = at_desk("mia@halcyon.example", "Mia", Role.MANAGER)
    page = manager.get(f"{DESK}settings/").content.decode()
    assert "&lt;script src=" in page
    given = {
        "is_open": "on",
        "take_within_seconds": 45,
        "longest_wait_minutes": 10,
        "ask_after_minutes": 4,
        "end_after_minutes": 9,
        "sites": "https://docs.halcyon.example/\nhttps://shop.halcyon.example:8443",
    }
    for wrong in (
        {"sites": "https://docs.halcyon.example/help"},
        {"sites": "http://docs.halcyon.example"},
        {"sites": "javascript:alert(1)"},
        {"end_after_minutes": 4},
        {"take_within_seconds": 0},
        {"longest_wait_minutes": "x"},
    ):
        answer = manager.post(f"{DESK}settings/", given | wrong)
        assert (answer.status_code, "error" in answer.content.decode()) == (422, True), wrong
    assert not AuditEntry.objects.filter(action="chat.settings_saved").exists()
    assert manager.post(f"{DESK}settings/", given).status_code == 302
    row = settings.current()
    assert (row.take_within_seconds, row.end_after_minutes) == (45, 9)
    assert row.sites.split() == ["https://docs.halcyon.example", "https://shop.halcyon.example:8443"]
    assert AuditEntry.objects.filter(action="chat.settings_saved").count() == 1
    manager.post(f"{DESK}settings/", {**given, "is_open": ""})
    assert not settings.current().is_open
    assert "Chat is switched off" in manager.get(DESK).content.decode()


def test_the_agents_own_chats_stay_however_many_wait(
    kim_browser: Client, kim: Person, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strips, "MOST", 2)
    rows = Chat.objects.filter(pk=chat.pk)
    for name in ("bea", "cleo", "dana"):
        chats.begin(customer(f"{name}@example.org"))
    rows.update(began_at=clock.now() + timedelta(minutes=5))  # the youngest of all
    Conversation.objects.filter(chat__state=Chat.State.WAITING).update(assignee=None)
    Conversation.objects.filter(person__email="dana@example.org").update(assignee=kim)
    strip = strips.strip_of(kim)
    assert [row.chat for row in strip.mine] == [chat]
    assert [row.offered_to for row in strip.waiting] == [kim]


def test_what_an_agent_wrote_in_the_chat_goes_by_mail_once_it_is_over(
    kim_browser: Client, kim: Person, chat: Chat
) -> None:
    """Without a connection they did not see that the customer said more, and ended it."""
    chats.answers(kim, chat)
    chats.says(chat, "Never mind.")
    ending.end(actor=Actor.system("test"), chat=chat, by=Chat.By.CUSTOMER)
    once = {"client_id": str(uuid4())}
    first = say(kim_browser, chat, "Please try again.", **once)
    assert first.status_code == 200
    assert first.json() == say(kim_browser, chat, "Please try again.", **once).json()
    assert [mail for mail in sent("ada@example.org") if "Please try again." in body(mail)]
    chat.conversation.refresh_from_db()
    assert chat.conversation.status == "waiting"


def test_a_chat_is_handed_over_to_nobody_who_was_deleted_just_now(kim: Person, lou: Person) -> None:
    team = Team.objects.create(slug="billing", name="Billing")
    form = HandOverForm({"to": f"team:{team.pk}"}, agent=kim, choices=choices_for(kim))
    team.delete()
    assert not form.is_valid()
    assert "not there any more" in str(form.errors["to"])


def test_an_agent_is_led_to_no_foreign_site(kim_browser: Client, chat: Chat) -> None:
    site = "https://docs.halcyon.example"
    Chat.objects.filter(pk=chat.pk).update(page="/downloads/")
    assert 'href="/downloads/"' in kim_browser.get(page_of(chat)).content.decode()
    for origin, kept in (
        ("", "/\\evil.example"),
        ("", "//evil.example"),
        ("", "javascript:alert(1)"),
        (site, f"{site}.evil.example/"),
        (site, f"{site}@evil.example/"),
        (site, "https://evil.example/"),
        (site, "@evil.example/"),
    ):
        Chat.objects.filter(pk=chat.pk).update(site=origin, page=kept)
        shown = kim_browser.get(page_of(chat)).content.decode()
        assert not re.search(r'href="[^"]*(evil|alert)', shown)
    Chat.objects.filter(pk=chat.pk).update(site=site, page=f"{site}/setup")
    assert f'href="{site}/setup"' in kim_browser.get(page_of(chat)).content.decode()
