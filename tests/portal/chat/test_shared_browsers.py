"""A browser that several people share: nobody sees, writes in or ends the chat of whoever sat there before."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.accounts.models import Person, Session
from frontdesk.core.models import AuditEntry
from frontdesk.portal.chats.askers import cookie_name
from frontdesk.support.chat import ending, settings
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.models import Message
from tests.people import PASSWORD, customer
from tests.portal.chat.test_beginning import as_guest, hidden, question
from tests.portal.chat.test_box import BOX, SECRET, SITE
from tests.portal.chat.test_room import PIECE, PNG
from tests.support import chats, desk
from tests.support.mailbox import secret_sent_to, sent

pytestmark = pytest.mark.django_db
WORDS = "My bank is on fire."
GETS = ("", "piece/", "news/?after=0", "earlier/?before=99", "messages/1/")
POSTS = ("say/", "here/", "left/", "files/", "end/", "by-mail/", "transcript/", "survey/")


class Shared:
    """One browser: its cookies on our own pages, and what a frame of ours keeps on another site."""

    def __init__(self) -> None:
        self.client = Client()
        self.kept = ""

    def sign_in(self, email: str) -> None:
        """Through the page, as people do."""
        answer = self.client.post("/account/login/", {"login": email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()

    def sign_out(self) -> None:
        self.client.post("/account/logout/")

    def asks(self, method: str, address: str, data: Mapping[str, object] | None = None, *, boxed: bool = False) -> Any:
        """As the chat's script does."""
        headers = {**BOX, **({SECRET: self.kept} if self.kept else {})} if boxed else PIECE
        answer = getattr(self.client, method)(address, data or {}, headers=headers)
        if boxed and SECRET in answer:
            self.kept = answer[SECRET]
        return answer

    def begin(self, address: str, text: str = WORDS, *, boxed: bool = False) -> Chat:
        """A guest's chat, with the code."""
        page = f"/chat/?site={SITE}" if boxed else "/chat/"
        asked = self.asks("post", page, as_guest(email=address, text=text), boxed=boxed)
        code = secret_sent_to(address)
        begun = self.asks("post", page, {**hidden(asked.content.decode()), "code": code}, boxed=boxed)
        assert 'data-room="' in begun.content.decode()
        return Chat.objects.latest("began_at")


@pytest.fixture
def shared(db: None) -> Shared:
    """The browser."""
    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=(SITE,)))
    return Shared()


@pytest.fixture(params=[False, True], ids=["page", "frame"])
def boxed(request: pytest.FixtureRequest) -> bool:
    """On a page of ours, or in the frame on another site."""
    return bool(request.param)


def nothing_of(chat: Chat, shared: Shared, *, boxed: bool) -> None:
    """Whoever sits there now knows every address of the chat from the history, and gets nowhere."""
    state = Chat.objects.values().get(pk=chat.pk)
    said = Message.objects.filter(conversation=chat.pk).count()
    sent()
    at = f"/chat/c/{chat.pk}/"
    for what in GETS:
        assert shared.asks("get", at + what, boxed=boxed).status_code == 404, what
    for what in POSTS:
        data = {"text": "x", "client_id": str(uuid4()), "score": "1", "upto": "9", "typing": "1"}
        assert shared.asks("post", at + what, data, boxed=boxed).status_code == 404, what
    for file in Message.objects.filter(conversation=chat.pk, attachments__isnull=False):
        found = file.attachments.get()
        assert shared.asks("get", f"{at}files/{found.pk}/", boxed=boxed).status_code == 404
    page = shared.asks("get", "/chat/", boxed=boxed).content.decode()
    assert WORDS not in page
    assert str(chat.pk) not in page
    found = shared.asks("get", "/chat/state/", boxed=boxed).json()
    assert "ticket" not in found
    assert Chat.objects.values().get(pk=chat.pk) == state
    assert Message.objects.filter(conversation=chat.pk).count() == said
    assert sent() == []


def with_a_file(shared: Shared, chat: Chat, *, boxed: bool) -> None:
    """The guest sends a picture, too."""
    up = shared.asks("post", f"/chat/c/{chat.pk}/files/", {"files": SimpleUploadedFile("a.png", PNG)}, boxed=boxed)
    form = {"text": "", "client_id": str(uuid4()), "attachment": up.json()["files"][0]["id"]}
    assert shared.asks("post", f"/chat/c/{chat.pk}/say/", form, boxed=boxed).status_code == 200


def test_whoever_signs_in_sees_nothing_of_the_guest_before(
    shared: Shared, boxed: bool, ada: Person, kim: Person
) -> None:
    chat = shared.begin("grace@example.org", boxed=boxed)
    with_a_file(shared, chat, boxed=boxed)
    shared.sign_in(ada.email)
    nothing_of(chat, shared, boxed=boxed)
    mine = shared.asks("post", "/chat/", question("Mine."), boxed=boxed).content.decode()
    assert "Mine." in mine
    assert WORDS not in mine
    assert Chat.objects.exclude(pk=chat.pk).get().conversation.person == ada
    assert not AuditEntry.objects.filter(actor=ada.pk, subject=str(chat.pk)).exists()


