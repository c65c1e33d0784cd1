"""Files that go up before their form is sent arrive with it, whoever is signed in; what is missing is said."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.core import outbox
from frontdesk.support.tickets import attachments, links
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant, PendingContact
from tests.people import customer, signed_in
from tests.support import desk

pytestmark = pytest.mark.django_db


def uploaded(browser: Client, page: str) -> str:
    """The number of a file that the script of this page has sent ahead."""
    fields = dict(re.findall(r'name="(upload_key)"[^>]* value="([^"]+)"', page))
    row = browser.post("/contact/files/", {**fields, "files": SimpleUploadedFile("a.log", b"fine")}).content.decode()
    return str(re.findall(r'name="attachment" value="([\w-]+)"', row)[0])


def html(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def guest_page(talk: Conversation) -> str:
    return links.to_conversation(talk.participants.get(role=Participant.Role.REQUESTER)).path


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_guests_page_keeps_its_files_whoever_is_signed_in(is_signed_in: bool) -> None:
    path = guest_page(desk.conversation("guest@example.org"))
    browser = signed_in(customer()) if is_signed_in else Client()
    number = uploaded(browser, html(browser, path))
    browser.post(path, {"text": "Here", "client_id": str(uuid4()), "attachment": [number]})
    assert [file.name for file in Message.objects.get(text="Here").attachments.all()] == ["a.log"]


def test_files_stay_with_a_form_whose_writer_signs_in_meanwhile() -> None:
    browser, ada = Client(), customer()
    page = html(browser, "/contact/")
    number = uploaded(browser, page)
    browser.force_login(ada)
    key = re.findall(r'name="upload_key"[^>]* value="([^"]+)"', page)[0]
    form = {"subject": "x", "text": "", "client_id": str(uuid4()), "attachment": [number], "upload_key": key}
    again = browser.post("/contact/", form).content.decode()
    assert "a.log" in again
    assert f'value="{key}"' in again, "the form that is shown once more still names it"
    browser.post("/contact/", {**form, "text": "Here"})
    assert Message.objects.get(kind="customer").attachments.count() == 1


def test_a_message_is_not_sent_without_a_file_that_was_chosen() -> None:
    talk = desk.conversation(ada := customer())
    browser = signed_in(ada)
    number = uploaded(browser, html(browser, f"/conversations/{talk.pk}/"))
    Attachment.objects.all().delete()
    for address in ("/contact/", f"/conversations/{talk.pk}/"):
        form = {"subject": "x", "text": "Keep these words", "client_id": str(uuid4()), "attachment": [number]}
        page = browser.post(address, form).content.decode()
        assert "Not all of the files can go along" in page or "A message takes 20 files" in page
        assert "Keep these words" in page
    assert Message.objects.filter(kind="customer").count() == 1


def test_more_files_than_a_message_takes_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_SUM", 10)
    browser = signed_in(customer())
    numbers = [uploaded(browser, "") for _file in range(3)]
    form = {"subject": "x", "text": "Here", "client_id": str(uuid4()), "attachment": numbers}
    page = browser.post("/contact/", form).content.decode()
    assert "A message takes 20 files" in page
    kept = re.findall(r'name="attachment" value="([\w-]+)"', page)
    assert kept == numbers[:2]
    browser.post("/contact/", {**form, "attachment": kept})
    assert Message.objects.get(kind="customer").attachments.count() == 2


def test_a_double_click_with_files_leads_to_the_one_message() -> None:
    talk = desk.conversation(ada := customer())
    browser = signed_in(ada)
    for address in ("/contact/", f"/conversations/{talk.pk}/"):
        number, sent = uploaded(browser, html(browser, address)), uuid4()
        form = {"subject": "x", "text": "Here", "client_id": str(sent), "attachment": [number]}
        assert [browser.post(address, form).status_code for _click in range(2)] == [302, 302]
        said = Message.objects.get(client_id=sent)
        assert said.attachments.count() == 1


def test_a_guests_double_click_asks_once(client: Client) -> None:
    page = html(client, "/contact/")
    number = uploaded(client, page)
    key = re.findall(r'name="upload_key"[^>]* value="([^"]+)"', page)[0]
    form = {"subject": "x", "text": "Here", "email": "guest@example.org", "client_id": str(uuid4()),
            "attachment": [number], "upload_key": key}  # fmt: skip
    assert [client.post("/contact/", form).status_code for _click in range(2)] == [302, 302]
    assert PendingContact.objects.count() == 1
    outbox.deliver_due()
