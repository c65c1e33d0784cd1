"""Before the chat: who is asked for what, how guests prove their address, and what happens while nobody is there."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.portal.chats.askers import cookie_name
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets.models import Area, Channel
from tests.people import signed_in
from tests.support import articles, chats, desk
from tests.support.mailbox import secret_sent_to

pytestmark = pytest.mark.django_db


def question(text: str = "It will not start.", **more: str) -> dict[str, str]:
    """The form as it is sent."""
    return {"text": text, "client_id": str(uuid4()), **more}


def as_guest(**more: str) -> dict[str, str]:
    """The same of somebody without an account."""
    return question(**{"name": "Grace", "email": "grace@example.org", **more})


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form that takes the code."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_customer_begins_at_once(ada: Person, kim: Person) -> None:
    browser = signed_in(ada)
    page = browser.get("/chat/").content.decode()
    assert "We are here" in page
    assert 'name="email"' not in page
    answer = browser.post("/chat/?from=/downloads/", question())
    chat = Chat.objects.get()
    assert answer["Location"] == f"/chat/c/{chat.pk}/"
    assert (chat.page, chat.conversation.person, chat.conversation.channel) == ("/downloads/", ada, Channel.CHAT)
    assert "It will not start." in browser.get(answer["Location"]).content.decode()
    assert browser.get("/chat/")["Location"] == answer["Location"]


def test_sent_twice_it_begins_once(ada: Person, kim: Person) -> None:
    browser, form = signed_in(ada), question()
    assert browser.post("/chat/", form)["Location"] == browser.post("/chat/", form)["Location"]
    assert Chat.objects.get().conversation.messages.filter(kind="customer").count() == 1


def test_a_guest_enters_the_code_in_the_same_place(kim: Person) -> None:
    browser = Client()
    page = browser.post("/chat/", as_guest()).content.decode()
    assert "We have sent a code to" in page
    assert not Chat.objects.exists()
    kept = hidden(page)
    wrong = browser.post("/chat/", {**kept, "code": "000000"})
    assert "This code does not fit" in wrong.content.decode()
    answer = browser.post("/chat/", {**kept, "code": secret_sent_to("grace@example.org")})
    chat = Chat.objects.get()
    assert answer["Location"] == f"/chat/c/{chat.pk}/"
    cookie = answer.cookies[cookie_name()]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/chat/")
    assert int(cookie["max-age"]) == 30 * 86_400
    assert cookie.value not in str(Visitor.objects.values())
    assert "It will not start." in browser.get(answer["Location"]).content.decode()


def test_when_the_answer_to_the_code_is_lost_it_is_entered_again(kim: Person) -> None:
    browser = Client()
    kept = hidden(browser.post("/chat/", as_guest()).content.decode())
    form = {**kept, "code": secret_sent_to("grace@example.org")}
    first = browser.post("/chat/", form)
    browser.cookies.clear()  # it never came
    again = browser.post("/chat/", form)
    assert again["Location"] == first["Location"]
    assert again.cookies[cookie_name()].value == first.cookies[cookie_name()].value
    assert Chat.objects.get().conversation.messages.filter(kind="customer").count() == 1
    assert "It will not start." in browser.get(again["Location"]).content.decode()


def test_a_known_guest_is_asked_for_nothing_more(kim: Person) -> None:
    browser = Client()
    kept = hidden(browser.post("/chat/", as_guest()).content.decode())
    browser.post("/chat/", {**kept, "code": secret_sent_to("grace@example.org")})
    page = browser.get("/chat/?again=1").content.decode()
    assert "You chat as grace@example.org" in page
    assert 'name="email"' not in page
    browser.post("/chat/forget/")
    assert 'name="email"' in browser.get("/chat/?again=1").content.decode()


def test_back_keeps_what_was_typed(kim: Person) -> None:
    browser = Client()
    kept = hidden(browser.post("/chat/", as_guest(text="Two\nlines")).content.decode())
    page = browser.post("/chat/", {**kept, "code": "", "back": "1"}).content.decode()
    assert "Two\nlines" in page
    assert 'value="grace@example.org"' in page


def test_with_nobody_there_the_form_takes_over_what_was_typed(ada: Person) -> None:
    browser = signed_in(ada)
    page = browser.get("/chat/?article=lost").content.decode()
    assert "Nobody is here for a chat just now" in page
    page = browser.post("/chat/", question("It <will> not start.")).content.decode()
    assert "It &lt;will&gt; not start." in page
    form = browser.post("/contact/", {"brought": "chat", "text": "It will not start."}).content.decode()
    assert "It will not start." in form
    assert "has-error" not in form
    assert not Chat.objects.exists()


def test_a_guest_is_told_before_a_code_is_mailed(db: None) -> None:
    page = Client().post("/chat/", as_guest()).content.decode()
    assert "Nobody is here" in page
    assert 'name="email" value="grace@example.org"' in page
    assert not Visitor.objects.exists()


def test_while_nobody_chats_at_all_it_says_so(ada: Person, kim: Person) -> None:
    chats.come(kim)
    from frontdesk.support.chat import settings

    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(is_open=False))
    assert "Nobody is here" in signed_in(ada).get("/chat/").content.decode()


def test_the_article_and_the_device_come_along(ada: Person, kim: Person) -> None:
    found = articles.published()
    license, _code = desk.licensed(ada)
    laptop = desk.seat(license)
    browser = signed_in(ada)
    where = f"/chat/?article={found.article.slug}&activation={laptop.pk}"
    assert "This is about Device Ada&#x27;s laptop." in browser.get(where).content.decode()
    browser.post(where, question())
    conversation = Chat.objects.get().conversation
    assert (conversation.license, conversation.activation) == (license.pk, laptop.pk)
    assert conversation.messages.get(kind="customer").data["article"] == found.article.slug


def test_of_a_strangers_device_nothing_is_said(ada: Person, kim: Person) -> None:
    license, _code = desk.licensed(ada)
    from tests.people import customer

    browser = signed_in(customer("eve@example.org", "Eve"))
    page = browser.get(f"/chat/?license={license.pk}")
    assert "This is about" not in page.content.decode()
    browser.post(f"/chat/?license={license.pk}&from=https://evil.example/x", question())
    chat = Chat.objects.get()
    assert (chat.conversation.license, chat.page) == (None, "")


def test_the_area_of_a_reason_is_chosen_already(ada: Person, kim: Person) -> None:
    Area.objects.create(slug="devices", titles={"en": "Devices"}, reason_codes=["device_limit_reached"])
    browser = signed_in(ada)
    assert 'value="devices" selected' in browser.get("/chat/?reason=device_limit_reached").content.decode()
    browser.post("/chat/?reason=device_limit_reached", question(area="devices"))
    conversation = Chat.objects.get().conversation
    assert conversation.area is not None
    assert (conversation.area.slug, conversation.reason_code) == ("devices", "device_limit_reached")


def test_codes_are_limited_and_the_page_says_what_to_do(kim: Person) -> None:
    browser = Client()
    for _time in range(3):
        browser.post("/chat/", as_guest())
    page = browser.post("/chat/", as_guest()).content.decode()
    assert "Too many attempts" in page
    assert "It will not start." in page
