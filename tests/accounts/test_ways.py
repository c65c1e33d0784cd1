"""The ways of the second step: choosing among them, turning each on and off, and what the last one protects."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as ours
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.factors import recovery_codes
from frontdesk.accounts.factors.ways import RESISTS, Way, ways_of
from frontdesk.accounts.models import KnownBrowser, Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services import second_factors
from frontdesk.accounts.services.passwords import change_password
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD, link_in
from tests.accounts.test_phone import newest_sms
from tests.people import customer, signed_in

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
Delivered = Callable[[], list[EmailMultiAlternatives]]
SECOND_STEP = "/account/2fa/authenticate/"
MAIL_ON, MAIL_OFF = "/account/2fa/codes/mail/on/", "/account/2fa/codes/mail/off/"
SYSTEM = Actor.system()


def first_step(email: str = "ada@example.org") -> Client:
    client = Client()
    response = client.post("/account/login/", {"login": email, "password": PASSWORD})
    assert response["Location"] == SECOND_STEP
    return client


def code_in(mails: list[EmailMultiAlternatives]) -> str:
    found = re.search(r"\b\d{4} \d{4}\b", str(mails[-1].body))
    assert found, mails[-1].body
    return found.group()


def test_a_mailed_code_is_turned_on_used_and_turned_off(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    assert "one factor" in client.get(MAIL_ON).content.decode(), "the page is honest before it is turned on"
    assert client.get(MAIL_ON).status_code == 200
    assert not Person.objects.get(pk=ada.pk).has_second_factor, "looking turns nothing on"
    assert client.post(MAIL_ON)["Location"] == "/account/2fa/recovery-codes/"
    assert client.post(MAIL_ON)["Location"] == "/account/security/", "again changes nothing"
    assert [mail.subject for mail in delivered()] == ["The second step is on"]
    assert "one factor" in client.get("/account/security/").content.decode()
    other = first_step()
    page = other.get(SECOND_STEP).content.decode()
    assert "a•••@example.org" in page
    assert "ada@example.org" not in page
    assert delivered() == [], "looking at the page sends nothing"
    assert other.post(SECOND_STEP, {"way": "mail", "send": "yes"})["Location"] == f"{SECOND_STEP}?way=mail"
    code = code_in(delivered())
    assert other.post(SECOND_STEP, {"way": "mail", "code": "0000 0000"}).status_code == 200
    thief = first_step()
    assert thief.post(SECOND_STEP, {"way": "mail", "code": code}).status_code == 200, "bound to the browser that asked"
    assert other.post(SECOND_STEP, {"way": "mail", "code": code})["Location"] == "/home/"
    assert other.get("/account/security/").status_code == 200
    assert [mail.subject for mail in delivered()] == ["Sign-in from another browser"]
    assert client.post(MAIL_OFF)["Location"] == "/account/security/"
    assert [mail.subject for mail in delivered()] == ["The second step is off"]
    assert recovery_codes.left(ada) == 0, "they went with the last way"
    assert client.post("/account/login/", {"login": ada.email, "password": PASSWORD})["Location"] == "/home/"
    kinds = [entry.data for entry in AuditEntry.objects.filter(person=ada.pk, action__startswith="second_factor.")]
    assert kinds == [{"kind": "mail"}, {"kind": "mail"}]


def test_codes_by_sms_need_a_confirmed_number(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    client.post("/account/2fa/codes/sms/on/")
    assert not Person.objects.get(pk=ada.pk).second_step_by_sms
    Person.objects.filter(pk=ada.pk).update(phone="+4915112345678", phone_confirmed_at=clock.now())
    assert "+49 1511 2345678" in client.get("/account/2fa/codes/sms/on/").content.decode()
    client.post("/account/2fa/codes/sms/on/")
    ada.refresh_from_db()
    assert ada.has_second_factor
    assert ways_of(ada) == [Way.SMS, Way.RECOVERY]
    page = first_step().get(SECOND_STEP).content.decode()
    assert "•••678" in page
    assert "+49151" not in page
    Person.objects.filter(pk=ada.pk).update(phone_confirmed_at=None)
    ada.refresh_from_db()
    assert not ada.has_second_factor, "a number that is not confirmed is none"


def test_the_page_offers_each_way_with_what_it_resists(ada: Person) -> None:
    secret = second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    client = first_step()
    page = client.get(SECOND_STEP).content.decode()
    assert "Type the code your authenticator shows" in page
    for way in (Way.MAIL, Way.RECOVERY):
        assert f"?way={way}" in page
        assert str(RESISTS[way]) in page
    assert "?way=sms" not in page, "only their own ways"
    assert "Send me a code" in client.get(f"{SECOND_STEP}?way=mail").content.decode()
    assert "Type the code your authenticator" in client.get(f"{SECOND_STEP}?way=sms").content.decode()
    assert client.post(SECOND_STEP, {"way": "sms", "send": "yes"}).status_code == 200, "sends nothing"
    assert client.post(SECOND_STEP, {"way": "totp", "code": pyotp.TOTP(secret).now()})["Location"] == "/home/"


def test_a_code_can_be_read_only_as_the_way_it_is_for(ada: Person, delivered: Delivered) -> None:
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    client = first_step()
    client.post(SECOND_STEP, {"way": "mail", "send": "yes"})
    code = code_in(delivered())
    assert client.post(SECOND_STEP, {"way": "totp", "code": code}).status_code == 200
    Person.objects.filter(pk=ada.pk).update(second_step_by_mail=False)
    assert client.post(SECOND_STEP, {"way": "mail", "code": code}).status_code == 200, "turned off meanwhile"
    assert client.get("/account/security/").status_code == 302


def test_the_last_way_stays_while_the_password_is_short(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    client.post(MAIL_ON)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password": "9 herons"})
    assert "15 characters" in client.get(MAIL_OFF).content.decode()
    refused = client.post(MAIL_OFF)
    assert refused.status_code == 409
    assert Person.objects.get(pk=ada.pk).has_second_factor
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    assert client.post(MAIL_OFF).status_code == 302, "no longer the last"
    assert client.post("/account/2fa/totp/deactivate/").status_code == 409


def test_recovery_codes_alone_are_no_second_step(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    assert client.post("/account/2fa/recovery-codes/new/").status_code == 409
    assert client.get("/account/2fa/recovery-codes/").status_code == 404
    recovery_codes.make(ada)
    assert ways_of(ada) == []
    assert not ada.has_second_factor


@pytest.mark.parametrize(
    "path",
    [
        MAIL_ON,
        MAIL_OFF,
        "/account/2fa/codes/sms/on/",
        "/account/2fa/totp/activate/",
        "/account/2fa/totp/deactivate/",
        "/account/2fa/passkeys/add/",
        "/account/2fa/recovery-codes/",
        "/account/2fa/recovery-codes/new/",
        "/account/2fa/recovery-codes/download/",
    ],
)
def test_every_change_takes_the_password_again_after_a_while(
    path: str, ada: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in()
    monkeypatch.setattr("frontdesk.accounts.adapter.FRESH_SECONDS", -1)
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code in (302, 405)
        assert "/reauthenticate/" in answer.get("Location", "/reauthenticate/")
    assert Client().get(path)["Location"].startswith("/account/login/")
    assert ways_of(ada) == [Way.AUTHENTICATOR]


def test_unknown_ways_are_not_found(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    for path in ("/account/2fa/codes/webauthn/on/", "/account/2fa/codes/pigeon/off/", "/account/2fa/passkeys/1/"):
        assert client.get(path).status_code == 404


def test_staff_with_a_strong_way_are_offered_no_weak_one(ada: Person) -> None:
    make_staff(actor=SYSTEM, person=ada, role=Role.AGENT)
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    assert ways_of(ada) == [Way.MAIL, Way.RECOVERY]
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    ada.refresh_from_db()
    assert ways_of(ada) == [Way.AUTHENTICATOR, Way.RECOVERY]


def test_a_mailed_code_does_not_open_the_back_office(ada: Person, delivered: Delivered) -> None:
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    client = first_step()
    client.post(SECOND_STEP, {"way": "mail", "send": "yes"})
    client.post(SECOND_STEP, {"way": "mail", "code": code_in(delivered())})
    make_staff(actor=SYSTEM, person=ada, role=Role.ADMINISTRATOR)
    assert client.get("/backoffice/")["Location"].startswith("/account/2fa/totp/activate/")
    secret = second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    assert client.get("/backoffice/")["Location"].startswith("/account/2fa/reauthenticate/")
    for path in ("/account/2fa/passkeys/add/", "/account/2fa/recovery-codes/new/", MAIL_OFF):
        assert client.post(path)["Location"].startswith("/account/2fa/reauthenticate/"), "not round the strong one"
    client.post("/account/2fa/reauthenticate/?next=/backoffice/", {"code": pyotp.TOTP(secret).now()})
    assert client.get("/backoffice/").status_code == 200


def test_strangers_factors_are_out_of_reach(ada: Person) -> None:
    bob = customer("bob@example.org", "Bob")
    theirs = Authenticator.objects.create(user=bob, type=Way.PASSKEY, data={"name": "key", "key": "", "sign_count": 0})
    client = Client()
    client.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    for path in (f"/account/2fa/passkeys/{theirs.pk}/", f"/account/2fa/passkeys/{theirs.pk}/remove/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "key"
    assert signed_in(bob).get("/account/security/").status_code == 200


def sign_in_again(client: Client) -> str:
    """Sign out and in again by the password, in the same browser; where that leads."""
    client.post("/account/logout/")
    return str(client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})["Location"])


def remembered(ada: Person) -> tuple[Client, str]:
    """A browser that skips the second step, and the authenticator's secret."""
    secret = second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    client = first_step()
    assert "30 days" in client.get(SECOND_STEP).content.decode()
    client.post(SECOND_STEP, {"code": pyotp.TOTP(secret).now(), "remember": "yes"})
    return client, secret


