"""Mails that carry what was said: heads, threads, files, languages, and nothing that a name could smuggle in."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.formats import date_format

from frontdesk.accounts.messages.selectors import find_genuine
from frontdesk.accounts.models import Message as AccountMessage
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.models import OutboxMessage
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.conversations.opening import Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words, add_automatic, add_note, agent_answers
from frontdesk.support.tickets.mail import addresses, divider
from frontdesk.support.tickets.mail.outgoing import threading
from frontdesk.support.tickets.mail.outgoing.bouncing import bounced
from frontdesk.support.tickets.models import (
    Attachment,
    Calendar,
    CalendarVersion,
    Channel,
    Conversation,
    IncomingMail,
    Message,
    OutgoingMail,
    Participant,
    Policy,
    ServiceLevel,
)
from tests.support import desk
from tests.support.mailbox import body, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_storage() -> Iterator[None]:
    """Files of these tests are gone after them."""
    yield
    for attachment in Attachment.objects.exclude(file=""):
        default_storage.delete(attachment.file)


def kept_of(row: OutgoingMail) -> AccountMessage:
    assert row.account_message
    return AccountMessage.objects.get(pk=row.account_message)


def came_in(message: Message, internet_id: str) -> None:
    """The customer's message had come by this mail."""
    IncomingMail.objects.create(
        source="test", sha256="", size=1, internet_id=internet_id, received_at=clock.now(), message=message,
        conversation=message.conversation,
    )  # fmt: skip


def attach(name: str, size: int, content_type: str = "text/plain") -> Attachment:
    stored = default_storage.save(f"attachments/{uuid4().hex}", ContentFile(b"x" * size))
    return Attachment.objects.create(
        name=name, content_type=content_type, size=size, file=stored, created_at=clock.now()
    )


def test_an_answer_looks_like_a_persons_mail(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada, "One\nTwo", subject="Re: AW: My laptop", channel=Channel.MAIL)
    came_in(talk.messages.get(), "<first@mail.example>")
    sent()
    kim.agent.signature = "Kim Reyes, Halcyon"
    kim.agent.save()
    answer = desk.answers(kim, talk, "Try <b>this</b> & write again.")
    (found,) = sent()
    row = OutgoingMail.objects.get(message=answer)
    assert found["Subject"] == "Re: My laptop"
    assert found["From"] == "Kim Reyes at Halcyon <support@halcyon.example>"
    assert found["Reply-To"] == addresses.reply_address(talk.reply_token)
    assert found["Message-ID"] == row.internet_id
    assert found["Message-ID"].endswith("@halcyon.example>")
    receipt = OutgoingMail.objects.get(message=talk.messages.get(sequence=1))
    assert found["In-Reply-To"] == receipt.internet_id
    assert found["References"] == f"<first@mail.example> {receipt.internet_id}"
    assert not {"Auto-Submitted", "List-Id", "List-Unsubscribe", "X-Auto-Response-Suppress"} & set(found.keys())
    text = body(found)
    assert divider.above(text) == ""
    assert "Try <b>this</b> & write again.\n\nKim Reyes, Halcyon\n" in text
    assert "> One\n> Two\n" in text
    assert "Try &lt;b&gt;this&lt;/b&gt; &amp; write again." in body(found, "html")
    kept = kept_of(row)
    assert (kept.person, find_genuine(kept.reference, ada.email)) == (ada, kept)
    assert kept.sent_at


def test_each_mail_hangs_on_the_ones_before(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada, channel=Channel.MAIL)
    came_in(talk.messages.get(sequence=1), "first@mail.example")
    expected = ["<first@mail.example>", sent()[0]["Message-ID"]]
    for number in range(3):
        desk.answers(kim, talk, f"Answer {number}")
        (answer,) = sent()
        assert answer["References"].split() == expected
        assert answer["In-Reply-To"] == expected[-1]
        expected.append(answer["Message-ID"])
        came_in(desk.writes(talk, f"Reply {number}"), f"<reply-{number}@mail.example>")
        expected.append(f"<reply-{number}@mail.example>")


