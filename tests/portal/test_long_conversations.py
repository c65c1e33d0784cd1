"""A conversation's page: bounded, however long it goes on; quiet while nobody looks; true about who said what."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.models import Person
from frontdesk.portal import talks
from frontdesk.support.tickets import links, reading
from frontdesk.support.tickets.conversations import saying
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Channel, Conversation, Message, Participant
from tests.people import customer, signed_in
from tests.support import desk

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def ada(db: None) -> Person:
    """A customer."""
    return customer()


@pytest.fixture
def talk(ada: Person) -> Conversation:
    """Her conversation."""
    return desk.conversation(ada, text="Message 0.")


@pytest.fixture
def kim(db: None) -> Person:
    """An agent."""
    return desk.agent()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three messages."""
    monkeypatch.setattr(talks, "A_PAGE", 3)


def shown(page: str) -> list[int]:
    """The numbers of the messages on a page."""
    return [int(number) for number in re.findall(r"Message (\d+)\.", page)]


def requester(talk: Conversation) -> Participant:
    return talk.participants.get(role=Participant.Role.REQUESTER)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("as_guest", [True, False])
def test_the_last_messages_are_shown_and_the_earlier_ones_a_press_away(
    ada: Person, talk: Conversation, kim: Person, as_guest: bool
) -> None:
    for number in range(1, 8):
        desk.answers(kim, talk, f"Message {number}.")
    path = f"/conversations/{talk.pk}/"
    if as_guest:
        path = f"/conversations/g/{talk.pk}/{links.grant_page(requester(talk))}/"
    browser = Client() if as_guest else signed_in(ada)
    seen: list[int] = []
    address, parts = path, 0
    while address:
        page = browser.get(address).content.decode()
        seen = shown(page) + seen
        assert ("data-live" in page) == (address == path), "only the newest page asks for what is new"
        part = browser.get(address, headers=PART).content.decode()
        assert address == path or (shown(part) == shown(page) and "<html" not in part)
        found = re.search(r'href="([^"]+\?before=\d+)#talk"', page)
        address, parts = found[1] if found else "", parts + 1
    assert seen == list(range(8))
    assert parts == 3
    assert browser.get(f"{path}?before=nonsense").status_code == 200


@pytest.mark.usefixtures("small")
def test_much_that_is_new_comes_in_parts_and_nothing_is_left_out(ada: Person, talk: Conversation, kim: Person) -> None:
    browser, number = signed_in(ada), requester(talk).pk
    browser.get(f"/conversations/{talk.pk}/")
    talk.refresh_from_db()
    after = talk.last_sequence
    for each in range(1, 8):
        desk.answers(kim, talk, f"Message {each}.")
    seen: list[int] = []
    for part in range(3):
        response = browser.get(f"/conversations/{talk.pk}/news/", {"after": after})
        assert ("HX-Trigger-After-Settle" in response.headers) == (part < 2), "the page asks on until it has all"
        piece = response.content.decode()
        seen += shown(piece)
        after = int(re.findall(r'name="after" value="(\d+)"', piece)[0])
        assert Participant.objects.get(pk=number).last_read_sequence == after
    assert seen == list(range(1, 8))
    assert browser.get(f"/conversations/{talk.pk}/news/", {"after": after}).status_code == 204


def test_long_words_and_quotes_are_cut_and_can_be_read_whole(ada: Person, talk: Conversation, kim: Person) -> None:
    words = Words("word " * 6_000 + "the end", quoted="quote " * 60_000 + "its end")
    writer = requester(talk)
    said = saying.customer_writes(
        actor=desk.SYSTEM, conversation=talk, writer=writer, words=words, channel=Channel.MAIL, client_id=uuid4()
    )
    note = saying.add_note(agent=kim, conversation=talk, text="She is a reseller.", client_id=uuid4())
    browser = signed_in(ada)
    page = browser.get(f"/conversations/{talk.pk}/").content.decode()
    assert len(page) < 60_000
    assert "the end" not in page
    whole = f"/conversations/{talk.pk}/messages/{said.sequence}/"
    assert f'href="{whole}"' in page
    assert f'href="{whole}#quoted"' in page
    page = browser.get(whole).content.decode()
    assert "the end" in page
    assert "its end" in page
    assert browser.get(f"/conversations/{talk.pk}/messages/{note.sequence}/").status_code == 404
    assert browser.get(f"/conversations/{talk.pk}/messages/99999999999/").status_code == 404
    assert signed_in(customer("eve@example.org", "Eve")).get(whole).status_code == 404
    secret = links.grant_page(writer)
    assert "the end" in Client().get(f"/conversations/g/{talk.pk}/{secret}/messages/{said.sequence}/").content.decode()


def test_a_long_conversation_needs_as_few_queries(
    ada: Person, talk: Conversation, kim: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        desk.answers(kim, talk, f"Message {number}.")
    browser = signed_in(ada)
    with django_assert_max_num_queries(15):
        page = browser.get(f"/conversations/{talk.pk}/").content.decode()
    assert len(shown(page)) == talks.A_PAGE
    assert len(page) < 150_000


def test_a_page_that_somebody_signed_out_of_goes_to_the_sign_in_page_as_a_whole(
    ada: Person, talk: Conversation
) -> None:
    path = f"/conversations/{talk.pk}/"
    headers = {**PART, "HX-Current-URL": f"http://testserver{path}"}
    answer = Client().get(f"{path}news/", {"after": 1}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"/account/login/?next={path}"
    assert answer.content == b""
    assert Client().get("/desk/inbox/", headers=headers).headers["HX-Redirect"].startswith("/account/login/")
    assert Client().get(path)["Location"] == f"/account/login/?next={path}"


def test_an_out_of_office_is_theirs_and_nothing_new(ada: Person, talk: Conversation, kim: Person) -> None:
    browser = signed_in(ada)
    browser.get(f"/conversations/{talk.pk}/")
    saying.note_automatic(conversation=talk, words=Words("I am away."), client_id=uuid4(), writer=requester(talk))
    assert not reading.unread(ada).exists()
    page = browser.get(f"/conversations/{talk.pk}/").content.decode()
    assert "You, automatic reply" in page
    assert "automatic answer" not in page
    saying.add_automatic(conversation=talk, words=Words("We are closed."), client_id=uuid4())
    assert list(reading.unread(ada)) == [talk]
    assert "Halcyon, automatic answer" in browser.get(f"/conversations/{talk.pk}/").content.decode()
    assert "My new laptop" in browser.get("/conversations/?q=away").content.decode()


@pytest.mark.parametrize("sign", ["\u202e", "\u202d", "\u202a", "\u2066", "\u2067", "\u2069"])
def test_signs_that_turn_the_reading_direction_turn_nothing(ada: Person, kim: Person, sign: str) -> None:
    talk = desk.conversation(ada, text=f"Pay {sign}gro.live", subject=f"About {sign}it")
    talk.refresh_from_db()
    words = Words(f"See {sign}this", html=f"<p>See {sign}this</p>", quoted=f"> {sign}that")
    saying.agent_answers(agent=kim, conversation=talk, words=words, client_id=uuid4())
    said = Message.objects.filter(conversation=talk)
    assert not any(sign in text for each in said for text in (each.text, each.html, each.quoted))
    assert talk.subject == "About it"
    page = signed_in(ada).get(f"/conversations/{talk.pk}/").content.decode()
    assert "Pay gro.live" in page
    assert 'class="talk-text" dir="auto"' in page
