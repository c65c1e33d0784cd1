"""In the chat: what is said, what is new, who sees it, and how it ends."""

import re
from importlib.resources import files
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.core.live import tickets
from frontdesk.portal.chats.askers import cookie_name
from frontdesk.support.chat import ending, taking, visitors
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.models import Message, Participant
from tests.people import customer, signed_in
from tests.support import chats, desk
from tests.support.mailbox import secret_sent_to, sent

pytestmark = pytest.mark.django_db
PIECE = {"Frontdesk-Chat": "piece"}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8d"
    "b00000000049454e44ae426082"
)


@pytest.fixture
def chat(ada: Person, kim: Person) -> Chat:
    """Ada's chat."""
    return chats.begin(ada)


def at(chat: Chat, what: str = "") -> str:
    """An address of the chat."""
    return f"/chat/c/{chat.pk}/{what}"


def test_it_tells_the_place_in_the_queue(ada: Person, kim: Person) -> None:
    chats.begin(customer("bo@example.org", "Bo"))
    chat = chats.begin(ada)
    page = signed_in(ada).get(at(chat)).content.decode()
    assert "1 before you" in page


def test_what_is_said_appears_with_its_author(ada: Person, kim: Person, chat: Chat) -> None:
    taking.take(kim, chat)
    browser = signed_in(ada)
    said = chats.answers(kim, chat, "Hello Ada.")
    news = browser.get(at(chat, f"news/?after={said.sequence - 1}"), headers=PIECE).json()
    assert "Hello Ada." in news["lines"]
    assert "Kim Reyes" in news["status"]
    assert (news["stage"], news["more"]) == ("on", False)
    assert news["upto"] >= said.sequence
    assert browser.get(at(chat, f"news/?after={news['upto']}"), headers=PIECE).json()["lines"] == ""


def test_lines_of_one_author_stand_together(ada: Person, kim: Person, chat: Chat) -> None:
    for text in ("One.", "Two."):
        chats.answers(kim, chat, text)
    page = signed_in(ada).get(at(chat)).content.decode()
    assert page.count("chat-line theirs is-follow") == 1


def test_words_arrive_once_however_often_they_are_sent(ada: Person, chat: Chat) -> None:
    browser, form = signed_in(ada), {"text": "Hello?", "client_id": str(uuid4())}
    first, second = (
        browser.post(at(chat, "say/"), form, headers=PIECE),
        browser.post(at(chat, "say/"), form, headers=PIECE),
    )
    assert first.json() == second.json()
    assert Message.objects.filter(text="Hello?").count() == 1


