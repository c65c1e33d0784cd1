"""My conversations: who may read them, how they go on, and what is new."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import clock
from frontdesk.core.live import tickets
from frontdesk.core.live.topics import Topic
from frontdesk.support.tickets import attachments, following, links, reading
from frontdesk.support.tickets.conversations import changing, saying
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant, Survey
from tests.people import customer, signed_in, staff_browser
from tests.support import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db: None) -> Person:
    """A customer."""
    return customer()


@pytest.fixture
def talk(ada: Person) -> Conversation:
    """Her conversation."""
    return desk.conversation(ada)


@pytest.fixture
def kim(db: None) -> Person:
    """An agent."""
    return desk.agent()


def guest_path(conversation: Conversation) -> str:
    """The page of a guest's mailed link."""
    return links.to_conversation(conversation.participants.get(role=Participant.Role.REQUESTER)).path


def test_the_page_shows_what_was_said_and_no_more(ada: Person, talk: Conversation, kim: Person) -> None:
    desk.answers(kim, talk, "Hello Ada, I look into it.")
    saying.add_note(agent=kim, conversation=talk, text="She is a reseller.", client_id=uuid4())
    page = signed_in(ada).get(f"/conversations/{talk.pk}/").content.decode()
    assert "It says that the device limit is reached." in page
    assert "Hello Ada, I look into it." in page
    assert "Kim Reyes" in page
    assert "reseller" not in page


