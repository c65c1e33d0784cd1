"""Messages: kept without secrets, for their owner alone, and provably ours."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.guard.caps import CHECK_PREFIX
from frontdesk.accounts.messages import delivery
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message, Person
from frontdesk.core import outbox
from frontdesk.core.models import OutboxMessage
from tests.people import customer, signed_in

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
SECRET = "https://desk.example/x?a=1&b=H7K2Q"


@pytest.fixture
def message(ada: Person) -> Message:
    return send_mail(to=ada, template="accounts/reset_password", context={}, secret=SECRET, secret_hint="link …2Q")


def test_the_secret_is_in_the_mail_and_nowhere_else(ada: Person, message: Message, delivered: Delivered) -> None:
    row = OutboxMessage.objects.get()
    assert SECRET not in str(Message.objects.values()) + str(row.payload)
    assert SECRET.encode() not in bytes(row.secret or b"")
    (mail,) = delivered()
    assert SECRET in str(mail.body)
    assert SECRET.replace("&", "&amp;") in str(mail.alternatives[0][0])
    row.refresh_from_db()
    assert row.secret is None
    message.refresh_from_db()
    assert message.sent_at is not None
    page = signed_in(ada).get(f"/messages/{message.pk}/").content.decode()
    assert "link …2Q" in page
    assert "[[secret]]" not in page


def test_a_repeated_delivery_has_the_same_message_id(message: Message, delivered: Delivered) -> None:
    (mail,) = delivered()
    row = OutboxMessage.objects.get()
    delivery.deliver(outbox.Delivery(row.key, row.payload, SECRET, row.created_at))
    (again,) = delivered()
    assert mail.extra_headers == again.extra_headers
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    assert str(row.key) in mail.extra_headers["Message-ID"]
    assert message.reference in str(mail.body)


def test_messages_are_listed_for_their_owner(ada: Person, message: Message) -> None:
    page = signed_in(ada).get("/messages/").content.decode()
    assert message.subject in page
    assert message.reference in page
    assert "No messages yet" in signed_in(customer("bob@example.org")).get("/messages/").content.decode()


def test_a_strangers_message_is_not_there(ada: Person, message: Message) -> None:
    stranger = signed_in(customer("bob@example.org"))
    theirs, none = stranger.get(f"/messages/{message.pk}/"), stranger.get(f"/messages/{uuid4()}/")
    assert theirs.status_code == none.status_code == 404
    assert Client().get(f"/messages/{message.pk}/").status_code == 302


def test_anyone_can_check_whether_a_mail_is_ours(message: Message) -> None:
    assert Client().get("/messages/check/").status_code == 200

    def answer(reference: str, address: str) -> str:
        return Client().post("/messages/check/", {"reference": reference, "address": address}).content.decode()

    spoken = message.reference.lower().replace("-", " ").replace("0", "o")
    assert "Yes, we sent this" in answer(spoken, "ADA@example.org")
    assert "did not send" in answer(message.reference, "bob@example.org")
    assert "did not send" in answer("AAA-AAA-AAA", "ada@example.org")
    assert f"{message.created_at:%H:%M}" in answer(message.reference, "ada@example.org"), "the date is told"
    notices = [
        re.findall(r'class="notice.*?</div>', answer("AAA-AAA-AAA", f"{who}@example.org"), re.DOTALL)
        for who in ("ada", "nobody")
    ]
    assert notices[0] == notices[1], "who has an account is not told"
    assert "ada@example.org" not in answer(message.reference, "bob@example.org")


def test_the_date_is_the_same_whatever_zone_the_asker_lives_in(ada: Person, message: Message) -> None:
    ada.time_zone = "Asia/Tokyo"
    ada.save(update_fields=["time_zone"])
    fields = {"reference": message.reference, "address": ada.email}
    page = signed_in(ada).post("/messages/check/", fields).content.decode()
    assert f"{message.created_at:%H:%M}" in page


def test_checking_is_throttled(db: None) -> None:
    fields = {"reference": "AAA-AAA-AAA", "address": "ada@example.org"}
    statuses = [Client().post("/messages/check/", fields).status_code for _ in range(CHECK_PREFIX.count + 1)]
    assert statuses[-1] == 429
    assert 429 not in statuses[:-1]


def test_a_mail_speaks_its_recipients_language_and_carries_no_markup_of_theirs(
    ada: Person, delivered: Delivered
) -> None:
    ada.name, ada.language = "<b>Ada</b>", "de"
    send_mail(to=ada, template="accounts/no_account", context={"action_url": "https://desk.example/?a=1&b=2"})
    (mail,) = delivered()
    assert 'lang="de"' in str(mail.alternatives[0][0])
    assert "https://desk.example/?a=1&b=2" in str(mail.body)
    assert "<b>" not in str(mail.alternatives[0][0])


def test_the_demo_mailbox_shows_every_mail_with_its_links(
    ada: Person, message: Message, settings: Settings, tmp_path: object
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert "No mail yet" in Client().get("/demo/mailbox/").content.decode()
    outbox.deliver_due()
    page = Client().get("/demo/mailbox/")
    assert "ada@example.org" in page.content.decode()
    (mail,) = page.context["mails"]
    one = Client().get(f"/demo/mailbox/{mail.name}/")
    assert 'href="https://desk.example/x?a=1&amp;b=H7K2Q"' in one.content.decode()
    assert "frame-src 'self'" in one["Content-Security-Policy"]
    html = Client().get(f"/demo/mailbox/{mail.name}/html/")
    assert "sandbox" in html["Content-Security-Policy"]
    assert '<base target="_top">' in html.content.decode()
    assert Client().get("/demo/mailbox/..%2Fsecrets.json/").status_code == 404
    assert Client().get("/demo/mailbox/none.log/").status_code == 404
    settings.FRONTDESK_DEMO = False
    assert Client().get("/demo/mailbox/").status_code == 404
    assert Client().get(f"/demo/mailbox/{mail.name}/").status_code == 404
