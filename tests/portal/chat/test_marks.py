"""Our answers to the chat's scripts show that they are ours, whatever they say."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from frontdesk.accounts.models import Person
from tests.people import signed_in, staff_browser
from tests.support import chats

pytestmark = pytest.mark.django_db
MARK = "Frontdesk-Chat"
PIECE = {MARK: "piece"}


def test_what_is_there_and_what_is_refused_is_ours(ada: Person, kim: Person) -> None:
    chat, browser = chats.begin(ada), signed_in(ada)
    assert browser.get(f"/chat/c/{chat.pk}/news/", headers=PIECE).has_header(MARK)
    unknown = browser.get(f"/chat/c/{uuid4()}/piece/", headers=PIECE)
    assert (unknown.status_code, unknown.has_header(MARK)) == (404, True)


def test_a_token_that_does_not_hold_is_ours_to_refuse(ada: Person, kim: Person) -> None:
    chat, browser = chats.begin(ada), Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    stale = browser.post(f"/chat/c/{chat.pk}/say/", {"text": "Hello?"}, headers=PIECE)
    assert (stale.status_code, stale.has_header(MARK)) == (403, True)


def test_a_form_that_is_too_large_is_ours_to_refuse(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    words = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    said = signed_in(ada).post(f"/chat/c/{chat.pk}/say/", {"text": words}, headers=PIECE)
    assert (said.status_code, said.has_header(MARK)) == (400, True)


def test_the_desks_scripts_know_us_too(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    form = {"client_id": str(uuid4()), "kind": "agent", "text": "Hello."}
    sent = staff_browser().post(f"/desk/inbox/{chat.pk}/messages/", form, headers={MARK: "desk", "X-Part": "said"})
    assert (sent.status_code, sent.has_header(MARK)) == (200, True)


def test_pages_have_no_mark(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    assert not signed_in(ada).get(f"/chat/c/{chat.pk}/").has_header(MARK)