def test_a_long_thread_keeps_its_beginning_and_its_end(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    first = sent()[0]["Message-ID"]
    for number in range(25):
        desk.answers(kim, talk, str(number))
    mails = sent()
    references = mails[-1]["References"].split()
    assert len(references) == threading.MOST_REFERENCES
    assert references[0] == first
    assert references[1:] == [each["Message-ID"] for each in mails[5:24]]


def test_ids_of_others_cannot_break_the_head(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada, channel=Channel.MAIL)
    sent()
    for bad in ("<a@b>\r\nBcc: all@example.org", "<ü@b.example>", "x" * 400, "<a b@c>", "<>", "<a@b> <c@d>"):
        came_in(desk.writes(talk, "x"), bad)
    came_in(desk.writes(talk, "y"), "<1234$x.y@[fe80::1]>")
    desk.answers(kim, talk)
    (answer,) = sent()
    assert answer["References"].split()[1:] == ["<1234$x.y@[fe80::1]>"]
    assert answer["Bcc"] is None


def test_names_are_encoded_and_inject_nothing(ada: Person, kim: Person) -> None:
    kim.name = 'Zoë "Z" Müller\r\nBcc: all@example.org'
    kim.save()
    talk = desk.conversation(ada, subject="Grüße\r\nX-Evil: yes")
    sent()
    desk.answers(kim, talk)
    (found,) = sent()
    assert found["Bcc"] is None
    assert found["X-Evil"] is None
    assert found["Subject"] == "Re: Grüße X-Evil: yes"
    sender = found["From"].addresses[0]
    assert sender.display_name == 'Zoë "Z" Müller Bcc: all@example.org at Halcyon'
    assert sender.addr_spec == "support@halcyon.example"


def test_the_receipt_tells_by_when_and_answers_no_machine(ada: Person) -> None:
    talk = desk.conversation(ada, "Where is my code?")
    (receipt,) = sent()
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert receipt["X-Auto-Response-Suppress"] == "All"
    assert receipt["List-Id"] == "Halcyon <support.halcyon.example>"
    assert receipt["List-Unsubscribe"] is None
    assert receipt["From"] == "Halcyon <support@halcyon.example>"
    assert talk.reference in body(receipt)
    assert "> Where is my code?" in body(receipt)


def test_receipts_end_a_loop(ada: Person) -> None:
    for _ in range(5):
        desk.conversation(ada, channel=Channel.MAIL)
    assert len(sent()) == 3
    desk.conversation("support+x@halcyon.example")
    assert sent() == []


def test_a_guest_gets_a_link_that_only_the_mail_knows(kim: Person) -> None:
    talk = desk.conversation("guest@example.org")
    sent()
    answer = desk.answers(kim, talk)
    (found,) = sent()
    kept = kept_of(OutgoingMail.objects.get(message=answer))
    assert "[[secret]]" in kept.text
    assert "[[secret]]" not in body(found)
    assert f"/conversations/g/{talk.pk}/" in body(found)


def test_an_automatic_answer_says_so(ada: Person) -> None:
    talk = desk.conversation(ada)
    sent()
    add_automatic(conversation=talk, words=Words("We are closed."), client_id=uuid4())
    (found,) = sent()
    assert (found["Auto-Submitted"], found["From"]) == ("auto-replied", "Halcyon <support@halcyon.example>")


def test_each_who_takes_part_gets_one_and_notes_go_to_nobody(ada: Person, kim: Person) -> None:
    opening = Opening(
        Requester(ada.email, person=ada), "x", Words("y"), Channel.MAIL,
        copies=["bob@example.org", "ADA@example.org", "bob@example.org ", "support@halcyon.example"],
    )  # fmt: skip
    talk = open_conversation(actor=desk.SYSTEM, opening=opening)
    sent()
    add_note(agent=kim, conversation=talk, text="Between us", client_id=uuid4())
    assert sent() == []
    number = uuid4()
    for _ in range(2):
        desk.answers(kim, talk, client_id=number)
    found = sent()
    assert sorted(each["To"] for each in found) == ["ada@example.org", "bob@example.org"]
    assert len({each["Message-ID"] for each in found}) == 2
    desk.writes(talk, reached=["Bob@example.org"])  # by mail: whoever is in copy has it
    assert sent() == []
    desk.writes(talk, "From the page", channel=Channel.FORM)
    (relayed,) = sent()
    assert (relayed["To"], "Ada wrote:" in body(relayed)) == ("bob@example.org", True)


def test_files_go_along_and_what_is_too_large_is_named(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    sent()
    small, large = attach("Anleitung für Sie.txt", 1_000), attach("film.txt", threading.MAX_ATTACHED)
    gone = attach("gone.txt", 10)
    default_storage.delete(gone.file)
    letter = attach("mail.eml", 10, "message/rfc822")
    words = Words("See the files", attachments=[small, large, gone, letter])
    agent_answers(agent=kim, conversation=talk, words=words, client_id=uuid4())
    (found,) = sent()
    files = list(found.iter_attachments())
    assert [(each.get_filename(), each.get_content_type()) for each in files] == [
        ("Anleitung für Sie.txt", "text/plain"), ("mail.eml", "application/octet-stream"),
    ]  # fmt: skip
    assert files[0].get_content().strip() == "x" * 1_000
    assert "film.txt" in body(found)


def test_sending_twice_is_the_same_mail(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    sent()
    desk.answers(kim, talk)
    row = OutboxMessage.objects.filter(delivered_at=None).get()
    (first,) = sent()
    OutboxMessage.objects.filter(pk=row.pk).update(delivered_at=None)
    (second,) = sent()
    assert (first["Message-ID"], first["References"]) == (second["Message-ID"], second["References"])


def test_merged_threads_hang_together(ada: Person, kim: Person) -> None:
    one, two = desk.conversation(ada, "One"), desk.conversation(ada, "Two")
    ids = [each["Message-ID"] for each in sent()]
    joining.merge(actor=desk.SYSTEM, conversation=one, into=two)
    desk.answers(kim, two)
    (answer,) = sent()
    assert set(answer["References"].split()) == set(ids)


def test_a_german_guest_is_written_to_in_german(kim: Person) -> None:
    opening = Opening(Requester("g@example.org", language="de"), "Frage", Words("Hallo"), Channel.MAIL)
    talk = open_conversation(actor=desk.SYSTEM, opening=opening)
    (receipt,) = sent()
    assert 'lang="de"' in body(receipt, "html")
    desk.answers(kim, talk)
    assert 'lang="de"' in body(sent()[0], "html")


def test_a_bounce_is_told_once_and_the_turn_is_ours(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    answer = desk.answers(kim, talk)
    row = OutgoingMail.objects.get(message=answer)
    for _ in range(2):
        found = bounced(internet_id=row.internet_id.strip("<>"), address="ada@forwarded.example", why="no such user")
        assert found == talk
    talk.refresh_from_db()
    assert talk.status == Conversation.Status.OPEN
    events = talk.messages.filter(data__what="bounced")
    assert [each.data["address"] for each in events] == ["ada@example.org (ada@forwarded.example)"]
    assert talk.participants.get().bounced_at is None, "another address is dead, not theirs"
    later = OutgoingMail.objects.get(message=desk.answers(kim, talk))
    bounced(internet_id=later.internet_id, address="Ada@example.org", why="no such user")
    assert talk.participants.get().bounced_at
    assert bounced(internet_id="<none@of.ours>", address="x", why="y") is None
    desk.writes(talk)
    assert Participant.objects.get(conversation=talk).bounced_at is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Yes\n\n> ##- Bitte über dieser Zeile antworten -##\n> old", "Yes"),
        ("Yes\n##- Please -##", "Yes"),
        ("I wrote ##- here -## and mean it", "I wrote ##- here -## and mean it"),
        ("", ""),
    ],
)
def test_the_divider_is_found_again(text: str, left: str) -> None:
    assert divider.above(text) == left


def test_addresses_with_tokens() -> None:
    token = "a" * 26
    address = addresses.reply_address(token)
    assert address == f"support+{token}@halcyon.example"
    assert addresses.token_in(f"Halcyon <{address.upper()}>") == token
    for other in ("support@halcyon.example", f"support+{token}@evil.example", "support+short@halcyon.example", "", "@"):
        assert addresses.token_in(other) == ""
    assert addresses.is_ours(address)
    assert addresses.is_ours("Desk <DESK@halcyon.example>")
    assert not addresses.is_ours("supporter@halcyon.example")
    assert not addresses.is_ours("")


def test_nobody_is_answered_at_a_mailbox_they_gave_up(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    sent()
    EmailAddress.objects.filter(user=ada).update(email="new@example.org")
    Person.objects.filter(pk=ada.pk).update(email="new@example.org")
    desk.answers(kim, talk)
    assert [each["To"] for each in sent()] == ["new@example.org"]


def test_the_receipt_names_the_moment_that_was_promised(ada: Person) -> None:
    level = ServiceLevel.objects.create(slug="standard", name="Standard", is_default=True)
    calendar = Calendar.objects.create(slug="always", name="Always")
    long_ago = clock.now() - timedelta(days=400)
    week = {str(day): [["00:00", "24:00"]] for day in range(7)}
    CalendarVersion.objects.create(calendar=calendar, since=long_ago, time_zone="UTC", hours=week)
    Policy.objects.create(level=level, since=long_ago, calendar=calendar, first_minutes=120)
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    talk = desk.conversation(ada)
    assert talk.first_due_at
    due = date_format(talk.first_due_at.astimezone(ZoneInfo("Asia/Tokyo")), "DATETIME_FORMAT")
    (receipt,) = sent()
    assert f"answers you by {due} (JST) at the latest." in body(receipt)
    assert "\n\n\n" not in body(receipt)
