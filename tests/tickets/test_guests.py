"""Guests: an address is proved by a mailed link, and a page is read by another."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail

from frontdesk.accounts.models import Message as Mail
from frontdesk.core import clock, outbox
from frontdesk.core.errors import TooManyAttempts
from frontdesk.support.tickets import attachments, guests, links, selectors
from frontdesk.support.tickets.errors import ConversationUnknown, LinkNoLongerValid, SentAlready
from frontdesk.support.tickets.guests import Request
from frontdesk.support.tickets.models import Attachment, Conversation, Message, PendingContact
from tests.people import customer
from tests.support import desk
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
NETWORK = "192.0.2.0/24"


def asked(address: str = "Guest@example.org", **values: object) -> PendingContact:
    """A guest has sent the form."""
    request = Request(address=address, subject="No code came", text="I paid, and got no code.", **values)  # type: ignore[arg-type]
    return guests.ask(request, ip_prefix=NETWORK)


def mailed_token() -> str:
    """The token in the newest mail."""
    outbox.deliver_due()
    return str(re.findall(r"/contact/confirm/([\w-]+)/", str(mail.outbox[-1].body))[-1])


def test_nothing_is_opened_before_the_address_is_proved() -> None:
    asked()
    assert not Conversation.objects.exists()
    message = Mail.objects.get()
    token = mailed_token()
    assert token not in message.text + message.html
    assert "No code came" not in message.text + message.subject
    guests.confirm(token)
    opened = Conversation.objects.get()
    assert (opened.subject, opened.person) == ("No code came", None)
    assert (
        Message.objects.filter(conversation=opened, kind=Message.Kind.CUSTOMER).get().text == "I paid, and got no code."
    )


def test_confirming_twice_leads_to_the_same_conversation_and_keeps_no_second_copy() -> None:
    pending = asked()
    token = mailed_token()
    assert guests.confirm(token) == guests.confirm(token)
    assert Conversation.objects.count() == 1
    pending.refresh_from_db()
    assert (pending.text, pending.subject) == ("", "")


def test_a_form_sent_twice_asks_once() -> None:
    number = uuid4()
    assert asked(client_id=number) == asked(client_id=number)
    assert Mail.objects.count() == 1
    assert asked("eve@example.org", client_id=number).pk != number


def test_until_it_is_confirmed_what_was_written_last_counts() -> None:
    number = uuid4()
    first = Request(address="guest@example.org", subject="Code", text="No code came", client_id=number)
    second = replace(first, text="It came, and does not work")
    for request in (first, second):
        guests.ask(request, ip_prefix=NETWORK)
    guests.confirm(mailed_token())
    assert Message.objects.get(kind=Message.Kind.CUSTOMER).text == "It came, and does not work"
    assert guests.ask(second, ip_prefix=NETWORK).pk == number
    with pytest.raises(SentAlready):
        guests.ask(first, ip_prefix=NETWORK)


def test_an_address_with_an_account_opens_it_there() -> None:
    ada = customer("ada@example.org")
    asked("ada@example.org")
    conversation = guests.confirm(mailed_token()).conversation
    assert list(selectors.access_conversations(ada)) == [conversation]


def test_files_wait_with_the_form_and_come_along() -> None:
    file = attachments.store(name="a.txt", data=b"log", upload_key="k1")
    other = attachments.store(name="b.txt", data=b"another's", upload_key="k2")
    asked(upload_key="k1", files=[file, other])
    conversation = guests.confirm(mailed_token()).conversation
    assert list(Attachment.objects.filter(message__conversation=conversation)) == [file]


def test_a_link_ends_after_two_days_and_is_forgotten() -> None:
    asked()
    token = mailed_token()
    PendingContact.objects.update(expires_at=clock.real_now() - timedelta(seconds=1))
    with pytest.raises(LinkNoLongerValid):
        guests.confirm(token)
    with pytest.raises(LinkNoLongerValid):
        guests.find("nonsense")
    assert guests.forget_pending() == 1


def test_nobody_is_flooded_with_mails() -> None:
    for _time in range(3):
        asked()
    with pytest.raises(TooManyAttempts):
        asked("guest@example.org ")
    for number in range(7):
        asked(f"guest{number}@example.org")
    with pytest.raises(TooManyAttempts):
        asked("somebody@example.org")


def test_a_guests_page_opens_by_its_secret_alone() -> None:
    asked()
    requester = guests.confirm(mailed_token())
    link = links.to_conversation(requester)
    assert links.to_conversation(requester) == link
    number, secret = requester.conversation_id, link.secret
    assert link.path == f"/conversations/g/{number}/{secret}/"
    assert secret not in link.url
    assert selectors.access_as_guest(number, secret) == requester.conversation
    for conversation, wrong in ((number, "x"), (number, secret[:-1]), (uuid4(), secret)):
        with pytest.raises(ConversationUnknown):
            selectors.access_as_guest(conversation, wrong)
    requester.refresh_from_db()
    assert secret.encode() not in bytes(requester.access_hash or b"")


def test_a_customers_link_has_no_secret_unless_they_wrote_as_a_guest() -> None:
    ada = customer("ada@example.org")
    own = desk.conversation(ada).participants.get()
    assert links.to_conversation(own).path == f"/conversations/{own.conversation_id}/"
    asked("ada@example.org")
    assert links.to_conversation(guests.confirm(mailed_token())).secret


def test_a_follow_ups_link_is_for_one_conversation() -> None:
    asked()
    conversation = guests.confirm(mailed_token()).conversation
    secret = links.to_follow_up(conversation).secret
    assert links.by_follow_up(conversation.pk, secret) == conversation
    for number, wrong in ((conversation.pk, secret[:-1]), (conversation.pk, "ü"), (uuid4(), secret)):
        with pytest.raises(LinkNoLongerValid):
            links.by_follow_up(number, wrong)


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_asks_once() -> None:
    number = uuid4()
    outcomes = at_once(*[lambda: asked(client_id=number).pk] * 5)
    assert outcomes == [number] * 5
    assert Mail.objects.count() == 1
