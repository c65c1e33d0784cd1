"""The phone number: read as people write it, confirmed by SMS, changed and removed after showing who one is."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from frontdesk.accounts import codes
from frontdesk.accounts.models import Channel, OneTimeCode, Person, Purpose, Session
from frontdesk.accounts.sms import numbers
from frontdesk.core import audit, outbox
from frontdesk.core.models import AuditEntry
from tests.accounts.test_codes import a_request
from tests.people import PASSWORD, customer

SignIn = Callable[..., Client]
Delivered = Callable[[], list[EmailMultiAlternatives]]
PHONE, CONFIRM, AGAIN, REMOVE = (f"/account/phone/{page}" for page in ("", "confirm/", "again/", "remove/"))
NUMBER = "+491713920012"


@pytest.fixture(autouse=True)
def sms_folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the demo's SMS land."""
    folder = tmp_path / "sms"
    settings.SMS_FOLDER = folder
    return folder


def newest_sms(folder: Path) -> dict[str, str]:
    """The SMS that left last."""
    outbox.deliver_due()
    files = sorted(folder.glob("*.sms"), key=lambda file: file.stat().st_mtime_ns)
    sent: dict[str, str] = json.loads(files[-1].read_text())
    return sent


def with_phone(person: Person) -> Person:
    person.phone, person.phone_confirmed_at = NUMBER, timezone.now()
    person.save()
    return person


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+49 171 3920012", "", NUMBER),
        ("0049 171/39 200 12", "DE", NUMBER),
        ("(0171) 3920012", "DE", NUMBER),
        ("０１７１ 3920012", "DE", NUMBER),
        ("+49 171 3920012", "US", NUMBER),
        ("201-555-0123", "US", "+12015550123"),
        ("312 345 6789", "IT", "+393123456789"),
    ],
)
def test_numbers_as_people_write_them(typed: str, country: str, kept: str) -> None:
    assert numbers.normalise(typed, country) == kept


@pytest.mark.parametrize("typed", ["", "0171 3920012", "12", "+49 171", "not a number", "+999 123456", "+" * 60])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(numbers.NumberUnreadable):
        numbers.normalise(typed)


@pytest.mark.parametrize("typed", ["+49 30 23125123", "+49 900 1234567", "+49 800 1234567"])
def test_landlines_and_paid_numbers_take_no_sms(typed: str) -> None:
    with pytest.raises(numbers.NumberUnreached):
        numbers.normalise(typed)


def test_only_served_countries(settings: Settings) -> None:
    settings.SMS_COUNTRIES = ["AT", "DE"]
    assert [code for code, _name in numbers.countries()] == ["AT", "DE"]
    assert numbers.normalise("+491713920012") == NUMBER
    with pytest.raises(numbers.NumberUnreached):
        numbers.normalise("+12015550123")


def test_numbers_as_people_read_them() -> None:
    assert numbers.shown(NUMBER) == "+49 171 3920012"
    assert numbers.masked(NUMBER) == "+49 ••• ••12"
    assert numbers.likely_country("de-AT") == "AT"
    assert numbers.likely_country("en") == ""


@pytest.mark.django_db
def test_a_number_counts_once_it_is_confirmed(
    ada: Person, sign_in: SignIn, delivered: Delivered, sms_folder: Path
) -> None:
    client = sign_in()
    delivered()
    assert client.post(PHONE, {"number": "0171 3920012", "country": "DE"})["Location"] == CONFIRM
    ada.refresh_from_db()
    assert ada.phone == ""
    sent = newest_sms(sms_folder)
    assert sent["to"] == NUMBER
    assert "+49 171 3920012" in client.get(CONFIRM).content.decode()
    assert client.post(CONFIRM, {"code": sent["text"]})["Location"] == "/account/security/"
    ada.refresh_from_db()
    assert ada.phone == NUMBER
    assert ada.phone_confirmed_at is not None
    (mail,) = delivered()
    assert "+49 ••• ••12" in str(mail.body)
    entry = AuditEntry.objects.get(action="person.phone_changed")
    assert entry.data == {"kind": "added"}
    assert audit.personal_values(entry) == {"before": "", "after": NUMBER}
    assert NUMBER not in json.dumps(entry.data)
    assert "+49 171 3920012" in client.get(PHONE).content.decode()


@pytest.mark.django_db
def test_another_number_replaces_it_only_when_confirmed(ada: Person, sign_in: SignIn, sms_folder: Path) -> None:
    with_phone(ada)
    client = sign_in()
    client.post(PHONE, {"number": "+12015550123"})
    ada.refresh_from_db()
    assert ada.phone == NUMBER
    client.post(CONFIRM, {"code": codes.read(newest_sms(sms_folder)["text"])})
    ada.refresh_from_db()
    assert ada.phone == "+12015550123"
    assert AuditEntry.objects.get(action="person.phone_changed").data == {"kind": "changed"}