def test_a_remembered_browser_skips_the_second_step_for_thirty_days(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _secret = remembered(ada)
    assert sign_in_again(client) == "/home/"
    assert client.get("/account/security/").status_code == 200
    first_step()  # another browser is asked
    assert AuditEntry.objects.filter(person=ada.pk, action="browser.remembered").count() == 1
    now = clock.real_now()
    KnownBrowser.objects.update(remembered_until=now + timedelta(seconds=-1))
    assert sign_in_again(client) == SECOND_STEP
    KnownBrowser.objects.update(remembered_until=now + timedelta(days=1))
    client.cookies[ours.BROWSER_COOKIE_NAME] = "forged:value"
    assert sign_in_again(client) == SECOND_STEP


def test_nothing_is_remembered_unasked_or_after_a_wrong_code(ada: Person) -> None:
    secret = second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    client = first_step()
    client.post(SECOND_STEP, {"code": "000000", "remember": "yes"})
    client.post(SECOND_STEP, {"code": pyotp.TOTP(secret).now()})
    assert sign_in_again(client) == SECOND_STEP


def test_changes_to_the_account_end_what_was_remembered(ada: Person) -> None:
    client, _secret = remembered(ada)
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    assert sign_in_again(client) == SECOND_STEP
    KnownBrowser.objects.update(remembered_until=clock.real_now() + timedelta(days=1))
    second_factors.remove(actor=SYSTEM, person=ada, way=Way.MAIL)
    assert sign_in_again(client) == SECOND_STEP
    KnownBrowser.objects.update(remembered_until=clock.real_now() + timedelta(days=1))
    change_password(person=ada, password="eleven loud ganders march", except_session=None)
    assert not KnownBrowser.objects.exclude(remembered_until=None).exists()


def test_staff_are_never_remembered(ada: Person) -> None:
    client, secret = remembered(ada)
    make_staff(actor=SYSTEM, person=ada, role=Role.AGENT)
    assert sign_in_again(client) == SECOND_STEP
    assert "30 days" not in client.get(SECOND_STEP).content.decode()
    soon = pyotp.TOTP(secret).at(int(time.time()) + 30)
    KnownBrowser.objects.update(remembered_until=None)
    assert client.post(SECOND_STEP, {"code": soon, "remember": "yes"}).status_code == 302
    assert not KnownBrowser.objects.exclude(remembered_until=None).exists()


def test_a_remembered_browser_is_no_proof_for_the_back_office(ada: Person) -> None:
    client, _secret = remembered(ada)
    assert sign_in_again(client) == "/home/"
    make_staff(actor=SYSTEM, person=ada, role=Role.AGENT)
    assert client.get("/backoffice/")["Location"].startswith("/account/2fa/reauthenticate/")


def test_a_mailed_code_at_the_first_step_does_not_count_as_the_second(ada: Person, delivered: Delivered) -> None:
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    delivered()
    client = Client()
    client.post("/account/login/code/", {"email": ada.email})
    assert client.post("/account/login/code/enter/", {"code": code_in(delivered())})["Location"] == SECOND_STEP
    page = client.get(SECOND_STEP).content.decode()
    assert "?way=mail" not in page
    assert client.post(SECOND_STEP, {"way": "mail", "send": "yes"}).status_code == 200
    assert delivered() == []


def test_a_used_recovery_code_is_told_by_mail(ada: Person, delivered: Delivered) -> None:
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    code = recovery_codes.make(ada)[0]
    first_step().post(SECOND_STEP, {"way": "recovery_codes", "code": code})
    told = delivered()[-1]
    assert told.subject == "A recovery code was used"
    assert "9 are left" in str(told.body)
    assert "/account/secure/" in str(told.body)


def test_securing_the_account_removes_what_a_stranger_has_added(ada: Person, delivered: Delivered) -> None:
    second_factors.enrol_authenticator(actor=SYSTEM, person=ada)
    Authenticator.objects.update(created_at=clock.real_now() - timedelta(days=3))
    data = {"key": "", "sign_count": 0}
    second_factors.add_passkey(actor=SYSTEM, person=ada, name="not mine", data=data)
    link = link_in(delivered()[-1])
    Client().post(link)
    assert [row.type for row in Authenticator.objects.filter(user=ada)] == ["totp"]


def test_a_code_by_sms_signs_in(ada: Person, settings: Settings, tmp_path: Path) -> None:
    settings.SMS_ADAPTER, settings.SMS_FOLDER = "file", tmp_path
    Person.objects.filter(pk=ada.pk).update(phone="+491713920012", phone_confirmed_at=clock.now())
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.SMS)
    client = first_step()
    client.post(SECOND_STEP, {"way": "sms", "send": "yes"})
    code = newest_sms(tmp_path)["text"]
    assert client.post(f"{SECOND_STEP}?way=sms", {"code": code})["Location"] == "/home/"
    again = first_step()
    assert again.post(SECOND_STEP, {"way": "sms", "code": code}).status_code == 200, "used, and another browser's"


def test_a_mailed_code_is_enough_where_mail_is_the_only_second_step(ada: Person, delivered: Delivered) -> None:
    second_factors.turn_on(actor=SYSTEM, person=ada, way=Way.MAIL)
    delivered()
    client = Client()
    client.post("/account/login/code/", {"email": ada.email})
    assert client.post("/account/login/code/enter/", {"code": code_in(delivered())})["Location"] == "/home/"
