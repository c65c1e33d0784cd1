"""What is attached goes along or nothing goes: no answer says "see the picture" without it."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.support.tickets import attachments
from frontdesk.support.tickets.models import Attachment, Conversation, Draft, Message
from tests.console.inbox.test_talking import page_of, write

pytestmark = pytest.mark.django_db


def uploaded(browser: Client, conversation: Conversation, count: int, text: bytes = b"12345") -> list[str]:
    """So many files, as the composer sends them up one by one."""
    made = [SimpleUploadedFile(f"log-{number}.txt", text, "text/plain") for number in range(count)]
    return [browser.post(f"{page_of(conversation)}files/", {"file": file}).json()["id"] for file in made]


def test_more_than_a_message_takes_holds_the_answer(
    kim: Client, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_SUM", 10)
    files = uploaded(kim, matter, 3)
    answer = write(kim, matter, "Here they are", attachment=files)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Not all of the files can go along." in page
    assert all(number in page for number in files)
    assert not Message.objects.filter(kind="agent").exists()
    assert Draft.objects.get().text == "Here they are"
    assert write(kim, matter, "Two of them", attachment=files[:2]).status_code == 302
    assert Message.objects.get(kind="agent").attachments.count() == 2


@pytest.mark.parametrize("kind", ["agent", "note"])
def test_more_files_than_a_message_takes_are_not_cut_off(kim: Client, matter: Conversation, kind: str) -> None:
    files = uploaded(kim, matter, attachments.MAX_COUNT + 1)
    assert write(kim, matter, "All of them", kind=kind, attachment=files).status_code == 422
    assert write(kim, matter, "All but one", kind=kind, attachment=files[1:]).status_code == 302
    assert Message.objects.get(kind=kind).attachments.count() == attachments.MAX_COUNT


def test_a_file_that_is_gone_holds_the_answer_once(kim: Client, matter: Conversation) -> None:
    gone, there = uploaded(kim, matter, 2)
    attachments.forget(Attachment.objects.filter(pk=gone))
    answer = write(kim, matter, "See below", attachment=[gone, there])
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert there in shown
    assert gone not in shown
    assert write(kim, matter, "See below", attachment=[there]).status_code == 302


def test_a_second_press_finds_the_files_where_they_went(kim: Client, matter: Conversation) -> None:
    files = uploaded(kim, matter, 2)
    once = {"client_id": str(uuid4()), "kind": "agent", "text": "Here", "seen": "1", "attachment": files}
    for _press in range(2):
        assert kim.post(f"{page_of(matter)}messages/", once).status_code == 302
    assert Message.objects.get(kind="agent").attachments.count() == 2


def test_without_scripts_a_refused_file_holds_the_answer_and_the_others_are_kept(
    kim: Client, matter: Conversation
) -> None:
    good = SimpleUploadedFile("log.txt", b"all well", "text/plain")
    bad = SimpleUploadedFile("virus.exe", b"MZ\x90\x00" + b"\0" * 200, "application/octet-stream")
    answer = write(kim, matter, "See both", files=[good, bad])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "virus.exe cannot be sent" in page
    assert str(Attachment.objects.get(name="log.txt").pk) in page
    assert not Message.objects.filter(kind="agent").exists()


def test_the_page_of_a_refusal_leads_to_the_conversation_and_not_to_itself(
    kim: Client, matter: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontdesk.console.conversations.MOST", 1)
    for number in range(3):
        write(kim, matter, f"Number {number}")
    page = write(kim, matter, " ").content.decode()
    assert "Show earlier messages" in page
    assert f'href="{page_of(matter)}?' in page
    assert 'href="?' not in page
