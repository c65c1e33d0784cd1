"""The pages of received mail: who may see what, and what their buttons do."""

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets.models import BlockedSender, Conversation, IncomingMail, Message, Verdict
from tests.people import customer, signed_in, staff_browser
from tests.support import desk
from tests.support.letters import arrives, letter, multipart, part, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(db: None) -> Client:
    """An agent's browser."""
    return staff_browser(Role.AGENT, "kim@halcyon.example")


@pytest.fixture
def mail(db: None) -> IncomingMail:
    """A stranger's mail, which waits."""
    return arrives(letter("My code does not work.\n\n-- \nBob", sender="Bob <bob@example.com>"))


def at(mail: IncomingMail, what: str = "") -> str:
    return f"/desk/mail/{mail.pk}/{what}"


def test_the_list_shows_what_waits_and_everything_by_verdict(kim: Client, mail: IncomingMail) -> None:
    arrives(letter(sender="list@example.com", subject="News for all", List_Id="<news.example.com>"))
    page = kim.get("/desk/mail/").content.decode()
    assert "bob@example.com" in page
    assert "Waiting (1)" in page
    assert "News for all" not in page
    assert "News for all" in kim.get("/desk/mail/?show=list").content.decode()
    assert "News for all" in kim.get("/desk/mail/?show=all").content.decode()
    assert "No mail has this verdict" in kim.get("/desk/mail/?show=failed").content.decode()
    assert kim.get("/desk/mail/?show=nonsense&page=x").status_code == 200


def test_a_mail_is_shown_with_why_it_waits_and_its_files(kim: Client) -> None:
    raw = multipart(
        part("<script>alert(1)</script> & text"),
        part("MZ\x90xx", "application/x-msdownload", Content_Disposition='attachment; filename="a.exe"'),
        sender="Bob <bob@example.com>",
    )
    page = kim.get(at(arrives(raw))).content.decode()
    assert "Nothing proves who sent it." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; text" in page
    assert "a.exe" in page
    assert "Programs and scripts could harm" in page


def test_a_mail_is_taken_into_a_new_conversation_once(kim: Client, mail: IncomingMail) -> None:
    kim.post(at(mail, "acceptance/"))
    answer = kim.post(at(mail, "acceptance/"), follow=True)
    conversation = Conversation.objects.get()
    assert answer.redirect_chain[-1][0] == f"/desk/inbox/{conversation.pk}/"
    mail.refresh_from_db()
    assert (mail.verdict, mail.detail, mail.conversation) == (Verdict.OPENED, "accepted", conversation)
    assert conversation.participants.get().proved_at is None
    assert conversation.messages.get(kind=Message.Kind.CUSTOMER).text == "My code does not work."
    assert AuditEntry.objects.filter(action="mail.accepted").count() == 1


def test_a_mail_is_taken_into_a_conversation_by_its_reference(kim: Client) -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(letter("From my work", sender="ada@work.example", to=token_of(conversation)))
    assert conversation.reference in kim.get(at(mail)).content.decode()
    assert kim.post(at(mail, "acceptance/"), {"reference": "AAA-AAA-AAA"}).status_code == 422
    kim.post(at(mail, "acceptance/"), {"reference": conversation.reference.lower().replace("-", " ")})
    mail.refresh_from_db()
    assert (mail.verdict, mail.conversation) == (Verdict.REPLY, conversation)
    assert conversation.participants.filter(address="ada@work.example").exists()


def test_one_without_a_sender_cannot_be_taken(kim: Client) -> None:
    mail = arrives(letter(sender="nobody"))
    answer = kim.post(at(mail, "acceptance/"))
    assert answer.status_code == 409
    assert "This mail cannot be taken" in answer.content.decode()
    assert not Conversation.objects.exists()


def test_a_mail_is_put_aside_and_its_sender_blocked(kim: Client, mail: IncomingMail) -> None:
    kim.post(at(mail, "dismissal/"), {"block": "1"})
    mail.refresh_from_db()
    assert mail.verdict == Verdict.DISMISSED
    assert BlockedSender.objects.get().pattern == "bob@example.com"
    assert arrives(letter("More", sender="BOB@example.com")).verdict == Verdict.BLOCKED
    kim.post(at(mail, "replay/"))
    mail.refresh_from_db()
    assert mail.verdict == Verdict.BLOCKED


def test_what_led_to_something_is_not_put_aside(kim: Client) -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(letter(to=token_of(conversation)))
    kim.post(at(mail, "dismissal/"))
    kim.post(at(mail, "replay/"))
    mail.refresh_from_db()
    assert mail.verdict == Verdict.REPLY
    assert conversation.messages.filter(kind=Message.Kind.CUSTOMER).count() == 2


def test_managers_block_and_let_in(db: None) -> None:
    lou = staff_browser(Role.MANAGER, "lou@halcyon.example")
    assert lou.post("/desk/mail/blocked/", {"pattern": "nonsense", "reason": "x"}).status_code == 422
    lou.post("/desk/mail/blocked/", {"pattern": "@Example.COM", "reason": "spam"})
    assert "@example.com" in lou.get("/desk/mail/blocked/").content.decode()
    assert arrives(letter(sender="x@mail.example.com")).verdict == Verdict.BLOCKED
    lou.post("/desk/mail/blocked/removal/", {"pattern": "@example.com"})
    assert not BlockedSender.objects.exists()


def test_the_original_is_for_managers_and_never_shown(kim: Client, mail: IncomingMail) -> None:
    assert kim.get(at(mail, "original/")).status_code == 403
    lou = staff_browser(Role.MANAGER, "lou@halcyon.example")
    answer = lou.get(at(mail, "original/"))
    assert answer.content == bytes(mail.raw.raw)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_strangers_see_nothing(mail: IncomingMail) -> None:
    ada = signed_in(customer())
    pages = ["/desk/mail/", at(mail), at(mail, "original/"), "/desk/mail/blocked/"]
    deeds = [
        at(mail, "acceptance/"),
        at(mail, "dismissal/"),
        at(mail, "replay/"),
        at(mail, "post/"),
        "/desk/mail/blocked/removal/",
    ]
    assert {ada.get(each).status_code for each in pages} == {403}
    assert {ada.post(each).status_code for each in deeds} == {403}
    assert {Client().get(each).status_code for each in pages} == {302}
    assert staff_browser().get("/desk/mail/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_who_writes_from_another_address_is_a_hint_and_no_proof(kim: Client) -> None:
    talk = desk.conversation(customer("bob@example.org", "Bob"))
    page = kim.get(at(arrives(letter(sender="bob <bob@elsewhere.example>", to=token_of(talk))))).content.decode()
    assert "Same name, another address" in page
    assert "bob@example.org" in page
    page = kim.get(at(arrives(letter(sender="Eve <eve@elsewhere.example>", to=token_of(talk))))).content.decode()
    assert "Same name, another address" not in page
