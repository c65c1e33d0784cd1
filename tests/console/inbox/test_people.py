"""Copies come and go at the desk, and a message is blacked out: each with a reason that stands in the audit."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.core import audit
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets.conversations.opening import COPIES
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant
from tests.console.conftest import press
from tests.console.inbox.test_lists import me
from tests.console.inbox.test_talking import page_of, write
from tests.support import desk
from tests.support.mailbox import sent

pytestmark = pytest.mark.django_db


def copies(conversation: Conversation) -> list[str]:
    rows = Participant.objects.filter(conversation=conversation, role="copy").order_by("pk")
    return list(rows.values_list("address", flat=True))


def reason_of(action: str) -> str:
    """The reason that was given for the one deed of this kind."""
    entry = AuditEntry.objects.get(action=action)
    return audit.reason_of(entry)


def test_copies_are_added_and_taken_out_with_a_reason(kim: Client, matter: Conversation) -> None:
    page = kim.get(page_of(matter)).content.decode()
    assert f"{page_of(matter)}copies/" in page
    answer = press(kim, f"{page_of(matter)}copies/", addresses="Bob@else.example, eve@else.example")
    assert "Added: bob@else.example, eve@else.example." in answer.content.decode()
    assert copies(matter) == ["bob@else.example", "eve@else.example"]
    assert reason_of("conversation.copied") == "conversation 4711"
    desk.answers(me(kim), matter)
    assert {each["To"] for each in sent()} >= {"bob@else.example", "eve@else.example"}
    bob = Participant.objects.get(address="bob@else.example")
    address = f"{page_of(matter)}copies/{bob.pk}/removal/"
    assert address in kim.get(page_of(matter)).content.decode()
    assert "gets no more copies" in press(kim, address).content.decode()
    assert copies(matter) == ["eve@else.example"]
    assert reason_of("conversation.copy_removed") == "conversation 4711"
    assert kim.get(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("bob", "“bob” is no address."),
        ("bob@else.example, a@b", "“a@b” is no address."),
        ("support@halcyon.example", "is one of our own addresses"),
        ("", "This field is required."),
    ],
)
def test_what_is_no_address_is_said(kim: Client, matter: Conversation, typed: str, sentence: str) -> None:
    answer = kim.post(f"{page_of(matter)}copies/", {"addresses": typed, "reason": "x", "once": str(uuid4())})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert copies(matter) == []


def test_who_takes_part_already_and_who_has_no_room_is_said(kim: Client, matter: Conversation) -> None:
    assert matter.person
    address = f"{page_of(matter)}copies/"
    assert "They take part already." in press(kim, address, addresses=matter.person.email).content.decode()
    crowd = " ".join(f"p{number}@else.example" for number in range(COPIES + 1))
    assert f"No room for p{COPIES}@else.example" in press(kim, address, addresses=crowd).content.decode()
    assert len(copies(matter)) == COPIES


def test_a_closed_one_takes_no_copies(kim: Client, matter: Conversation) -> None:
    Conversation.objects.filter(pk=matter.pk).update(status=Conversation.Status.CLOSED)
    assert f"{page_of(matter)}copies/" not in kim.get(page_of(matter)).content.decode()
    assert (
        "This conversation is closed."
        in press(kim, f"{page_of(matter)}copies/", addresses="b@c.example").content.decode()
    )


def test_the_requester_is_no_copy_and_others_conversations_are_not_found(kim: Client, matter: Conversation) -> None:
    requester = matter.participants.get()
    other = desk.conversation("guest@else.example")
    for conversation, participant in ((matter, requester), (other, requester)):
        assert kim.get(f"{page_of(conversation)}copies/{participant.pk}/removal/").status_code == 404
    assert kim.get(f"{page_of(matter)}copies/{10**30}/removal/").status_code == 404


def test_a_message_is_blacked_out_with_its_files_and_a_reason(kim: Client, matter: Conversation) -> None:
    file = SimpleUploadedFile("card.txt", b"4111", "text/plain")
    number = kim.post(f"{page_of(matter)}files/", {"file": file}).json()["id"]
    write(kim, matter, "Card 4111 1111 1111 1111", kind="note", attachment=[number])
    note = Message.objects.get(kind="note")
    address = f"{page_of(matter)}messages/{note.sequence}/redaction/"
    assert address in kim.get(page_of(matter)).content.decode()
    page = kim.get(address).content.decode()
    assert "Nobody can bring them back." in page
    assert "cannot be called back" not in page
    assert kim.post(address, {"reason": "", "once": str(uuid4())}).status_code == 422
    assert "The message is blacked out." in press(kim, address).content.decode()
    note.refresh_from_db()
    assert (note.text, note.redacted_at is None, Attachment.objects.count()) == ("", False, 0)
    shown = kim.get(page_of(matter)).content.decode()
    assert "Blacked out." in shown
    assert "4111" not in shown
    assert address not in shown
    assert reason_of("conversation.redacted") == "conversation 4711"
    assert kim.get(address).status_code == 404


def test_of_what_was_mailed_it_is_said_that_it_has_left(kim: Client, matter: Conversation) -> None:
    said = desk.answers(me(kim), matter, "Your code is …")
    page = kim.get(f"{page_of(matter)}messages/{said.sequence}/redaction/").content.decode()
    assert "what has left cannot be called back" in page


def test_events_strangers_and_customers_black_out_nothing(kim: Client, matter: Conversation, client: Client) -> None:
    kim.post(f"{page_of(matter)}turn/", {"do": "take"})
    event = Message.objects.get(kind="event")
    for sequence in (event.sequence, 0, 10**30):
        assert kim.get(f"{page_of(matter)}messages/{sequence}/redaction/").status_code == 404
    assert matter.person
    client.force_login(matter.person)
    for rest in ("messages/1/redaction/", "copies/"):
        assert client.get(page_of(matter) + rest).status_code == 403
        assert client.post(page_of(matter) + rest).status_code == 403