def test_without_a_script_the_page_takes_words_and_files(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    form = {"text": "", "client_id": str(uuid4()), "files": [SimpleUploadedFile("screen.png", PNG)]}
    assert browser.post(at(chat, "say/"), form)["Location"] == at(chat) + "#newest"
    page = browser.get(at(chat)).content.decode()
    assert 'alt="screen.png"' in page
    empty = browser.post(at(chat, "say/"), {"text": " ", "client_id": str(uuid4())})
    assert "There is nothing in this message" in empty.content.decode()


def test_files_go_up_first_and_lies_are_told(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    up = browser.post(at(chat, "files/"), {"files": [SimpleUploadedFile("a.png", PNG)]}, headers=PIECE).json()
    form = {"text": "See", "client_id": str(uuid4()), "attachment": up["files"][0]["id"]}
    assert browser.post(at(chat, "say/"), form, headers=PIECE).status_code == 200
    assert Message.objects.get(text="See").attachments.get().name == "a.png"
    lie = browser.post(at(chat, "files/"), {"files": [SimpleUploadedFile("a.png", b"MZ\x90\0" * 99)]}, headers=PIECE)
    assert (lie.status_code, lie.json()["files"]) == (422, [])
    assert lie.json()["words"].startswith("a.png: ")


def test_whoever_floods_waits_and_is_told(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    answers = [
        browser.post(at(chat, "say/"), {"text": f"{n}", "client_id": str(uuid4())}, headers=PIECE) for n in range(41)
    ]
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert 1 <= int(refused[0]["Retry-After"]) <= 11
    assert "Wait a little" in refused[0].json()["words"]


def test_hostile_words_are_only_words(ada: Person, kim: Person, chat: Chat) -> None:
    hostile = "<script>alert(1)</script>\u202eevil\0 <img src=x onerror=alert(1)>"
    said = signed_in(ada).post(at(chat, "say/"), {"text": hostile, "client_id": str(uuid4())}, headers=PIECE)
    assert said.status_code == 200
    page = signed_in(ada).get(at(chat)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\u202e" not in page
    kept = Message.objects.filter(conversation=chat.pk, kind=Message.Kind.CUSTOMER).order_by("sequence").last()
    assert kept is not None
    assert kept.text.startswith("<script>alert(1)</script>")
    assert "evil <img" in kept.text


def test_what_is_too_much_is_said_and_not_cut_off(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    assert 'maxlength="20000"' not in browser.get(at(chat)).content.decode()
    long = browser.post(at(chat, "say/"), {"text": "x" * 20_001, "client_id": str(uuid4())}, headers=PIECE)
    assert (long.status_code, "text file" in long.json()["words"]) == (422, True)


def test_who_reads_is_seen_and_typing_is_told(ada: Person, kim: Person, chat: Chat) -> None:
    said = chats.answers(kim, chat)
    signed_in(ada).post(at(chat, "here/"), {"upto": said.sequence, "typing": "1"}, headers=PIECE)
    assert Participant.objects.get(conversation=chat.pk).last_read_sequence == said.sequence
    assert signed_in(ada).post(at(chat, "left/"), headers=PIECE).status_code == 204


@pytest.mark.parametrize(
    ("method", "what"),
    [("get", each) for each in ("", "piece/", "news/")]
    + [("post", each) for each in ("say/", "here/", "left/", "files/", "end/", "by-mail/", "transcript/", "survey/")],
)
def test_a_strangers_chat_is_not_there(kim: Person, chat: Chat, method: str, what: str) -> None:
    grace = Client()
    chats.begin(chats.guest())
    for browser in (signed_in(customer("eve@example.org", "Eve")), grace, signed_in(kim)):
        answer = getattr(browser, method)(at(chat, what), {"text": "x", "client_id": str(uuid4())}, headers=PIECE)
        assert answer.status_code == 404
    assert Chat.objects.get(pk=chat.pk).is_on
    assert not Message.objects.filter(text="x").exists()


def test_scripts_are_told_of_a_chat_that_is_not_theirs(kim: Person, chat: Chat) -> None:
    """What their browser still has to send is theirs to copy; a page could come from whoever stands between."""
    said = {"text": "x", "client_id": str(uuid4())}
    answer = Client().post(at(chat, "say/"), said, headers=PIECE)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["code"] == "chat_unknown"


def test_a_strangers_file_is_not_there(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    form = {"text": "See", "client_id": str(uuid4()), "files": [SimpleUploadedFile("a.png", PNG)]}
    browser.post(at(chat, "say/"), form)
    file = Message.objects.get(text="See").attachments.get()
    assert browser.get(at(chat, f"files/{file.pk}/")).status_code == 302
    eve = customer("eve@example.org", "Eve")
    assert signed_in(eve).get(at(chat, f"files/{file.pk}/")).status_code == 404
    hers = chats.begin(eve)
    assert signed_in(eve).get(at(hers, f"files/{file.pk}/")).status_code == 404


def test_tickets_are_for_those_with_a_pass(ada: Person, chat: Chat) -> None:
    page = signed_in(ada).get(at(chat)).content.decode()
    address = page.split('data-live-ticket="', 1)[1].split('"', 1)[0]
    ticket = tickets.read(Client().get(address).json()["ticket"])
    assert (ticket.topic.kind, ticket.topic.key) == ("conversation", chat.pk)
    assert Client().get(address[:-3] + "xx/").status_code == 404


def test_a_pass_ends(ada: Person, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from frontdesk.portal.chats import passes

    monkeypatch.setattr(passes, "LASTS", timedelta(0))
    assert Client().get(f"/chat/ticket/{passes.issue(chat.pk)}/").status_code == 404


def test_the_end_asks_how_it_was(ada: Person, kim: Person, chat: Chat) -> None:
    chats.answers(kim, chat)
    browser = signed_in(ada)
    browser.post(at(chat, "end/"))
    page = browser.get(at(chat)).content.decode()
    assert "This chat has ended" in page
    assert "How was our help?" in page
    assert 'name="text"' not in page
    browser.post(at(chat, "survey/"), {"score": "3", "words": "Quick."})
    survey = chat.conversation.surveys.get()
    assert (survey.score, survey.words) == (3, "Quick.")
    assert "Thank you" in browser.get(at(chat)).content.decode()
    assert browser.post(at(chat, "survey/"), {"score": "9"}).status_code == 404


def test_what_is_said_behind_the_end_renews_the_page_and_asks_nothing(ada: Person, kim: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    chats.answers(kim, chat)
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    assert browser.get(at(chat, "news/")).json()["stage"] == "over"
    chats.says(chat, "One more thing")
    assert browser.get(at(chat, "news/")).json()["stage"] == "mail"
    page = browser.get(at(chat)).content.decode()
    assert "This goes on by mail" in page
    assert "How was our help?" not in page


def test_by_mail_instead_it_becomes_a_ticket(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    browser.post(at(chat, "by-mail/"))
    chat.refresh_from_db()
    assert chat.state == Chat.State.TICKET
    assert "This goes on by mail" in browser.get(at(chat)).content.decode()
    assert "Back to the chat" not in browser.get(f"/conversations/{chat.pk}/").content.decode()


def test_what_was_said_is_mailed_on_demand(ada: Person, kim: Person, chat: Chat) -> None:
    chats.answers(kim, chat, "Press the green button.")
    browser = signed_in(ada)
    page = browser.post(at(chat, "transcript/")).content.decode()
    assert "We have mailed it to ada@example.org" in page
    (mail,) = sent("ada@example.org")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Press the green button." in body.get_content()
    for _time in range(3):
        page = browser.post(at(chat, "transcript/")).content.decode()
    assert "Too many attempts" in page
    assert len(sent("ada@example.org")) == 2


def test_the_conversation_leads_back_to_the_chat(ada: Person, chat: Chat) -> None:
    browser = signed_in(ada)
    assert f'href="{at(chat)}"' in browser.get(f"/conversations/{chat.pk}/").content.decode()
    assert "My key is not accepted." in browser.get("/conversations/").content.decode()


def _as_guest() -> tuple[Chat, Client]:
    """A guest's chat, and their browser."""
    visitor = visitors.ask("grace@example.org", "Grace", "en")
    secret = visitors.prove(visitor, secret_sent_to("grace@example.org"))
    visitor.refresh_from_db()
    chat, browser = chats.begin(visitor), Client()
    browser.cookies[cookie_name()] = secret
    return chat, browser


def test_a_guest_sees_theirs_by_the_cookie(kim: Person) -> None:
    chat, browser = _as_guest()
    assert Client().get(at(chat)).status_code == 404
    assert "My key is not accepted." in browser.get(at(chat)).content.decode()
    up = {"files": [SimpleUploadedFile("a.png", PNG)]}
    (file,) = browser.post(at(chat, "files/"), up, headers=PIECE).json()["files"]
    form = {"text": "", "client_id": str(uuid4()), "attachment": file["id"]}
    assert browser.post(at(chat, "say/"), form, headers=PIECE).status_code == 200


def test_a_guest_reads_what_was_said_before_and_all_of_it(kim: Person) -> None:
    """They have no account in which it stands; a frame on another site, no page either."""
    chat, browser = _as_guest()
    for n in range(50):
        chats.answers(kim, chat, f"Line {n}.")
    chats.answers(kim, chat, "Long " * 5_000 + "end.")
    page = browser.get(at(chat)).content.decode()
    assert "Line 5." not in page
    (before,) = re.findall(rf'href="{at(chat)}\?before=(\d+)"', page)
    assert f'data-earlier="{at(chat, "earlier/")}"' in page
    found = browser.get(at(chat, f"earlier/?before={before}"), headers=PIECE).json()
    assert "Line 5." in found["lines"]
    assert "My key is not accepted." in found["lines"]
    assert not found["more"]
    plain = browser.get(at(chat, f"?before={before}")).content.decode()
    assert "Line 5." in plain
    assert "Newest messages" in plain
    assert Client().get(at(chat, "earlier/"), headers=PIECE).status_code == 404


def test_long_words_are_read_whole_where_the_chat_lives_on(ada: Person, kim: Person, chat: Chat) -> None:
    """Merged into another conversation, it keeps its own addresses."""
    chats.says(chat, "Long " * 5_000 + "end.")
    actor = Actor.staff(kim.pk, "test")
    joining.merge(actor=actor, conversation=chat.conversation, into=desk.conversation(ada))
    browser = signed_in(ada)
    page = browser.get(at(chat)).content.decode()
    (whole,) = re.findall(r'href="([^"]+)" target="_blank" data-whole', page)
    assert whole.startswith(at(chat))
    assert "end." in browser.get(whole).content.decode()


def test_queries_do_not_grow_with_what_was_said(
    ada: Person, kim: Person, chat: Chat, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(12):
        chats.answers(kim, chat, f"Line {n}")
    browser = signed_in(ada)
    with django_assert_max_num_queries(14):
        browser.get(at(chat))
    with django_assert_max_num_queries(10):
        browser.get(at(chat, "news/?after=0"), headers=PIECE)


def test_ended_meanwhile_words_are_kept_and_go_by_mail(ada: Person, kim: Person, chat: Chat) -> None:
    chats.answers(kim, chat)
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    answer = signed_in(ada).post(at(chat, "say/"), {"text": "One more.", "client_id": str(uuid4())}, headers=PIECE)
    assert answer.status_code == 200
    assert Message.objects.filter(text="One more.").exists()


def test_who_asks_behind_the_last_of_all_is_shown_nothing(ada: Person, kim: Person) -> None:
    """As scripts do that only ask whose the chat is: its largest number must not count as none."""
    chat, browser = chats.begin(ada), signed_in(ada)
    last = re.search(r"LAST = ([\d_]+)", (files("frontdesk.ui") / "static/ui/js/chat-stranded.js").read_text())
    assert last
    found = browser.get(f"/chat/c/{chat.pk}/news/?after={int(last[1])}").json()
    assert (found["lines"], found["more"]) == ("", False)
