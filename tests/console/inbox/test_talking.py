"""A conversation's page: what it shows, answering and noting, drafts, two agents at once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets import attachments, jobs
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.models import (
    Attachment,
    CannedReply,
    Conversation,
    Draft,
    Mention,
    Message,
    Presence,
)
from tests.console.inbox.test_lists import INBOX, me
from tests.people import staff_browser
from tests.support import desk

pytestmark = pytest.mark.django_db


def page_of(conversation: Conversation) -> str:
    return f"{INBOX}{conversation.pk}/"


def write(browser: Client, conversation: Conversation, text: str, **values: object) -> Any:
    """Fill in the form as the page gives it, and send."""
    context = browser.get(page_of(conversation)).context
    given = {"client_id": str(context["draft"].client_id), "seen": context["conversation"].last_sequence}
    return browser.post(f"{page_of(conversation)}messages/", {"kind": "agent", "text": text, **given, **values})


def test_everything_that_was_said_is_shown_as_what_it_is(kim: Client, matter: Conversation) -> None:
    mail = desk.writes(matter, "See below")
    Message.objects.filter(pk=mail.pk).update(
        data={"authentication": "none"},
        quoted="> an old line",
        html='<p>Look <img alt="x" data-remote="https://far.example/x.png"></p>',
    )
    write(kim, matter, "Nobody outside reads this", kind="note")
    answer = kim.get(page_of(matter))
    page = answer.content.decode()
    assert '<details class="quoted">' in page
    assert 'class="bubble note' in page
    assert "Sender not proved" in page
    assert 'src="https://far.example' not in page
    assert "Show the pictures" in page
    assert "https:" not in answer["Content-Security-Policy"].partition("img-src")[2].partition(";")[0]
    answer = kim.get(f"{page_of(matter)}?images=1")
    assert 'src="https://far.example/x.png" referrerpolicy="no-referrer"' in answer.content.decode()
    assert "https:" in answer["Content-Security-Policy"].partition("img-src")[2].partition(";")[0]


def test_hostile_text_stays_text(kim: Client, matter: Conversation) -> None:
    desk.writes(matter, "<script>alert(1)</script> {{ evil }} https://x.example/?a=1&b=2")
    page = kim.get(page_of(matter)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_looking_is_written_down_once_and_unknown_ones_are_not_found(kim: Client, matter: Conversation) -> None:
    for _look in range(3):
        kim.get(page_of(matter))
    assert AuditEntry.objects.filter(action="staff.looked", person=matter.person_id).count() == 1
    for part in ("", "news/", "ticket/", "messages/", "draft/", "customer/", "merge/", "put-off/"):
        answers = {kim.get(f"{INBOX}{uuid4()}/{part}").status_code, kim.post(f"{INBOX}{uuid4()}/{part}").status_code}
        assert answers <= {404, 405}, part


def test_an_answer_is_sent_once_however_often_it_is_pressed(kim: Client, matter: Conversation) -> None:
    once = {"client_id": str(uuid4()), "kind": "agent", "text": "Try again", "seen": "1", "then": "open"}
    for _press in range(3):
        assert kim.post(f"{page_of(matter)}messages/", once).status_code == 302
    said = Message.objects.get(conversation=matter, kind="agent")
    matter.refresh_from_db()
    assert (said.text, matter.status, matter.assignee) == ("Try again", "open", me(kim))
    assert not Draft.objects.exists()
    assert kim.post(f"{page_of(matter)}messages/", {**once, "client_id": str(uuid4()), "text": " "}).status_code == 422


def test_who_sends_past_somebody_else_is_told_first_and_loses_nothing(
    kim: Client, lou: Client, matter: Conversation
) -> None:
    context = lou.get(page_of(matter)).context
    write(kim, matter, "Kim was quicker")
    mine = {"client_id": str(context["draft"].client_id), "seen": context["conversation"].last_sequence}
    answer = lou.post(f"{page_of(matter)}messages/", {"kind": "agent", "text": "Lou's own words", **mine})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Kim was quicker" in page
    assert "is-new" in page
    assert "Lou&#x27;s own words" in page
    assert not Message.objects.filter(text__startswith="Lou").exists()
    assert Draft.objects.get().text == "Lou's own words"
    write(lou, matter, "Lou's own words")  # having read it
    assert Message.objects.filter(kind="agent").count() == 2


def test_a_draft_is_there_in_another_browser_and_never_comes_back_after_sending(
    kim: Client, matter: Conversation
) -> None:
    number = str(uuid4())
    draft = {"client_id": number, "kind": "agent", "text": "Half a sent"}
    assert kim.post(f"{page_of(matter)}draft/", draft).json() == {"saved": True}
    kim.post(f"{page_of(matter)}draft/", {**draft, "text": "Half a sentence"})
    page = kim.get(page_of(matter)).content.decode()
    assert "Half a sentence" in page
    assert number in page
    kim.post(f"{page_of(matter)}messages/", {**draft, "text": "A whole sentence", "seen": "1"})
    assert kim.post(f"{page_of(matter)}draft/", draft).json() == {"saved": False}  # a save that comes late
    assert not Draft.objects.exists()
    kim.post(f"{page_of(matter)}draft/", {**draft, "client_id": str(uuid4())})
    kim.post(f"{page_of(matter)}draft/", {**draft, "client_id": str(uuid4()), "text": ""})
    assert not Draft.objects.exists()


def test_files_go_with_the_answer_and_strangers_files_do_not(kim: Client, lou: Client, matter: Conversation) -> None:
    file = SimpleUploadedFile("log.txt", b"all well", "text/plain")
    mine = kim.post(f"{page_of(matter)}files/", {"file": file}).json()["id"]
    theirs = attachments.store(name="secret.txt", data=b"x", uploaded_by=me(lou).pk)
    bad = SimpleUploadedFile("virus.exe", b"MZ\x90\x00" + b"\0" * 200, "application/octet-stream")
    assert kim.post(f"{page_of(matter)}files/", {"file": bad}).status_code == 422
    kim.post(f"{page_of(matter)}draft/", {"client_id": str(uuid4()), "text": "See", "attachment": [mine]})
    assert "log.txt" in kim.get(page_of(matter)).content.decode()
    assert write(kim, matter, "Here it is", attachment=[mine, str(theirs.pk)]).status_code == 422
    assert not Message.objects.filter(kind="agent").exists()
    write(kim, matter, "Here it is", attachment=[mine, "nonsense"])
    said = Message.objects.get(conversation=matter, kind="agent")
    assert [each.name for each in said.attachments.all()] == ["log.txt"]
    assert Attachment.objects.get(pk=theirs.pk).message is None
    assert "/api/v1/attachments/" in kim.get(page_of(matter)).content.decode()


def test_files_without_scripts_survive_a_refusal(kim: Client, lou: Client, matter: Conversation) -> None:
    context = lou.get(page_of(matter)).context
    write(kim, matter, "Quicker")
    form = {"client_id": str(context["draft"].client_id), "seen": 1, "kind": "agent", "text": "Mine"}
    file = SimpleUploadedFile("log.txt", b"all well", "text/plain")
    page = lou.post(f"{page_of(matter)}messages/", {**form, "files": [file]}).content.decode()
    assert str(Attachment.objects.get().pk) in page


def test_an_open_page_hears_what_is_new_and_who_is_here(kim: Client, lou: Client, matter: Conversation) -> None:
    def ask(browser: Client, **values: object) -> dict[str, object]:
        answer: dict[str, object] = browser.post(f"{page_of(matter)}news/", values).json()
        return answer

    last = kim.get(page_of(matter)).context["conversation"].last_sequence
    assert ask(kim, after=last)["messages"] == ""
    ask(lou, after=last, answering=1)
    assert "is answering" in str(ask(kim, after=last)["presence"])
    desk.writes(matter, "One more thing")
    heard = ask(kim, after=last)
    assert "One more thing" in str(heard["messages"])
    assert heard["heard"] is True
    assert "Any news" not in str(heard["messages"])
    write(kim, matter, "My own")
    assert ask(kim, after=heard["last"])["heard"] is False
    Presence.objects.update(until=clock.real_now())
    assert "is answering" not in str(ask(kim, after="nonsense")["presence"])


def test_a_mention_leads_to_the_note_until_it_is_read(kim: Client, lou: Client, matter: Conversation) -> None:
    write(kim, matter, "Please look, @lou@halcyon.example", kind="note")
    count = {link.key: link.count for link in lou.get(f"{INBOX}?view=mentions").context["views"]}["mentions"]
    assert count == 1
    lou.get(page_of(matter))
    assert Mention.objects.get().seen_at is not None


def test_ready_replies_come_filled_in(kim: Client, matter: Conversation) -> None:
    CannedReply.objects.create(title="Free a seat", shortcut="free-seat", texts={"en": "Re {{reference}}: done."})
    CannedReply.objects.create(title="Other", shortcut="other", texts={"en": "x"})
    found = kim.get(f"{page_of(matter)}replies/?q=seat", headers={"X-Part": "json"}).json()["replies"]
    assert [each["text"] for each in found] == [f"Re {matter.reference}: done."]
    page = kim.get(f"{page_of(matter)}replies/?q=seat").content.decode()  # without scripts
    assert found[0]["id"] in page
    assert f"Re {matter.reference}: done." in kim.get(f"{page_of(matter)}?reply={found[0]['id']}").content.decode()
    assert kim.get(f"{page_of(matter)}?reply=nonsense").status_code == 200


def test_merged_ones_lead_on_and_closed_ones_take_no_answer(kim: Client, matter: Conversation) -> None:
    other = desk.conversation(matter.person or "", subject="The same again")
    joining.merge(actor=desk.SYSTEM, conversation=other, into=matter)
    assert kim.get(page_of(other))["Location"].startswith(page_of(matter))
    changing.solve(actor=desk.SYSTEM, conversation=matter)
    Conversation.objects.filter(pk=matter.pk).update(status="closed")
    page = kim.get(page_of(matter)).content.decode()
    assert 'name="text"' not in page
    form = {"client_id": str(uuid4()), "seen": 9, "kind": "agent", "text": "Too late"}
    assert kim.post(f"{page_of(matter)}messages/", form).status_code == 422
    assert not Message.objects.filter(text="Too late").exists()


def test_what_changes_something_wants_the_token(matter: Conversation) -> None:
    browser = staff_browser(email="csrf@halcyon.example")
    browser.handler.enforce_csrf_checks = True
    for part in ("messages/", "draft/", "news/", "files/", "turn/", "properties/", "put-off/", "merge/"):
        assert browser.post(f"{page_of(matter)}{part}", {"text": "x"}).status_code == 403, part


def test_a_file_on_a_note_stays_with_it(kim: Client, matter: Conversation) -> None:
    file = SimpleUploadedFile("log.txt", b"started\nstopped\n", content_type="text/plain")
    kim.post(f"{page_of(matter)}messages/", {"kind": "note", "text": "See the log", "files": file})
    note = Message.objects.get(conversation=matter, kind="note")
    assert [each.name for each in note.attachments.all()] == ["log.txt"]


@pytest.mark.parametrize("kind", ["", "x", "notes", "customer", "automatic"])
def test_what_is_neither_note_nor_answer_goes_nowhere(kim: Client, matter: Conversation, kind: str) -> None:
    before = Message.objects.count()
    answer = kim.post(f"{page_of(matter)}messages/", {"kind": kind, "text": "Between us", "seen": "1"})
    assert answer.status_code == 422
    assert Message.objects.count() == before


@pytest.mark.parametrize(
    "text", ["", "  \n", "\0", "\u200b\u2060", "\u00a0"], ids=["empty", "blank", "nul", "zero width", "hard"]
)
def test_what_cannot_be_seen_is_no_answer(kim: Client, matter: Conversation, text: str) -> None:
    before = Message.objects.count()
    answer = kim.post(f"{page_of(matter)}messages/", {"kind": "agent", "text": text, "seen": "1"})
    assert answer.status_code == 422
    assert Message.objects.count() == before


def test_who_writes_while_it_is_merged_goes_on_in_the_other_with_their_words(
    kim: Client, lou: Client, matter: Conversation
) -> None:
    other = desk.conversation(matter.person or "", text="The older one", subject="The older one")
    form = kim.get(page_of(matter)).context
    given = {"client_id": str(form["draft"].client_id), "seen": form["conversation"].last_sequence, "kind": "agent"}
    kim.post(f"{page_of(matter)}draft/", {**given, "text": "Half"})
    lou.post(f"{page_of(matter)}merge/", {"into": str(other.pk)})
    answer = kim.post(f"{page_of(matter)}messages/", {**given, "text": "My whole answer"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert answer.context["conversation"] == other
    assert "My whole answer" in page
    assert "was merged into this one" in page
    assert "is-new" in page
    assert not Message.objects.filter(kind="agent").exists()
    draft = Draft.objects.get()
    assert (draft.conversation, draft.text) == (other, "My whole answer")
    write(kim, other, "My whole answer")  # having read it
    assert Message.objects.get(kind="agent").conversation == other
    assert not Draft.objects.exists()


def test_a_draft_that_is_kept_after_the_merge_is_found_in_the_other(kim: Client, matter: Conversation) -> None:
    other = desk.conversation(matter.person or "", subject="The older one")
    joining.merge(actor=desk.SYSTEM, conversation=matter, into=other)
    kim.post(f"{page_of(matter)}draft/", {"client_id": str(uuid4()), "kind": "agent", "text": "Half a sentence"})
    assert "Half a sentence" in kim.get(page_of(matter), follow=True).content.decode()
    assert Draft.objects.get().conversation == other


def test_a_note_goes_along_into_the_other(kim: Client, matter: Conversation) -> None:
    other = desk.conversation(matter.person or "", subject="The older one")
    kim.post(f"{page_of(matter)}draft/", {"client_id": str(uuid4()), "kind": "note", "text": "Look"})
    number = str(Draft.objects.get().client_id)
    joining.merge(actor=desk.SYSTEM, conversation=matter, into=other)
    kim.post(f"{page_of(matter)}messages/", {"client_id": number, "kind": "note", "text": "Look here"})
    assert Message.objects.get(kind="note").conversation == other
    assert not Draft.objects.exists()


def test_what_was_written_when_it_was_closed_is_kept_and_can_be_a_note(kim: Client, matter: Conversation) -> None:
    given = {"client_id": str(uuid4()), "kind": "agent", "text": "A long answer", "seen": "1"}
    Conversation.objects.filter(pk=matter.pk).update(status="closed")
    page = kim.post(f"{page_of(matter)}messages/", given).content.decode()
    assert "This conversation is closed" in page
    assert "A long answer" in page
    shown = kim.get(page_of(matter))
    assert "A long answer" in shown.content.decode()
    note = {"client_id": str(shown.context["draft"].client_id), "kind": "note", "text": "A long answer"}
    assert kim.post(f"{page_of(matter)}messages/", note).status_code == 302
    assert Message.objects.get(text="A long answer").kind == "note"
    assert "What you wrote" not in kim.get(page_of(matter)).content.decode()


def test_who_goes_back_and_changes_what_was_sent_is_told(kim: Client, matter: Conversation) -> None:
    given = {"client_id": str(uuid4()), "kind": "agent", "seen": "9", "then": "open"}
    kim.post(f"{page_of(matter)}messages/", {**given, "text": "Try again"})
    answer = kim.post(f"{page_of(matter)}messages/", {**given, "text": "Do not try again"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "This form was sent already" in page
    assert "Do not try again" in page
    number = str(answer.context["draft"].client_id)
    assert number != given["client_id"]
    given |= {"client_id": number, "seen": str(answer.context["conversation"].last_sequence)}
    kim.post(f"{page_of(matter)}messages/", {**given, "text": "Do not try again"})
    said = Message.objects.filter(conversation=matter, kind="agent").order_by("sequence")
    assert [each.text for each in said] == ["Try again", "Do not try again"]


def test_who_has_gone_is_forgotten_by_the_worker(kim: Client, lou: Client, matter: Conversation) -> None:
    for browser in (kim, lou):
        browser.get(page_of(matter))
    Presence.objects.filter(person=me(kim)).update(until=clock.real_now() - timedelta(minutes=2))
    assert jobs.forget_presences() == 1
    assert Presence.objects.get().person == me(lou)