def test_nor_once_the_chat_is_over(shared: Shared, boxed: bool, ada: Person, kim: Person) -> None:
    chat = shared.begin("grace@example.org", boxed=boxed)
    chats.answers(kim, chat)
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    shared.sign_in(ada.email)
    nothing_of(chat, shared, boxed=boxed)


@pytest.mark.parametrize("runs_out", [False, True])
def test_nor_after_signing_out_again(shared: Shared, ada: Person, kim: Person, runs_out: bool) -> None:
    """Though whoever signed in never opened the chat; and when their session just runs out."""
    chat = shared.begin("grace@example.org")
    with_a_file(shared, chat, boxed=False)
    shared.sign_in(ada.email)
    assert not shared.client.cookies[cookie_name()].value
    if runs_out:
        Session.objects.all().delete()
    else:
        shared.sign_out()
    nothing_of(chat, shared, boxed=False)


def test_in_the_frame_nor_after_signing_out_again(shared: Shared, ada: Person, kim: Person) -> None:
    """The frame's storage is out of the sign-in's reach; what it keeps goes with the first thing that it asks for."""
    chat = shared.begin("grace@example.org", boxed=True)
    shared.sign_in(ada.email)
    shared.asks("get", "/chat/", boxed=True)
    assert shared.kept == ""
    shared.sign_out()
    nothing_of(chat, shared, boxed=True)


def test_a_guest_sees_nothing_of_whoever_was_signed_in(shared: Shared, boxed: bool, ada: Person, kim: Person) -> None:
    shared.sign_in(ada.email)
    shared.asks("post", "/chat/", question(WORDS), boxed=boxed)
    chat = Chat.objects.get()
    shared.sign_out()
    nothing_of(chat, shared, boxed=boxed)
    other = shared.begin("eve@example.org", "Mine.", boxed=boxed)
    assert other != chat
    for what in GETS:
        assert shared.asks("get", f"/chat/c/{chat.pk}/{what}", boxed=boxed).status_code == 404


def test_a_guest_who_proves_an_accounts_address_sees_nothing_of_the_account(
    shared: Shared, boxed: bool, ada: Person, kim: Person
) -> None:
    chat = chats.begin(ada, WORDS)
    shared.begin(ada.email, "Mine.", boxed=boxed)
    for what in GETS:
        assert shared.asks("get", f"/chat/c/{chat.pk}/{what}", boxed=boxed).status_code == 404


def test_the_second_guest_says_that_this_is_not_them(shared: Shared, boxed: bool, kim: Person) -> None:
    """In the talk and behind its end, as at the question."""
    chat = shared.begin("grace@example.org", boxed=boxed)
    room = shared.asks("get", f"/chat/c/{chat.pk}/piece/", boxed=boxed).content.decode()
    assert "You chat as grace@example.org." in room
    assert 'action="/chat/forget/"' in room
    chats.answers(kim, chat)
    ending.end(actor=desk.SYSTEM, chat=chat, by=Chat.By.AGENT)
    over = shared.asks("get", f"/chat/c/{chat.pk}/piece/", boxed=boxed).content.decode()
    assert "This is not me" in over
    asked = shared.asks("post", "/chat/forget/", boxed=boxed).content.decode()
    assert 'name="email"' in asked
    nothing_of(chat, shared, boxed=boxed)
    other = shared.begin("eve@example.org", "Mine.", boxed=boxed)
    assert other != chat
    for what in GETS:
        assert shared.asks("get", f"/chat/c/{chat.pk}/{what}", boxed=boxed).status_code == 404


@pytest.mark.parametrize("has_account_first", [True, False])
def test_who_signs_in_with_the_same_address_goes_on_with_their_chat(
    shared: Shared, kim: Person, has_account_first: bool
) -> None:
    """Whether the account was there when they began as a guest, or came later; on other devices, too."""
    make: Callable[[], Person] = lambda: customer("grace@example.org", "Grace")  # noqa: E731 - two moments for it
    grace = make() if has_account_first else None
    chat = shared.begin("grace@example.org")
    with_a_file(shared, chat, boxed=False)
    grace = grace or make()
    shared.sign_in(grace.email)
    assert WORDS in shared.asks("get", "/chat/").content.decode()
    with_a_file(shared, chat, boxed=False)
    assert shared.asks("get", "/chat/state/").json()["is_on"]
    elsewhere = Shared()
    elsewhere.sign_in(grace.email)
    over = elsewhere.asks("post", f"/chat/c/{chat.pk}/by-mail/").content.decode()
    (link,) = re.findall(r'href="(/conversations/[^"]+)"', over)
    assert WORDS in elsewhere.client.get(link).content.decode()


def test_an_address_that_was_never_confirmed_is_no_proof(shared: Shared, ada: Person, kim: Person) -> None:
    EmailAddress.objects.create(user=ada, email="grace@example.org", verified=False)
    chat = shared.begin("grace@example.org")
    shared.sign_in(ada.email)
    nothing_of(chat, shared, boxed=False)
