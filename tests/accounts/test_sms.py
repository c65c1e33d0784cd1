"""SMS: the adapters against a real server on this machine, the outbox, the budgets, the settings."""

import json
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from frontdesk.accounts import sms
from frontdesk.accounts.errors import SmsNotSent
from frontdesk.accounts.jobs import deliver_sms
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.sms.adapters import sender
from frontdesk.accounts.sms.protocol import Sms, SmsFailed
from frontdesk.core import outbox
from frontdesk.core.jobs import deliver_outbox
from frontdesk.core.models import OutboxMessage
from frontdesk.project.commands import check

TO = "+491713920012"


class Provider(BaseHTTPRequestHandler):
    """Takes messages, or does what a test tells it to."""

    status: ClassVar[int] = 201
    delay: ClassVar[float] = 0
    location: ClassVar[str] = ""
    taken: ClassVar[list[tuple[str, dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, dict(self.headers), body))
        time.sleep(self.delay)
        self.send_response(self.status)
        if self.location:
            self.send_header("Location", self.location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_GET(self) -> None:
        self.taken.append((self.path, dict(self.headers), b""))
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Be quiet."""


@pytest.fixture
def provider() -> Iterator[str]:
    """The address of a provider on this machine."""
    Provider.status, Provider.delay, Provider.location = 201, 0, ""
    Provider.taken.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def twilio(provider: str, settings: Settings) -> None:
    settings.SMS_ADAPTER, settings.SMS_FROM = "twilio", "+15005550006"
    settings.SMS_TWILIO = {"url": f"{provider}/", "account": "AC123", "key": "", "secret": "token"}


@pytest.fixture
def generic(provider: str, settings: Settings) -> None:
    settings.SMS_ADAPTER, settings.SMS_FROM = "http", "Halcyon"
    body = {"recipients": ["{to}"], "content": {"text": "{text}", "from": "{from}"}, "id": "{key}", "priority": 5}
    settings.SMS_HTTP = {"url": f"{provider}/send/?x=1", "headers": {"X-Key": "hush"}, "body": body}


def message(text: str = "Hello") -> Sms:
    return Sms(key=uuid4(), to=TO, text=text, expires_at=timezone.now() + timedelta(minutes=10))


@pytest.mark.usefixtures("twilio")
def test_twilio() -> None:
    sender().send(message("Grüße & more"))
    ((path, headers, body),) = Provider.taken
    fields = parse_qs(body.decode())
    assert path == "/2010-04-01/Accounts/AC123/Messages.json"
    assert b64decode(headers["Authorization"].removeprefix("Basic ")) == b"AC123:token"
    assert fields["To"] == [TO]
    assert fields["From"] == ["+15005550006"]
    assert fields["Body"] == ["Grüße & more"]
    assert 590 <= int(fields["ValidityPeriod"][0]) <= 600


@pytest.mark.usefixtures("twilio")
def test_twilio_with_a_key_and_a_messaging_service(settings: Settings) -> None:
    settings.SMS_TWILIO = settings.SMS_TWILIO | {"key": "SK9"}
    settings.SMS_FROM = "MG7"
    sender().send(message())
    ((_path, headers, body),) = Provider.taken
    assert b64decode(headers["Authorization"].removeprefix("Basic ")) == b"SK9:token"
    assert parse_qs(body.decode())["MessagingServiceSid"] == ["MG7"]
    assert b"From=" not in body


@pytest.mark.usefixtures("generic")
def test_a_generic_provider_cannot_be_talked_into_other_fields() -> None:
    sent = message('", "priority": 9, "x": "{to} {key}\n\u0000')
    sender().send(sent)
    ((path, headers, body),) = Provider.taken
    assert path == "/send/?x=1"
    assert headers["X-Key"] == "hush"
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == str(sent.key)
    content = {"text": sent.text, "from": "Halcyon"}
    assert json.loads(body) == {"recipients": [TO], "content": content, "id": str(sent.key), "priority": 5}


@pytest.mark.usefixtures("twilio")
@pytest.mark.parametrize("status", [302, 307, 400, 401, 429, 500, 503])
def test_a_provider_that_refuses_has_not_taken_it(status: int, provider: str) -> None:
    Provider.status, Provider.location = status, f"{provider}/elsewhere" if status < 400 else ""
    with pytest.raises(SmsFailed) as caught:
        sender().send(message("1234 5678"))
    assert len(Provider.taken) == 1, "no redirect is followed: it would carry the secrets along"
    for secret in ("1234", TO, "token", provider):
        assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.usefixtures("twilio")
def test_a_provider_that_does_not_answer_is_not_waited_for(settings: Settings) -> None:
    Provider.delay, settings.SMS_TIMEOUT = 3, 1
    before = time.monotonic()
    with pytest.raises(SmsFailed):
        sender().send(message())
    assert time.monotonic() - before < 2.5


def test_a_provider_that_is_away(settings: Settings) -> None:
    settings.SMS_ADAPTER = "http"
    settings.SMS_HTTP = {"url": "http://127.0.0.1:9/", "headers": {}, "body": {}}
    with pytest.raises(SmsFailed):
        sender().send(message())


def test_the_console(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.SMS_ADAPTER = "console"
    sender().send(message("1234 5678 is your code"))
    assert "1234 5678" in capsys.readouterr().out


def test_none_at_all(settings: Settings) -> None:
    settings.SMS_ADAPTER = "off"
    assert not sms.offered()
    with pytest.raises(SmsNotSent):
        sms.reserve(to=TO, confirmed=True)
    with pytest.raises(SmsFailed):
        sender().send(message())


@pytest.mark.django_db
@pytest.mark.usefixtures("twilio")
def test_the_outbox_keeps_it_sealed_tries_again_and_erases_it() -> None:
    sms.send(to=TO, text="1234 5678", expires_at=timezone.now() + timedelta(minutes=10))
    row = OutboxMessage.objects.get()
    for secret in (TO.encode(), b"1234 5678"):
        assert secret not in bytes(row.secret or b"")
        assert secret.decode() not in json.dumps(row.payload)
    Provider.status = 503
    outbox.deliver_due()
    row.refresh_from_db()
    assert (row.delivered_at, row.last_error) == (None, "SmsFailed")
    Provider.status = 201
    OutboxMessage.objects.update(due_at=timezone.now())
    outbox.deliver_due()
    row.refresh_from_db()
    assert row.delivered_at is not None
    assert row.secret is None
    assert len(Provider.taken) == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("twilio")
def test_what_is_worth_nothing_any_more_is_not_sent() -> None:
    sms.send(to=TO, text="1234 5678", expires_at=timezone.now() - timedelta(seconds=1))
    outbox.deliver_due()
    assert Provider.taken == []
    row = OutboxMessage.objects.get()
    assert row.delivered_at is not None
    assert row.secret is None


@pytest.mark.django_db
@pytest.mark.usefixtures("twilio")
def test_the_operator_sees_that_the_provider_takes_nothing() -> None:
    sms.send(to=TO, text="1234 5678", expires_at=timezone.now() + timedelta(seconds=2))
    assert "SMS" not in "".join(check._faults())
    Provider.status = 500
    for _ in range(3):
        OutboxMessage.objects.update(due_at=timezone.now())
        assert deliver_sms() == 1
    time.sleep(2)
    OutboxMessage.objects.update(due_at=timezone.now())
    assert deliver_sms() == 1
    assert "1 SMS of the last day left late or never" in "".join(check._faults())


@pytest.mark.django_db
@pytest.mark.usefixtures("twilio")
def test_a_slow_provider_holds_up_no_mail() -> None:
    sms.send(to=TO, text="1234 5678", expires_at=timezone.now() + timedelta(minutes=10))
    send_mail(to="ada@example.org", template="accounts/no_account_for_code", context={})
    assert deliver_outbox() == 1
    assert (len(mail.outbox), Provider.taken) == (1, [])
    assert deliver_sms() == 1
    assert len(Provider.taken) == 1


def far_from_midnight() -> None:
    """Budgets are counted by days of UTC: a count is not begun right before one ends."""
    left = 86_400 - time.time() % 86_400
    if left < 5:
        time.sleep(left + 0.1)


@pytest.mark.django_db
def test_budgets(settings: Settings) -> None:
    far_from_midnight()
    settings.SMS_PER_NUMBER, settings.SMS_PER_DAY = 4, 12
    for _ in range(2):
        sms.reserve(to=TO, confirmed=False)
    with pytest.raises(SmsNotSent):
        sms.reserve(to=TO, confirmed=False)
    for _ in range(2):
        sms.reserve(to=TO, confirmed=True)  # half of the number's budget is its owner's
    with pytest.raises(SmsNotSent) as caught:
        sms.reserve(to=TO, confirmed=True)
    assert 0 < int(str(caught.value.members["retry_after"])) <= 86_400
    reserve_for_numbers(range(20, 23), confirmed=False)
    with pytest.raises(SmsNotSent):  # the pumping of numbers ends at half of the day's budget
        reserve_for_numbers(range(30, 39), confirmed=False)
    reserve_for_numbers(range(50, 53), confirmed=True)
    with pytest.raises(SmsNotSent):
        reserve_for_numbers(range(60, 69), confirmed=True)


def reserve_for_numbers(ends: range, *, confirmed: bool) -> None:
    for end in ends:
        sms.reserve(to=f"+4917139200{end}", confirmed=confirmed)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"FRONTDESK_SMS": "pigeon"}, "FRONTDESK_SMS "),
        ({"FRONTDESK_SMS": "twilio"}, "FRONTDESK_SMS_FROM"),
        ({"FRONTDESK_SMS": "http"}, "FRONTDESK_SMS_HTTP_URL"),
        ({"FRONTDESK_SMS_HTTP_URL": "http://sms.example/send"}, "FRONTDESK_SMS_HTTP_URL"),
        ({"FRONTDESK_SMS_HTTP_HEADERS": "X-Key: hush"}, "FRONTDESK_SMS_HTTP_HEADERS"),
        ({"FRONTDESK_SMS_COUNTRIES": "DE,Atlantis"}, "FRONTDESK_SMS_COUNTRIES"),
    ],
)
def test_a_setting_that_does_not_fit_stops_the_start(given: dict[str, str], named: str, tmp_path: Path) -> None:
    environment = {"FRONTDESK_DATA": str(tmp_path), "PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin", **given}
    program = [sys.executable, "-c", "import frontdesk.project.settings"]
    ended = subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert named in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "hush" not in ended.stderr
