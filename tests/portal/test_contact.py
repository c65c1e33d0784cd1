"""The contact form: what is filled in, what is told before sending, and how it arrives."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.core import outbox
from frontdesk.portal.contact_form import ReplyForm
from frontdesk.support.tickets import attachments
from frontdesk.support.tickets.models import Area, Attachment, Conversation, Message, PendingContact
from tests.people import customer, signed_in
from tests.support import desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def areas(db: None) -> list[Area]:
    """Two areas, as a vendor sets them up."""
    return [
        Area.objects.create(
            slug="devices", titles={"en": "Devices"}, reason_codes=["device_limit_reached"], position=1
        ),
        Area.objects.create(slug="billing", titles={"en": "Payments"}, position=2),
    ]


def filled(**values: Any) -> dict[str, Any]:
    """What somebody types."""
    return {
        "area": "devices",
        "subject": "My new laptop",
        "text": "All seats are in use.",
        "client_id": str(uuid4()),
        **values,
    }


def test_a_customer_writes_and_lands_in_the_conversation(areas: list[Area]) -> None:
    ada = customer()
    response = signed_in(ada).post("/contact/", filled())
    opened = Conversation.objects.get()
    assert response["Location"] == f"/conversations/{opened.pk}/"
    assert (opened.person, opened.area, opened.subject, opened.channel) == (ada, areas[0], "My new laptop", "form")
    assert Message.objects.get(kind="customer").text == "All seats are in use."


def test_a_double_click_opens_one(areas: list[Area]) -> None:
    browser, form = signed_in(customer()), filled()
    first, second = browser.post("/contact/", form), browser.post("/contact/", form)
    assert first["Location"] == second["Location"]
    assert Conversation.objects.count() == 1


def test_who_goes_back_and_changes_what_was_sent_is_told(areas: list[Area]) -> None:
    browser, form = signed_in(customer()), filled()
    browser.post("/contact/", form)
    answer = browser.post("/contact/", {**form, "text": "Something else."})
    assert "This form was sent already" in answer.content.decode()
    again = {**form, "text": "Something else.", "client_id": str(answer.context["form"]["client_id"].value())}
    assert browser.post("/contact/", again).status_code == 302
    assert Conversation.objects.count() == 2


def test_what_the_address_names_is_filled_in_and_kept(areas: list[Area]) -> None:
    ada = customer()
    license, _code = desk.licensed(ada)
    device = desk.seat(license, "Ada's laptop")
    browser, address = signed_in(ada), f"/contact/?reason=device_limit_reached&activation={device.pk}"
    form = browser.get(address).context["form"]
    assert form["area"].value() == "devices"
    assert form["about"].value() == f"activation:{device.pk}"
    browser.post(address, filled(about=form["about"].value()))
    opened = Conversation.objects.get()
    assert (opened.activation, opened.license, opened.product) == (device.pk, license.pk, license.product)
    assert (opened.reason_code, opened.plan_name) == ("device_limit_reached", "Plus")


@pytest.mark.parametrize("kind", ["license", "activation", "invoice", "payment", "order"])
@pytest.mark.parametrize("number", [None, "nonsense", "3f0e8a52-7d43-4a55-9c1c-0b6f6d0a7e11"])
def test_what_is_somebody_elses_is_left_out(areas: list[Area], kind: str, number: str | None) -> None:
    license, _code = desk.licensed(customer())
    device = desk.seat(license, "Ada's laptop")
    stolen = number or str(device.pk if kind == "activation" else license.pk)
    browser = signed_in(customer("eve@example.org", "Eve"))
    page = browser.get(f"/contact/?{kind}={stolen}")
    assert page.context["form"]["about"].value() == ""
    assert "laptop" not in page.content.decode()
    again = browser.post(f"/contact/?{kind}={stolen}", filled(about=f"{kind}:{stolen}"))
    assert again.context["form"].errors["about"]
    assert not Conversation.objects.exists()


def test_the_page_works_where_nothing_is_set_up(client: Client) -> None:
    page = client.get("/contact/").content.decode()
    assert "We answer as soon as we can." in page
    assert 'name="area"' not in page


def test_what_is_missing_is_said_at_its_field(areas: list[Area]) -> None:
    page = signed_in(customer()).post("/contact/", {"client_id": str(uuid4())}).content.decode()
    for words in ("Choose what comes nearest.", "Say in a few words what it is about.", "Write what we should know."):
        assert words in page


def sent_link() -> str:
    """The link in the newest mail."""
    outbox.deliver_due()
    return str(re.findall(r"/contact/confirm/[\w-]+/", str(mail.outbox[-1].body))[-1])


def test_a_guest_confirms_and_reads_on_without_an_account(client: Client, areas: list[Area]) -> None:
    form = filled(email="guest@example.org", name="Gus", upload_key="k" * 43)
    form["files"] = [SimpleUploadedFile("app.log", b"it failed")]
    response = client.post("/contact/", form, follow=True)
    assert "guest@example.org" in response.content.decode()
    assert not Conversation.objects.exists()
    link, stranger = sent_link(), Client()
    asking = stranger.get(link)
    assert "My new laptop" in asking.content.decode()
    assert asking["Referrer-Policy"] == "same-origin"
    assert not Conversation.objects.exists(), "opening the link alone does nothing: scanners do it, too"
    page = stranger.post(link, follow=True)
    assert page.redirect_chain[0][0].startswith(f"/conversations/g/{Conversation.objects.get().pk}/")
    assert "All seats are in use." in page.content.decode()
    assert "app.log" in page.content.decode()
    assert stranger.get(link)["Location"] == page.redirect_chain[0][0]
    assert Conversation.objects.count() == 1


def test_whether_there_is_an_account_is_told_to_nobody(client: Client, areas: list[Area]) -> None:
    customer("ada@example.org")
    pages = []
    for address in ("ada@example.org", "nobody@example.org"):
        page = client.post("/contact/", filled(email=address), follow=True).content.decode()
        pages.append(
            re.sub(r'value="[\w-]{30,}"|content="[\w-]{30,}"|nonce="[^"]+"|data-now="[^"]+"', "", page).replace(
                address, ""
            )
        )
    assert pages[0] == pages[1]


def test_a_used_or_foreign_link_says_so(client: Client) -> None:
    response = client.get("/contact/confirm/nonsense/")
    assert response.status_code == 410
    assert "This link no longer works" in response.content.decode()


def test_who_sends_too_much_keeps_the_text(client: Client, areas: list[Area]) -> None:
    for _time in range(3):
        client.post("/contact/", filled(email="guest@example.org"))
    page = client.post("/contact/", filled(email="guest@example.org", text="Keep these words"))
    assert page.status_code == 200
    assert "Keep these words" in page.content.decode()
    assert PendingContact.objects.count() == 3


def test_a_refused_file_stops_the_message_and_the_good_one_is_kept(areas: list[Area]) -> None:
    browser = signed_in(customer())
    form = filled(files=[SimpleUploadedFile("a.log", b"fine"), SimpleUploadedFile("setup.exe", b"MZ\x00\x00")])
    page = browser.post("/contact/", form)
    assert "Programs and scripts could harm whoever opens them." in page.content.decode()
    assert not Conversation.objects.exists()
    kept = re.findall(r'name="attachment" value="([\w-]+)"', page.content.decode())
    assert len(kept) == 1
    browser.post("/contact/", filled(attachment=kept))
    message = Message.objects.get(kind="customer")
    assert [file.name for file in message.attachments.all()] == ["a.log"]


def test_files_go_up_one_by_one_and_can_be_removed(areas: list[Area]) -> None:
    ada, eve = signed_in(customer()), signed_in(customer("eve@example.org", "Eve"))
    row = ada.post("/contact/files/", {"files": SimpleUploadedFile("a.log", b"fine")}).content.decode()
    number = UUID(re.findall(r'name="attachment" value="([\w-]+)"', row)[0])
    eve.post(f"/contact/files/{number}/remove/")
    assert Attachment.objects.filter(pk=number).exists()
    page = eve.post("/contact/", filled(attachment=[str(number)])).content.decode()
    assert "Not all of the files can go along." in page
    assert str(number) not in page
    assert not Message.objects.exists()
    assert ada.post(f"/contact/files/{number}/remove/").status_code == 204
    assert not Attachment.objects.filter(pk=number).exists()


def test_no_message_goes_without_a_file_that_was_chosen(areas: list[Area], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MAX_SUM", 10)
    ada = signed_in(customer())
    rows = [ada.post("/contact/files/", {"files": SimpleUploadedFile(f"{n}.log", b"12345")}) for n in range(3)]
    numbers = [re.findall(r'name="attachment" value="([\w-]+)"', row.content.decode())[0] for row in rows]
    form = filled(attachment=numbers)
    page = ada.post("/contact/", form).content.decode()
    assert "Not all of the files can go along." in page
    assert not Conversation.objects.exists()
    for _press in range(2):
        assert ada.post("/contact/", {**form, "attachment": numbers[:2]}).status_code == 302
    assert Message.objects.get(kind="customer").attachments.count() == 2


def test_uploads_need_an_owner_and_are_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from frontdesk.core.throttle import Limit
    from frontdesk.portal import uploads

    client.post("/contact/files/", {"files": SimpleUploadedFile("a.log", b"fine")})
    assert not Attachment.objects.exists()
    monkeypatch.setattr(uploads, "OF_A_NETWORK", Limit("upload_network", 1, 3_600))
    for _time in range(2):
        said = client.post("/contact/files/", {"files": SimpleUploadedFile("a.log", b"x"), "upload_key": "k"})
    assert Attachment.objects.count() == 1
    assert "attempts" in said.content.decode()


def test_suggestions_never_fail(client: Client, areas: list[Area]) -> None:
    for query in ("", "laptop", "'; drop table", "\x00", "a" * 5_000, "🙂"):
        assert client.get("/contact/suggestions/", {"subject": query, "area": "devices"}).status_code == 200


def test_pages_lead_here_with_what_they_are_about(bank: None) -> None:
    ada = customer()
    license, _code = desk.licensed(ada)
    device = desk.seat(license)
    browser = signed_in(ada)
    for path, way in (
        (f"/licenses/{license.pk}/", f"/contact/?license={license.pk}"),
        (f"/licenses/{license.pk}/devices/{device.pk}/", f"/contact/?activation={device.pk}"),
        ("/help/r/device_limit_reached", "/contact/?reason=device_limit_reached"),
        (f"/licenses/{uuid4()}/", "/contact/"),
        ("/conversations/3f0e8a52-7d43-4a55-9c1c-0b6f6d0a7e11/", "/contact/?reason=conversation_unknown"),
        ("/home/", "/contact/"),
    ):
        assert f'href="{way}"' in browser.get(path).content.decode(), path
    for path in ("/account/login/", "/account/password/reset/", "/account/recover/"):
        assert 'href="/contact/"' in Client().get(path).content.decode()


def test_a_message_of_nothing_that_can_be_seen_is_asked_for_again() -> None:
    form = ReplyForm({"text": "\u200b \u2060", "client_id": str(uuid4())})
    assert not form.is_valid()
    assert form.errors["text"] == ["Write what we should know."]