@pytest.mark.django_db
def test_removing(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    with_phone(ada)
    client = sign_in()
    delivered()
    assert client.get(REMOVE).status_code == 200
    ada.refresh_from_db()
    assert ada.phone == NUMBER, "a look changes nothing"
    client.post(REMOVE)
    ada.refresh_from_db()
    assert (ada.phone, ada.phone_confirmed_at) == ("", None)
    assert len(delivered()) == 1
    client.post(REMOVE)
    assert AuditEntry.objects.filter(action="person.phone_removed").count() == 1


@pytest.mark.django_db
def test_a_number_in_use_stays(ada: Person, sign_in: SignIn) -> None:
    with_phone(ada)
    client = sign_in()
    Person.objects.update(second_step_by_sms=True)
    assert "second step uses this phone" in client.post(REMOVE, follow=True).content.decode()
    ada.refresh_from_db()
    assert ada.phone == NUMBER


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PHONE, REMOVE])
def test_who_has_not_shown_lately_who_they_are_is_asked(
    ada: Person, sign_in: SignIn, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_phone(ada)
    client = sign_in()
    monkeypatch.setattr("frontdesk.accounts.adapter.FRESH_SECONDS", -1)
    assert client.get(path)["Location"].startswith("/account/reauthenticate/")
    asked = client.post(path, {"number": "+12015550123"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    ada.refresh_from_db()
    assert ada.phone == NUMBER
    assert not OneTimeCode.objects.exists()
    done = client.post(asked["Location"], {"password": PASSWORD})
    assert done.status_code == 302


@pytest.mark.django_db
def test_a_code_confirms_in_its_own_account_only(ada: Person, sign_in: SignIn, sms_folder: Path) -> None:
    client = sign_in()
    client.post(PHONE, {"number": NUMBER})
    typed = codes.read(newest_sms(sms_folder)["text"])
    eve = customer("eve@example.org", "Eve")
    stranger = sign_in("eve@example.org")
    assert stranger.post(CONFIRM, {"code": typed})["Location"] == PHONE
    assert stranger.post(AGAIN)["Location"] == PHONE
    stranger.post(PHONE, {"number": NUMBER})
    assert stranger.post(CONFIRM, {"code": typed}).status_code == 200
    eve.refresh_from_db()
    assert eve.phone == ""


@pytest.mark.django_db
def test_a_stranger_who_types_the_number_leaves_its_owner_their_codes(
    ada: Person, sign_in: SignIn, settings: Settings
) -> None:
    """Whatever a stranger sends to confirm the number, the owner's second step still gets its code."""
    with_phone(ada)
    customer("eve@example.org", "Eve")
    stranger = sign_in("eve@example.org")
    for _ in range(settings.SMS_PER_NUMBER):
        OneTimeCode.objects.update(created_at=timezone.now() - timedelta(minutes=1))
        last = stranger.post(PHONE, {"number": NUMBER})
    assert last.status_code == 429
    assert codes.send(a_request(), person=ada, purpose=Purpose.SECOND_STEP, channel=Channel.SMS)


@pytest.mark.django_db
def test_bad_numbers_and_spent_budgets_are_explained(ada: Person, sign_in: SignIn, settings: Settings) -> None:
    client = sign_in()
    assert "cannot read" in client.post(PHONE, {"number": "12"}).content.decode()
    assert "mobile number" in client.post(PHONE, {"number": "+493023125123"}).content.decode()
    settings.SMS_PER_DAY = 1
    client.post(PHONE, {"number": NUMBER})
    refused = client.post(PHONE, {"number": "+12015550123"})
    assert refused.status_code == 429
    assert "used up" in refused.content.decode()


@pytest.mark.django_db
def test_without_sms_there_is_no_such_page(ada: Person, sign_in: SignIn, settings: Settings) -> None:
    settings.SMS_ADAPTER = "off"
    client = sign_in()
    for path in (PHONE, CONFIRM):
        assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in(browser: Client) -> None:
    for path in (PHONE, CONFIRM, REMOVE):
        assert browser.get(path)["Location"].startswith("/account/login/")
    assert not Session.objects.exclude(person=None).exists()


@pytest.mark.django_db
def test_the_demos_mailbox_shows_sms(ada: Person, sign_in: SignIn, sms_folder: Path) -> None:
    client = sign_in()
    client.post(PHONE, {"number": NUMBER})
    typed = codes.read(newest_sms(sms_folder)["text"])
    (file,) = sms_folder.glob("*.sms")
    assert file.stat().st_mode & 0o777 == 0o600
    page = client.get("/demo/mailbox/").content.decode()
    assert NUMBER in page
    assert file.name in page
    assert codes.grouped(typed) in client.get(f"/demo/mailbox/{file.name}/").content.decode()
    assert client.get("/demo/mailbox/none.sms/").status_code == 404
