"""Mail that a provider posts, and the demo's page for writing one."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import MutableMapping
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from pytest_django import Settings

from frontdesk.project import doors, wsgi
from frontdesk.support.tickets.mail.incoming import processing
from frontdesk.support.tickets.mail.incoming.sources import webhooks
from frontdesk.support.tickets.models import IncomingMail, Message, Verdict
from tests.support import desk
from tests.support.letters import SUPPORT, letter, multipart, part, token_of

pytestmark = pytest.mark.django_db
SECRET = "frontdesk:herons wade"
AUTHORIZATION = "Basic " + base64.b64encode(SECRET.encode()).decode()


@pytest.fixture
def postmark(settings: Settings) -> None:
    settings.MAIL_WEBHOOK = {"provider": "postmark", "secret": SECRET, "key": ""}


def posted(raw: bytes, client: Client | None = None, provider: str = "postmark", **headers: Any) -> int:
    """The answer to a mail that Postmark posts."""
    body = {
        "RecordType": "Inbound",
        "MessageID": hashlib.sha256(raw).hexdigest(),
        "FromFull": {"Email": "ada@example.org", "Name": "Ada"},
        "To": SUPPORT,
        "OriginalRecipient": SUPPORT,
        "Date": "Fri, 27 Nov 2026 10:00:00 +0000",
        "Headers": [{"Name": "Return-Path", "Value": "<ada@example.org>"}],
        "RawEmail": raw.decode("utf-8"),
    }
    headers = {"HTTP_AUTHORIZATION": AUTHORIZATION, **headers}
    address = f"/webhooks/mail/{provider}/"
    answer = (client or Client(enforce_csrf_checks=True)).post(address, json.dumps(body), "application/json", **headers)
    return answer.status_code


def test_a_posted_mail_is_stored_once_and_processed(postmark: None) -> None:
    raw = letter("Grüße")
    assert [posted(raw), posted(raw)] == [204, 204]
    mail = IncomingMail.objects.get()
    assert (mail.source, mail.envelope_from, mail.envelope_to) == ("webhook", "ada@example.org", SUPPORT)
    assert processing.process(mail.pk).verdict == Verdict.REVIEW
    assert mail.raw.raw


def test_larger_than_djangos_forms_is_taken(postmark: None) -> None:
    assert posted(letter("x" * 78 + "\n" + ("y" * 76 + "\n") * 60_000)) == 204
    assert IncomingMail.objects.get().size > 4_000_000


@pytest.mark.django_db(transaction=True)
def test_a_mail_with_25_megabytes_of_files_comes_through_the_door(postmark: None, transactional_db: None) -> None:
    files = base64.encodebytes(bytes(25_000_000))
    log = part(files, "application/octet-stream", Content_Transfer_Encoding="base64")
    raw = multipart(part("See the dump."), log)
    body = json.dumps(
        {"RecordType": "Inbound", "MessageID": "1", "OriginalRecipient": SUPPORT, "RawEmail": raw.decode()}
    )
    assert len(body) > doors.LARGEST_BODY
    assert through_the_door("/webhooks/mail/postmark/", body.encode()) == 204
    assert IncomingMail.objects.get().size > 33_000_000


def through_the_door(path: str, body: bytes) -> int:
    """The status of what is posted to the product's own door."""
    sent: list[MutableMapping[str, Any]] = []
    pieces = iter([body[:1_000_000], body[1_000_000:]])

    async def receive() -> MutableMapping[str, Any]:
        piece = next(pieces, b"")
        return {"type": "http.request", "body": piece, "more_body": bool(piece)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    headers = {"host": "localhost", "authorization": AUTHORIZATION, "content-type": "application/json",
               "content-length": str(len(body))}  # fmt: skip
    scope = {
        "type": "http", "path": path, "method": "POST", "query_string": b"", "scheme": "http", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    door = doors.Doors(pages=_page, gateway=_nobody, larger=webhooks.larger_bodies())
    asyncio.run(door(scope, receive, send))
    return next(int(each["status"]) for each in sent if each["type"] == "http.response.start")


def _page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Django, which leaves no connection behind in the door's thread."""
    try:
        return [b"".join(wsgi.application(environ, start_response))]
    finally:
        connections.close_all()


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("it came to the gateway")


def test_a_stranger_is_sent_away_before_the_body_is_read(postmark: None) -> None:
    with patch.object(webhooks, "_post", side_effect=AssertionError("it was read")):
        assert posted(letter(), HTTP_AUTHORIZATION="Basic eA==") == 403


def test_nobody_else_is_listened_to(postmark: None, settings: Settings) -> None:
    assert posted(letter(), HTTP_AUTHORIZATION="Basic eA==") == 403
    assert posted(letter(), provider="sendgrid") == 404
    settings.MAIL_WEBHOOK = {"provider": "", "secret": "", "key": ""}
    assert posted(letter()) == 404
    assert not IncomingMail.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "7", '{"RecordType": "Bounce"}', '{"RawEmail": 7}', "null"])
