"""What our mails tell: one number, which the desk finds, files that could not be taken, and by when we answer."""

from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations.taking_part import add_copies
from frontdesk.support.tickets.inbox import selecting
from frontdesk.support.tickets.inbox.filters import Filter
from frontdesk.support.tickets.mail.incoming import processing, reviewing, storing
from frontdesk.support.tickets.models import Conversation, IncomingMail
from tests.support import desk, levels
from tests.support.letters import AUTHSERV, PROVED, arrives, letter, multipart, part, token_of

pytestmark = pytest.mark.django_db
PROGRAM = part("MZ\x90xx", "application/x-msdownload", Content_Disposition='attachment; filename="tool.exe"')


def mails() -> list[Letter]:
    return list(Letter.objects.filter(template__startswith="tickets/").order_by("created_at", "pk"))


def found(text: str, agent: Person) -> set[Conversation]:
    return set(selecting.select(Filter("all", q=text), agent=agent, now=clock.now()))


def opened() -> Conversation:
    mail = arrives(multipart(part("See the file"), PROGRAM))
    return reviewing.accept(actor=Actor.system("test"), mail=mail)


def test_a_mail_names_the_conversations_number_alone_and_both_are_found(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    desk.conversation("bob@example.org")
    desk.answers(kim, talk)
    mail = mails()[-1]
    assert mail.address == ada.email
    assert f"Reference: {talk.reference}" in mail.text
    assert mail.reference not in mail.text + mail.html
    assert found(talk.reference, kim) == {talk}
    assert found(f" {mail.reference.lower()} ", kim) == {talk}
    assert found("ZZZ-ZZZ-ZZZ", kim) == set()


def test_a_customer_is_found_by_the_name_of_their_account(ada: Person, kim: Person) -> None:
    talk = desk.conversation(ada)
    Person.objects.filter(pk=ada.pk).update(name="Adelheid von Sprudelbach")
    assert found("sprudelb", kim) == found("von adelheid", kim) == {talk}
    assert found("sprudel x", kim) == set()
    assert found("bach", kim) == found("prudel", kim) == found("ad", kim) == set()  # no beginnings of words
    Person.objects.filter(pk=ada.pk).update(name="Jo O\u2019Neil (née Grün)")
    assert found("jo", kim) == found("O'Neil", kim) == found("grün)", kim) == found("(jo", kim) == {talk}
    assert found("j", kim) == found("^jo$", kim) == set()


def test_a_name_that_fits_keeps_nobody_from_the_words_index(ada: Person, kim: Person) -> None:
    """Else whoever searches for a first name reads every conversation."""
    Person.objects.filter(pk=ada.pk).update(name="Adelheid Sprudelbach")
    hers, his = desk.conversation(ada), desk.conversation("bob@example.org", "I am Adelheid's brother")
    assert found("adelheid", kim) == {hers, his}
    rows = selecting.select(Filter("all", q="adelheid"), agent=kim, now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")  # so few rows are read faster than an index
        assert "tickets_search" in rows.explain()


def test_the_receipt_says_what_was_not_taken() -> None:
    talk = opened()
    receipt = next(each for each in mails() if each.template == "tickets/receipt")
    assert "- tool.exe: Programs and scripts could harm whoever opens them." in receipt.text
    assert "tool.exe: Programs" in receipt.html
    assert talk.messages.get(sequence=1).attachments.get().refused == "executable"


def test_a_later_mail_is_told_of_in_the_next_answer_and_once(kim: Person) -> None:
    talk = opened()
    desk.answers(kim, talk, "We look at it.")
    assert "tool.exe" not in mails()[-1].text  # the receipt said so
    arrives(multipart(part("Here it is again"), PROGRAM, to=token_of(talk)))
    desk.answers(kim, talk, "Thank you.")
    assert "Of your files we could not take:\n- tool.exe: Programs" in mails()[-1].text
    desk.answers(kim, talk, "Anything else?")
    assert "tool.exe" not in mails()[-1].text


def test_only_who_sent_a_file_reads_that_it_was_not_taken(kim: Person) -> None:
    talk = opened()
    add_copies(actor=desk.SYSTEM, conversation=talk, addresses=["bob@example.org", "cleo@example.org"])
    arrives(multipart(part("My part"), PROGRAM, sender="Bob <bob@example.org>", to=token_of(talk)))
    before = len(mails())
    desk.answers(kim, talk, "Thank you.")
    told = {each.address for each in mails()[before:] if "Of your files" in each.text}
    assert ({each.address for each in mails()[before:]}, told) == (
        {"ada@example.org", "bob@example.org", "cleo@example.org"}, {"bob@example.org"},
    )  # fmt: skip


def test_what_was_said_in_a_chat_told_of_no_file(ada: Person, kim: Person) -> None:
    talk = opened()
    arrives(multipart(part("Here it is again"), PROGRAM, to=token_of(talk)))
    Conversation.objects.filter(pk=talk.pk).update(in_chat=True)
    desk.answers(kim, talk, "I look.")
    Conversation.objects.filter(pk=talk.pk).update(in_chat=False)
    desk.answers(kim, talk, "Thank you.")
    assert "Of your files we could not take:\n- tool.exe: Programs" in mails()[-1].text


@pytest.mark.parametrize(("waited", "is_told"), [(timedelta(minutes=5), True), (timedelta(days=2), False)])
def test_the_receipt_promises_no_moment_that_has_passed(
    settings: Settings, waited: timedelta, *, is_told: bool
) -> None:
    """The times run from when a mail reached us, be it that it was read much later."""
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    levels.level(first=60, default=True)
    mail = storing.store(letter(Authentication_Results=PROVED), source="test")
    IncomingMail.objects.filter(pk=mail.pk).update(received_at=clock.now() - waited)
    talk = processing.process(mail.pk).conversation
    assert talk is not None
    assert talk.first_due_at is not None
    (receipt,) = mails()
    assert ("answers you by" in receipt.text) == is_told
    assert "A person reads it and answers you" in receipt.text
