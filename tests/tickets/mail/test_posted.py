"""Mail that providers took apart before they posted it: whatever is odd in it, it becomes a mail and gets a verdict."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from frontdesk.core import clock
from frontdesk.support.tickets.mail.incoming import processing
from frontdesk.support.tickets.mail.incoming.sources.posted import providers
from frontdesk.support.tickets.mail.incoming.sources.posted.composing import from_base64
from frontdesk.support.tickets.mail.incoming.sources.posted.forms import Post
from frontdesk.support.tickets.models import IncomingMail, RawMail, Verdict
from tests.support.letters import SUPPORT

pytestmark = pytest.mark.django_db
SECRET = "frontdesk:herons wade"
AUTHORIZATION = "Basic " + base64.b64encode(SECRET.encode()).decode()
PLAIN = [["From", "Ada <ada@example.org>"], ["To", SUPPORT], ["Subject", "It fails"], ["Message-Id", "<1@example.org>"]]
FORM = "multipart/form-data; boundary=b"
Json = dict[str, Any]


def configure(settings: Settings, provider: str) -> None:
    settings.MAIL_WEBHOOK = {"provider": provider, "secret": SECRET, "key": "signing key"}


def judged(provider: str, body: Any, kind: str = "application/json") -> IncomingMail:
    """The only mail there is, after it was posted and processed."""
    client, address = Client(enforce_csrf_checks=True), f"/webhooks/mail/{provider}/"
    if kind == "form":
        answer = client.post(address, body, HTTP_AUTHORIZATION=AUTHORIZATION)
    else:
        answer = client.post(address, body, kind, HTTP_AUTHORIZATION=AUTHORIZATION)
    assert answer.status_code == 204
    return processing.process(IncomingMail.objects.get().pk)


def mailgun(headers: list[list[str]], *, files: Json | None = None, raw: str | None = None) -> Json:
    """What Mailgun posts of a parsed mail, with its signature."""
    timestamp, token = str(int(clock.real_now().timestamp())), "t" * 50
    signature = hmac.new(b"signing key", f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    values: Json = {
        "timestamp": timestamp,
        "token": token,
        "signature": signature,
        "sender": "ada@example.org",
        "recipient": SUPPORT,
        "message-headers": json.dumps(headers),
        "body-plain": "It fails.",
    }
    return {**values, **(files or {})} | ({} if raw is None else {"body-mime": raw})


def postmark(**more: Any) -> str:
    """What Postmark posts of a mail whose raw form it leaves out."""
    event: Json = {"FromFull": {"Email": "ada@example.org", "Name": "Ada"}, "ToFull": [{"Email": SUPPORT, "Name": ""}],
                   "Subject": "It fails", "TextBody": "It fails.", "MessageID": "1", "OriginalRecipient": SUPPORT,
                   "Headers": [{"Name": "Message-ID", "Value": "<1@example.org>"}], "Attachments": []}  # fmt: skip
    return json.dumps({**event, **more})


def form_of(fields: list[tuple[str, bytes]]) -> bytes:
    """A posted form whose fields are no UTF-8."""
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    return b"".join(part % (name.encode(), value) for name, value in fields) + b"--b--\r\n"


def text_of(mail: IncomingMail) -> str | None:
    return RawMail.objects.get(mail=mail).text


@pytest.mark.parametrize(
    "header",
    [
        ["Message-Id", "<[26a9b0c2d3@microsoft.com]>"],
        ["References", "<a@x.test>\r\n <[b@x.test]>"],
        ["Received", "from a\n\tby b; Fri, 27 Nov 2026"],
        ["Subject", "two\r\nlines"],
        ["From", "=?utf-8?q?odd,_name?= <ada@example.org>"],
        ["Content-Type", 'multipart/mixed; boundary=""; charset="\xe9'],
        ["no name: at all", "x"],
        ["X-Odd", "\x00\ud800"],
    ],
)
def test_no_header_keeps_a_mail_out(settings: Settings, header: list[str]) -> None:
    configure(settings, "mailgun")
    mail = judged("mailgun", mailgun([*(each for each in PLAIN if each[0] != header[0]), header]), "form")
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "unauthenticated")
    assert (mail.from_address, text_of(mail)) == ("ada@example.org", "It fails.")


def test_a_mail_inside_a_mail_keeps_its_bytes(settings: Settings) -> None:
    configure(settings, "mailgun")
    inner = "From: b@example.org\r\nSubject: x\r\n\r\nGr\xfc\xdfe".encode("latin-1")
    files = {"attachment-1": SimpleUploadedFile("old.eml", inner, "message/rfc822"), "attachment-count": "1"}
    mail = judged("mailgun", mailgun(PLAIN, files=files), "form")
    assert mail.verdict == Verdict.REVIEW
    assert inner in bytes(mail.raw.raw)
    assert [each["name"] for each in mail.raw.files or []] == ["x.eml"]  # as any mail in a mail: by its subject


def test_a_raw_mail_larger_than_djangos_fields_keeps_its_bytes(settings: Settings) -> None:
    configure(settings, "mailgun")
    raw = b"From: ada@example.org\r\nSubject: x\r\n\r\nGr\xfc\xdfe" + b"\r\n" + b"y" * 3_000_000
    values = mailgun([], raw="")
    fields = [*((name, str(each).encode()) for name, each in values.items()), ("body-mime", raw)]
    mail = judged("mailgun", form_of(fields), FORM)
    assert bytes(mail.raw.raw) == raw


@pytest.mark.parametrize(
    "more",
    [
        {"Headers": [{"Name": "References", "Value": "<a@x.test>\r\n\t<b@x.test>"}]},
        {"Headers": [{"Name": "Received", "Value": "a\n b"}, {"Name": "Message-ID", "Value": "<[2@x.test]>"}]},
        {"Subject": "two\nlines"},
        {"Attachments": [{"Name": "a.txt", "ContentType": "text/plain\r\nX: y", "Content": "aGVsbG8="}]},
        {"Attachments": [{"Name": "a\n.txt", "ContentType": "", "Content": "aGVsbG8", "ContentID": "<a\r\nb>"}]},
        {"Attachments": [{"Name": "a.txt", "ContentType": "text/plain", "Content": "\u00fc!a"}]},
        {"Attachments": [{"Name": "a.eml", "ContentType": "message/rfc822", "Content": "R3L832U="}]},
        {"Attachments": "none"},
        {"FromFull": {"Email": "ada@example.org", "Name": 'Ada "the\r\nfirst" <x>, \\'}},
        {"FromFull": None, "From": "Ada <ada@example.org>"},
        {"HtmlBody": "<p>It fails.</p>", "Headers": None, "ToFull": None},
    ],
)  # fmt: skip
def test_nothing_that_postmark_took_apart_keeps_a_mail_out(settings: Settings, more: Json) -> None:
    configure(settings, "postmark")
    mail = judged("postmark", postmark(**more))
    assert (mail.verdict, mail.from_address, text_of(mail)) == (Verdict.REVIEW, "ada@example.org", "It fails.")
    assert len(mail.raw.files or []) == (1 if isinstance(more.get("Attachments"), list) else 0)


def test_names_pictures_and_returns_survive(settings: Settings) -> None:
    configure(settings, "postmark")
    picture = {"Name": "Gr\u00fc\u00dfe.png", "ContentType": "image/png", "Content": "iVBORw0KGgo=", "ContentID": "p1"}
    bounce = [{"Name": "Return-Path", "Value": "<>"}]
    mail = judged("postmark", postmark(Attachments=[picture], Headers=bounce, Subject="Gr\u00fc\u00dfe"))
    assert (mail.envelope_from, mail.verdict, mail.subject) == ("<>", Verdict.AUTO_REPLY, "Gr\u00fc\u00dfe")
    assert [each["name"] for each in mail.raw.files or []] == ["Gr\u00fc\u00dfe.png"]
    assert b"Content-ID: <p1>" in bytes(mail.raw.raw)


def test_sendgrids_charsets_are_kept(settings: Settings) -> None:
    configure(settings, "sendgrid")
    fields = [("headers", b"From: ada@example.org\nSubject: x\nContent-Type: multipart/mixed;\n boundary=z\n"),
              ("text", "Gr\xfc\xdfe".encode("latin-1")), ("charsets", b'{"text": "iso-8859-1"}'),
              ("envelope", b'{"from": "ada@example.org", "to": ["x@y.test"]}')]  # fmt: skip
    form = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v) for n, v in fields
    )
    mail = judged("sendgrid", form + b"--b--\r\n", "multipart/form-data; boundary=b")
    assert (text_of(mail), mail.envelope_to) == ("Gr\xfc\xdfe", "x@y.test")


EIGHT_BIT = (
    b"From: Ada <ada@example.org>\r\nSubject: x\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe & 100 % = 1+1 \xa4\r\n"
)


@pytest.mark.parametrize("quoted", [quote_plus, lambda raw: raw.replace(b"%", b"%25").replace(b"+", b"%2B")
                                    .replace(b"&", b"%26").replace(b" ", b"+").decode("latin-1")])  # fmt: skip
def test_a_mail_posted_in_a_list_of_values_keeps_its_bytes(settings: Settings, quoted: Callable[[bytes], str]) -> None:
    """Whatever charset it is in, and whether or not its bytes were written as signs of addresses."""
    configure(settings, "mailgun")
    listed = [f"{name}={quote_plus(value)}" for name, value in mailgun(PLAIN).items()]
    body = "&".join([*listed, f"body-mime={quoted(EIGHT_BIT)}"]).encode("latin-1")
    mail = judged("mailgun", body, "application/x-www-form-urlencoded")
    assert text_of(mail) == "Gr\u00fc\u00dfe & 100 % = 1+1 \u00a4"
    assert bytes(mail.raw.raw) == EIGHT_BIT


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("aGVsbG8=", b"hello"),
        ("aGVs\r\n bG8", b"hello"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("+/+/", b"\xfb\xff\xbf"),
        ("", b""),
        ("Plain words, not in base64!", b"Plain words, not in base64!"),
        ("From: a@b.test\r\n\r\nIt fails.", b"From: a@b.test\r\n\r\nIt fails."),
        ("Gr\u00fc\u00dfe", "Gr\u00fc\u00dfe".encode()),
        ("aGVsbG8=aGVsbG8=", b"aGVsbG8=aGVsbG8="),
        ("hello", b"hello"),
    ],
)
def test_what_is_not_in_base64_is_itself_the_content(text: str, content: bytes) -> None:
    assert from_base64(text) == content


def test_mailjets_parts_become_files(settings: Settings) -> None:
    configure(settings, "mailjet")
    part = {"ContentRef": "Attachment1", "Headers": {"Content-Type": 'text/plain; name="a.txt"'}}
    event = {"Sender": "ada@example.org", "Recipient": SUPPORT, "Text-part": "It fails.", "Parts": [part, 7],
             "Headers": {"From": "ada@example.org", "Received": ["a\n b", "c"]}, "Attachment1": "aGVsbG8="}  # fmt: skip
    mail = judged("mailjet", json.dumps(event))
    assert (text_of(mail), [each["name"] for each in mail.raw.files or []]) == ("It fails.", ["a.txt"])


def test_one_odd_mail_of_several_keeps_out_no_other(settings: Settings) -> None:
    configure(settings, "sparkpost")
    good = {"msys": {"relay_message": {"content": {"email_rfc822": "From: a@b.test\r\n\r\nx"}, "rcpt_to": SUPPORT}}}
    odd = {"msys": {"relay_message": {"content": 7}}}
    body = json.dumps([odd, {"msys": {}}, good])
    assert Client().post("/webhooks/mail/sparkpost/", body, "application/json",
                         HTTP_AUTHORIZATION=AUTHORIZATION).status_code == 204  # fmt: skip
    assert {(each.verdict, each.detail) for each in IncomingMail.objects.all()} == {
        (Verdict.UNREADABLE, "unread_post"), ("", ""),
    }  # fmt: skip


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)
EVENT = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("Headers", "FromFull", "From", "ToFull", "Subject", "TextBody", "HtmlBody",
                                "Attachments", "Parts", "Text-part", "RawEmail", "msg", "event", "msys"), anything)
)  # fmt: skip


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=EVENT, provider=st.sampled_from(sorted(providers.FORMS)))
def test_whatever_is_posted_ends_with_bytes_or_as_no_mail(event: Json, provider: str) -> None:
    bodies = [Post(json.dumps(event).encode(), "application/json"), Post(json.dumps([event]).encode(), "")]
    for post in bodies:
        try:
            assert all(isinstance(each.raw, bytes) for each in providers.mails(provider, post))
        except providers.NoMail:
            continue
