"""After the journeys no secret and no code that was used in them stands in clear in any table, file or log."""

import base64
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.models import DataExport, Person, Recovery
from frontdesk.accounts.recovery import judging, sweeping
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services import export_building, exports
from frontdesk.accounts.services.staff import invite_staff
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from tests.people import customer

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = "seven quiet herons wade", "eleven loud ganders march", "nineteen shy bitterns boom"
WRONG = "a guess that is wrong, 4711"
CODE = re.compile(r"\b(\d{4}) (\d{4})\b")
LINK = re.compile(r"https?://[^/\s]+(/\S+)")
NUMBER = "+491713920012"


class Journey:
    """One customer's way through the app; keeps each secret that is used on it, by what it is."""

    def __init__(self, sms: Path) -> None:
        self.secrets: dict[str, str] = {}
        self.sms = sms

    def keep(self, what: str, value: str) -> str:
        self.secrets[f"{what} {len(self.secrets)}"] = value
        return value

    def browser(self) -> Client:
        return Client(headers={"user-agent": "journey"})

    def post(self, browser: Client, path: str, **fields: str) -> str:
        """Post, keep every cookie that comes back, and say where it leads."""
        answer = browser.post(path, fields)
        assert answer.status_code in {200, 302}, (path, answer.status_code, answer.content.decode()[:500])
        for name, cookie in browser.cookies.items():
            if len(cookie.value) >= 16 and name != "messages":
                self.secrets[f"cookie {name} {cookie.value[:6]}"] = cookie.value
        return str(answer.get("Location", ""))

    def mailed(self) -> list[EmailMultiAlternatives]:
        """Look at the tables while the mails still wait, let them go, and keep what stands in them."""
        assert found_in_tables(self.secrets) == []
        outbox.deliver_due()
        taken = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
        mail.outbox.clear()
        for message in taken:
            for link in LINK.findall(str(message.body)):
                token = link.rstrip("/").rpartition("/")[2]
                if len(token) >= 16:
                    self.keep("token", token)
            for code in CODE.findall(str(message.body)):
                self.keep("code", "".join(code))
        return taken

    def link(self, to: str = "", part: str = "/") -> str:
        """The link in the newest mail that has one such."""
        links: list[str] = [found for message in self.mailed() if not to or message.to == [to]
                 for found in LINK.findall(str(message.body)) if part in found]  # fmt: skip
        assert links, part
        return links[-1]

    def mailed_code(self) -> str:
        """The code in the newest mail."""
        texts = [str(message.body) for message in self.mailed()]
        return "".join(CODE.findall(texts[-1])[-1])

    def sms_code(self) -> str:
        """The code in the newest SMS."""
        self.mailed()
        files = sorted(self.sms.glob("*.sms"), key=lambda file: file.stat().st_mtime_ns)
        return self.keep("code", "".join(CODE.findall(json.loads(files[-1].read_text())["text"])[-1]))


def shapes(value: str) -> Iterator[str]:
    """How a value could stand somewhere: as it is, in hexadecimal as bytes are shown, or in base 64."""
    raw = value.encode()
    yield re.escape(value) if not value.isdigit() else rf"(?<![.\w]){value}(?![\w])"
    if value.isdigit():
        yield rf"(?<![.\w]){value[:4]} {value[4:]}(?![\w])"
    yield raw.hex()
    for cut in range(3):  # wherever it begins within three bytes
        inner = base64.b64encode(b"\0" * cut + raw).decode().rstrip("=")[cut + 1 : -2]
        if len(inner) >= 10:
            yield re.escape(inner)


def found(secrets: dict[str, str], text: str) -> list[str]:
    return [what for what, value in secrets.items() if any(re.search(shape, text) for shape in shapes(value))]


def found_in_tables(secrets: dict[str, str]) -> list[str]:
    """Which secret stands in which table of all there are."""
    wrong = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" as t')  # noqa: S608 - names from the database itself
            text = "\n".join(row[0] for row in cursor.fetchall())
            wrong += [f"{what} in {table}" for what in found(secrets, text)]
    return wrong


def signing_up(journey: Journey) -> Client:
    browser = journey.browser()
    journey.post(browser, "/account/signup/", email="ada@example.org", password=journey.keep("password", FIRST))
    journey.post(browser, journey.link(part="confirm-email"))
    journey.post(browser, "/account/login/", login="ada@example.org", password=journey.keep("guess", WRONG))
    journey.post(browser, "/account/login/", login="ada@example.org", password=FIRST)
    assert browser.get("/account/security/").status_code == 200
    journey.mailed()
    return browser