def test_what_is_no_mail_is_refused(postmark: None, body: str) -> None:
    answer = Client().post("/webhooks/mail/postmark/", body, "application/json", HTTP_AUTHORIZATION=AUTHORIZATION)
    assert answer.status_code == 400
    assert not IncomingMail.objects.exists()


def test_what_cannot_be_taken_apart_is_kept_as_it_was_posted(postmark: None) -> None:
    body = b'{"Subject": "It fails", "TextBody": "cut o'
    answer = Client().post("/webhooks/mail/postmark/", body, "application/json", HTTP_AUTHORIZATION=AUTHORIZATION)
    mail = IncomingMail.objects.get()
    assert (answer.status_code, mail.verdict, mail.detail) == (204, Verdict.UNREADABLE, "unread_post")
    assert bytes(mail.raw.raw) == body


def test_mailguns_signature_counts(settings: Settings) -> None:
    settings.MAIL_WEBHOOK = {"provider": "mailgun", "secret": SECRET, "key": "signing key"}
    raw = letter("By Mailgun")

    def post(key: str) -> int:
        timestamp, token = str(int(time.time())), "t" * 50
        signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
        values = {"timestamp": timestamp, "token": token, "signature": signature, "body-mime": raw.decode(),
                  "sender": "ada@example.org", "recipient": SUPPORT}  # fmt: skip
        return Client().post("/webhooks/mail/mailgun/", values, HTTP_AUTHORIZATION=AUTHORIZATION).status_code

    assert post("another key") == 403
    assert post("signing key") == 204
    assert IncomingMail.objects.get().envelope_from == "ada@example.org"


def test_the_demo_writes_a_mail_to_support() -> None:
    page = Client().get("/demo/mailbox/write/").content.decode()
    assert SUPPORT in page
    values = {"sender": "ada@example.org", "to": SUPPORT, "subject": "Grüße", "text": "It fails.\r\n\r\nAda",
              "file": SimpleUploadedFile("error.log", b"line one\n", "text/plain")}  # fmt: skip
    assert Client().post("/demo/mailbox/write/", values, follow=True).status_code == 200
    mail = processing.process(IncomingMail.objects.get().pk)
    assert (mail.verdict, mail.subject, mail.source) == (Verdict.REVIEW, "Grüße", "demo")
    assert Client().post("/demo/mailbox/write/", {"sender": "x"}).status_code == 422


def test_an_answer_in_the_demo_goes_on_in_its_conversation() -> None:
    conversation = desk.conversation("ada@example.org")
    values = {"sender": "ada@example.org", "to": token_of(conversation), "subject": "Re: x", "text": "Thanks",
              "answers": "<1@halcyon.example>"}  # fmt: skip
    Client().post("/demo/mailbox/write/", values)
    assert processing.process(IncomingMail.objects.get().pk).verdict == Verdict.REPLY
    assert conversation.messages.filter(kind=Message.Kind.CUSTOMER).count() == 2


def test_there_is_no_such_page_elsewhere(settings: Settings) -> None:
    settings.FRONTDESK_DEMO = False
    assert Client().get("/demo/mailbox/write/").status_code == 404