def test_what_people_write_is_never_html(ada: Person) -> None:
    hostile = desk.conversation(ada, text="<script>alert(1)</script> see http://example.org/x", subject="<b>x</b>")
    page = signed_in(ada).get(f"/conversations/{hostile.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert 'href="http://example.org/x"' in page


def test_a_reply_arrives_once_with_its_file(ada: Person, talk: Conversation) -> None:
    browser, number = signed_in(ada), str(uuid4())
    for _click in range(2):
        form = {"text": "Here is the log.", "client_id": number, "files": [SimpleUploadedFile("a.log", b"x")]}
        response = browser.post(f"/conversations/{talk.pk}/", form)
        assert response["Location"] == f"/conversations/{talk.pk}/#newest"
    said = Message.objects.filter(conversation=talk, text="Here is the log.").get()
    assert [file.name for file in said.attachments.all()] == ["a.log"]


def test_who_goes_back_and_changes_what_was_sent_is_told(ada: Person, talk: Conversation) -> None:
    browser, number = signed_in(ada), str(uuid4())
    browser.post(f"/conversations/{talk.pk}/", {"text": "It works", "client_id": number})
    answer = browser.post(f"/conversations/{talk.pk}/", {"text": "It works not", "client_id": number})
    assert "This form was sent already" in answer.content.decode()
    form = answer.context["form"]
    assert form["text"].value() == "It works not"
    again = {"text": form["text"].value(), "client_id": str(form["client_id"].value())}
    assert again["client_id"] != number
    assert browser.post(f"/conversations/{talk.pk}/", again).status_code == 302
    said = Message.objects.filter(conversation=talk, kind="customer").order_by("sequence")
    assert [each.text for each in said][1:] == ["It works", "It works not"]


def test_solving_and_reopening_are_the_customers_too(ada: Person, talk: Conversation) -> None:
    browser = signed_in(ada)
    browser.post(f"/conversations/{talk.pk}/solution/")
    talk.refresh_from_db()
    assert talk.status == Conversation.Status.SOLVED
    assert "open it again" in browser.get(f"/conversations/{talk.pk}/").content.decode()
    browser.post(f"/conversations/{talk.pk}/reopening/")
    talk.refresh_from_db()
    assert talk.status == Conversation.Status.OPEN


def test_a_closed_one_takes_nothing_and_leads_on(ada: Person, talk: Conversation) -> None:
    browser = signed_in(ada)
    browser.post(f"/conversations/{talk.pk}/solution/")
    Conversation.objects.update(solved_at=clock.now() - timedelta(days=15))
    page = browser.get(f"/conversations/{talk.pk}/").content.decode()
    assert f"/contact/?continues={talk.pk}" in page
    page = browser.post(f"/conversations/{talk.pk}/", {"text": "Late", "client_id": str(uuid4())}).content.decode()
    assert "This conversation is closed" in page
    assert browser.post(f"/conversations/{talk.pk}/reopening/").status_code == 409
    browser.post(f"/contact/?continues={talk.pk}", {"subject": "Again", "text": "Again", "client_id": str(uuid4())})
    assert Conversation.objects.get(subject="Again").continues == talk


def test_a_strangers_conversation_is_not_found(talk: Conversation) -> None:
    eve = signed_in(customer("eve@example.org", "Eve"))
    for number in (talk.pk, uuid4()):
        for page in ("", "news/", "ticket/"):
            assert eve.get(f"/conversations/{number}/{page}").status_code == 404
        for deed in ("", "solution/", "reopening/"):
            assert (
                eve.post(f"/conversations/{number}/{deed}", {"text": "x", "client_id": str(uuid4())}).status_code == 404
            )
    assert Client().get(f"/conversations/{talk.pk}/")["Location"].startswith("/account/login/")
    assert Message.objects.filter(kind="customer").count() == 1
    again = eve.post(f"/contact/?continues={talk.pk}", {"subject": "s", "text": "t", "client_id": str(uuid4())})
    assert again.status_code == 302
    assert Conversation.objects.get(subject="s").continues is None


def test_a_guest_reads_and_writes_by_the_link_alone(client: Client, kim: Person) -> None:
    talk = desk.conversation("guest@example.org")
    path = guest_path(talk)
    desk.answers(kim, talk, "Hello guest.")
    page = client.get(path)
    assert "Hello guest." in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex"
    client.post(path, {"text": "Thanks", "client_id": str(uuid4()), "files": [SimpleUploadedFile("a.log", b"x")]})
    assert Message.objects.get(text="Thanks").attachments.count() == 1
    client.post(path + "solution/")
    talk.refresh_from_db()
    assert talk.status == Conversation.Status.SOLVED


def test_another_secret_opens_nothing(client: Client) -> None:
    talk, other = desk.conversation("guest@example.org"), desk.conversation("eve@example.org")
    secret = guest_path(other).split("/")[-2]
    guest_path(talk)
    for wrong in (secret, "x", "ü"):
        for page in ("", "news/", "ticket/"):
            assert client.get(f"/conversations/g/{talk.pk}/{wrong}/{page}").status_code == 404
        for deed in ("", "solution/", "reopening/"):
            assert client.post(f"/conversations/g/{talk.pk}/{wrong}/{deed}").status_code == 404
    Participant.objects.filter(conversation=talk).update(access_hash=None)
    assert client.get(f"/conversations/{talk.pk}/").status_code == 302


def test_what_is_new_comes_without_a_reload(ada: Person, talk: Conversation, kim: Person) -> None:
    browser, news = signed_in(ada), f"/conversations/{talk.pk}/news/"
    talk.refresh_from_db()
    before = talk.last_sequence
    assert browser.get(news, {"after": before}).status_code == 204
    desk.answers(kim, talk, "Fresh words")
    piece = browser.get(news, {"after": before}).content.decode()
    assert "Fresh words" in piece
    assert "device limit is reached" not in piece
    assert "Your turn" in piece
    for nonsense in ("", "x", "-1", "9" * 40):
        assert browser.get(news, {"after": nonsense}).status_code in {200, 204}


def test_a_page_hears_of_another_state_and_of_a_merge(ada: Person, talk: Conversation) -> None:
    browser, news = signed_in(ada), f"/conversations/{talk.pk}/news/"
    talk.refresh_from_db()
    seen: dict[str, str] = {"of": str(talk.pk), "after": str(talk.last_sequence), "status": talk.status}
    assert browser.get(news, seen).status_code == 204
    assert "We are on it" in browser.get(news, seen | {"status": "waiting"}).content.decode()
    moved = browser.get(news, seen | {"of": str(uuid4())})
    assert (moved.status_code, moved["HX-Redirect"]) == (204, f"/conversations/{talk.pk}/")


def test_a_ticket_is_for_this_conversation_and_this_customer(ada: Person, talk: Conversation) -> None:
    answer = signed_in(ada).get(f"/conversations/{talk.pk}/ticket/")
    found = tickets.read(answer.json()["ticket"])
    assert (found.topic, found.holder) == (Topic("conversation", talk.pk), ada.pk)
    assert "no-store" in answer["Cache-Control"]


def test_an_answer_is_unread_until_it_was_seen(ada: Person, talk: Conversation, kim: Person) -> None:
    browser = signed_in(ada)
    assert not reading.unread(ada).exists()
    desk.answers(kim, talk)
    assert list(reading.unread(ada)) == [talk]
    assert "New answer" in browser.get("/conversations/").content.decode()
    assert "My new laptop" in browser.get("/home/").content.decode()
    browser.get(f"/conversations/{talk.pk}/")
    assert not reading.unread(ada).exists()
    assert "My new laptop" not in browser.get("/home/").content.decode()


def test_the_list_filters_and_searches(ada: Person, talk: Conversation) -> None:
    solved = desk.conversation(ada, subject="The invoice", text="Where is it?")
    changing.solve(actor=desk.SYSTEM, conversation=solved)
    desk.conversation(customer("eve@example.org", "Eve"), subject="Not hers")
    browser = signed_in(ada)
    for address, shown in (
        ("", {"My new laptop", "The invoice"}),
        ("?show=open", {"My new laptop"}),
        ("?show=solved", {"The invoice"}),
        ("?show=nonsense", {"My new laptop", "The invoice"}),
        ("?q=device limit", {"My new laptop"}),
        (f"?q={solved.reference}", {"The invoice"}),
        ("?q=%25", set()),
    ):
        page = browser.get(f"/conversations/{address}").content.decode()
        assert {name for name in ("My new laptop", "The invoice", "Not hers") if name in page} == shown, address


def test_the_list_needs_few_queries(
    ada: Person, kim: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        desk.answers(kim, desk.conversation(ada, subject=f"Matter {number}"))
    browser = signed_in(ada)
    with django_assert_max_num_queries(15):
        browser.get("/conversations/")
    with django_assert_max_num_queries(15):
        browser.get(f"/conversations/{Conversation.objects.first().pk}/")  # type: ignore[union-attr]


def test_files_are_for_those_who_may_read_them(ada: Person, talk: Conversation, kim: Person) -> None:
    public = attachments.store(name="a.log", data=b"x")
    private = attachments.store(name="b.log", data=b"x")
    desk.answers(kim, talk, attachments=[public])
    note = saying.add_note(agent=kim, conversation=talk, text="Look", client_id=uuid4())
    Attachment.objects.filter(pk=private.pk).update(message=note)
    own, eve = signed_in(ada), signed_in(customer("eve@example.org", "Eve"))
    assert own.get(f"/files/c/{public.pk}/")["Location"].startswith("/api/v1/attachments/")
    assert own.get(f"/files/c/{private.pk}/").status_code == 404
    assert eve.get(f"/files/c/{public.pk}/").status_code == 404
    assert eve.get(f"/files/c/{uuid4()}/").status_code == 404
    assert Client().get(f"/files/c/{public.pk}/")["Location"].startswith("/account/login/")
    agent = staff_browser(Role.AGENT, "lou@halcyon.example")
    for file in (public, private):
        assert agent.get(f"/files/c/{file.pk}/").status_code == 302


def test_a_guests_files_are_for_their_link(client: Client, kim: Person) -> None:
    talk, other = desk.conversation("guest@example.org"), desk.conversation("eve@example.org")
    file = attachments.store(name="a.log", data=b"x")
    desk.answers(kim, talk, attachments=[file])
    path, stranger = guest_path(talk), guest_path(other)
    assert client.get(f"{path}files/{file.pk}/")["Location"].startswith("/api/v1/attachments/")
    assert client.get(f"{stranger}files/{file.pk}/").status_code == 404
    assert client.get(f"{path}files/{uuid4()}/").status_code == 404


@pytest.fixture
def token(talk: Conversation, kim: Person, monkeypatch: pytest.MonkeyPatch) -> str:
    """The link of a survey, as its mail has it."""
    monkeypatch.setattr(following, "new_token", lambda: "t" * 43)
    desk.answers(kim, talk)
    changing.solve(actor=desk.SYSTEM, conversation=talk)
    return "t" * 43


def test_a_survey_is_answered_and_changed(client: Client, token: str) -> None:
    page = client.get(f"/conversations/survey/{token}/?score=3").content.decode()
    assert 'value="3" checked' in page
    assert Survey.objects.get().score is None, "opening the link alone answers nothing: scanners do it, too"
    client.post(f"/conversations/survey/{token}/", {"score": "3", "words": ""})
    client.post(f"/conversations/survey/{token}/", {"score": "2", "words": "It took long."})
    asked = Survey.objects.get()
    assert (asked.score, asked.words) == (2, "It took long.")
    page = client.get(f"/conversations/survey/{token}/").content.decode()
    assert "It took long." in page
    for nonsense in ("", "0", "9", "x"):
        assert client.post(f"/conversations/survey/{token}/", {"score": nonsense}).status_code == 200
    assert Survey.objects.get().score == 2
    assert client.get("/conversations/survey/nonsense/").status_code == 410


def test_a_follow_up_ends_it_or_opens_it_again(client: Client, talk: Conversation, token: str) -> None:
    path = links.to_follow_up(talk).path
    assert "Does it still work?" in client.get(path).content.decode()
    assert "Good to hear" in client.post(path, {"answer": "yes"}).content.decode()
    talk.refresh_from_db()
    assert talk.status == Conversation.Status.SOLVED
    assert client.post(path, {"answer": "no"})["Location"] == f"/conversations/{talk.pk}/#reply"
    talk.refresh_from_db()
    assert talk.status == Conversation.Status.OPEN
    assert client.get(f"/conversations/follow-up/{talk.pk}/x/").status_code == 410
    assert client.get(f"/conversations/follow-up/{uuid4()}/x/").status_code == 410