def second_steps(journey: Journey, browser: Client) -> None:
    page = browser.get("/account/2fa/totp/activate/")
    seed = journey.keep("seed", str(page.context["form"].secret))
    journey.post(browser, "/account/2fa/totp/activate/", code=pyotp.TOTP(seed).now())
    codes = browser.get("/account/2fa/recovery-codes/").context["codes"]
    assert len(codes) == 10
    for code in codes:
        journey.keep("recovery code", code)
    journey.post(browser, "/account/2fa/recovery-codes/kept/")
    other = journey.browser()
    journey.post(other, "/account/login/", login="ada@example.org", password=FIRST)
    journey.post(other, "/account/2fa/authenticate/", code=codes[0])
    assert other.get("/account/security/").status_code == 200
    journey.mailed()


def codes_by_mail_and_sms(journey: Journey, browser: Client) -> None:
    by_code = journey.browser()
    journey.post(by_code, "/account/login/code/", email="ada@example.org")
    journey.post(by_code, "/account/login/code/enter/", code=journey.mailed_code())
    journey.post(browser, "/account/phone/", number=NUMBER, phone=NUMBER)
    journey.post(browser, "/account/phone/confirm/", code=journey.sms_code())
    assert Person.objects.get(email="ada@example.org").phone == NUMBER


def resetting(journey: Journey) -> None:
    visitor = journey.browser()
    journey.post(visitor, "/account/password/reset/", email="ada@example.org")
    link = journey.link(part="password/reset")
    journey.post(visitor, link, password=journey.keep("password", SECOND))
    assert Person.objects.get(email="ada@example.org").check_password(SECOND)


def recovering(journey: Journey) -> None:
    visitor, reach = journey.browser(), "reach@example.org"
    journey.post(visitor, "/account/recover/", email="ada@example.org", reach_at=reach, explanation="lost it all")
    journey.post(visitor, journey.link(to=reach))
    recovery = Recovery.objects.get()
    judging.approve(actor=Actor.staff(recovery.pk, "knew the order"), recovery=recovery)
    journey.mailed()
    for hours in (49, 73):
        with clock.standing_at(timedelta(hours=hours)):
            sweeping.sweep()
    journey.post(visitor, journey.link(to=reach, part="recover/link"), password=journey.keep("password", THIRD))
    assert Person.objects.get(email="ada@example.org").check_password(THIRD)


def the_copy() -> str:
    """All that the customer's copy of their data holds, and the file as it lies in the storage."""
    export = DataExport.objects.get()
    assert export_building.build(export.pk)
    export.refresh_from_db()
    _export, pieces = exports.take(person=export.person, export_id=export.pk)
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive, default_storage.open(export.path) as sealed:
        inside = "\n".join(archive.read(name).decode("latin-1") for name in archive.namelist())
        return inside + str(sealed.read().decode("latin-1"))


@pytest.fixture
def journey(settings: Settings, tmp_path: Path) -> Journey:
    settings.SMS_ADAPTER, settings.SMS_FOLDER = "file", tmp_path / "sms"
    settings.FILES_FOLDER = tmp_path / "files"
    return Journey(settings.SMS_FOLDER)


def test_nothing_secret_stands_in_tables_files_or_logs(
    journey: Journey, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = signing_up(journey)
    second_steps(journey, browser)
    codes_by_mail_and_sms(journey, browser)
    journey.post(browser, "/account/privacy/copy/")
    resetting(journey)
    recovering(journey)
    journey.keep("token", invite_staff(actor=Actor.system(), email="sam@example.org", role=Role.AGENT)[-44:-1])
    journey.mailed()
    copy = the_copy()
    assert "ada@example.org" in copy
    assert found(journey.secrets, copy) == []
    kinds = {what.split()[0] for what in journey.secrets}
    assert kinds == {"password", "guess", "cookie", "token", "code", "seed", "recovery"}
    assert len(journey.secrets) > 30
    assert found_in_tables(journey.secrets) == []
    told = capfd.readouterr()
    assert found(journey.secrets, caplog.text + told.out + told.err) == []
    files = [file for file in tmp_path.rglob("*") if file.is_file() and file.suffix != ".sms"]
    assert [file for file in files if found(journey.secrets, file.read_bytes().decode("latin-1"))] == []


@pytest.mark.parametrize("value", ["seven quiet herons wade", "48151623", "kX7_b-ZZ9qpLm3vTn0aQ"])
@pytest.mark.parametrize("shape", ["{}", "a mail: {}.", '{{"x": "{}"}}'])
def test_the_search_itself_finds_what_stands_in_clear(value: str, shape: str) -> None:
    person = customer()
    Person.objects.filter(pk=person.pk).update(name=shape.format(value))
    assert found_in_tables({"planted": value}) == ["planted in accounts_person"]


@pytest.mark.parametrize("before", ["", "x", "xy"])
def test_the_search_reads_bytes_and_base_64(db: None, before: str) -> None:
    inner = f"{before}kX7_b-ZZ9qpLm3vTn0aQ and more".encode()
    assert found({"planted": "kX7_b-ZZ9qpLm3vTn0aQ"}, base64.b64encode(inner).decode()) == ["planted"]
    assert found({"planted": "kX7_b-ZZ9qpLm3vTn0aQ"}, inner.hex()) == ["planted"]
