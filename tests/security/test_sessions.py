"""Sessions that a stranger has planted, stolen, or keeps after the owner changed what protects them."""

import re
from collections.abc import Callable

import pyotp
import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts.models import Person, Session
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.accounts.sessions import SessionStore, key_hash
from frontdesk.core.actors import Actor
from tests.people import PASSWORD, customer, signed_in

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
NEW = "eleven loud ganders march"
COOKIE = settings.SESSION_COOKIE_NAME


def thief(victim: Client) -> Client:
    """Another browser with the victim's session cookie and nothing else."""
    stolen = Client(headers={"user-agent": "thief"})
    stolen.cookies[COOKIE] = victim.cookies[COOKIE].value
    return stolen


def is_in(browser: Client) -> bool:
    return browser.get("/account/security/").status_code == 200


def test_a_planted_session_is_not_the_one_that_is_signed_in(ada: Person) -> None:
    planted = SessionStore()
    planted["planted"] = "by a stranger"
    planted.save()
    victim = Client()
    victim.cookies[COOKIE] = str(planted.session_key)
    answer = victim.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert is_in(victim)
    assert victim.cookies[COOKIE].value != planted.session_key
    stranger = Client()
    stranger.cookies[COOKIE] = str(planted.session_key)
    assert not is_in(stranger)
    assert not Session.objects.filter(pk=key_hash(str(planted.session_key))).exists()


def test_a_key_that_a_stranger_made_up_is_never_taken_over(ada: Person) -> None:
    victim = Client()
    victim.cookies[COOKIE] = "z" * 32
    victim.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert is_in(victim)
    assert victim.cookies[COOKIE].value != "z" * 32


def test_a_key_in_the_address_is_nothing(ada: Person) -> None:
    key = signed_in(ada).cookies[COOKIE].value
    assert Client().get("/account/security/", {COOKIE: key, "sessionid": key}).status_code == 302


def test_a_stolen_session_ends_when_the_password_changes(ada: Person) -> None:
    victim = Client()
    victim.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    stolen = thief(victim)
    assert is_in(stolen)
    changed = victim.post("/account/password/change/", {"oldpassword": PASSWORD, "password": NEW})
    assert changed.status_code == 302, changed.content.decode()
    assert is_in(victim)
    assert not is_in(stolen), "the owner's own session has another key by now"


def test_a_session_stolen_from_another_browser_ends_too(ada: Person) -> None:
    stolen = thief(signed_in(ada))
    owner = Client()
    owner.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    owner.post("/account/password/change/", {"oldpassword": PASSWORD, "password": NEW})
    assert not is_in(stolen)


def test_a_stolen_session_ends_with_a_reset(ada: Person, delivered: Delivered) -> None:
    stolen = thief(signed_in(ada))
    Client().post("/account/password/reset/", {"email": ada.email})
    (mail,) = delivered()
    link = re.search(r"/account/password/reset/\S+", str(mail.body))
    assert link
    assert Client().post(link.group(), {"password": NEW}).status_code == 302
    assert not is_in(stolen)


def test_a_stolen_session_ends_when_its_owner_signs_out(ada: Person) -> None:
    victim = signed_in(ada)
    stolen = thief(victim)
    victim.post("/account/logout/")
    assert not is_in(stolen)


def test_a_stolen_session_alone_changes_nothing_that_protects_the_account(ada: Person, delivered: Delivered) -> None:
    victim = signed_in(ada)
    stolen = thief(victim)
    before = Person.objects.filter(pk=ada.pk).values("password", "email", "phone").get()
    attempts = [
        ("/account/password/change/", {"oldpassword": "a guess", "password": NEW}),
        ("/account/email/", {"email": "thief@example.org", "action_add": ""}),
        ("/account/phone/", {"phone": "+4915112345678", "number": "+4915112345678"}),
        ("/account/2fa/totp/activate/", {"code": "123456"}),
        ("/account/2fa/recovery-codes/new/", {}),
    ]
    for path, fields in attempts:
        assert stolen.post(path, fields).status_code in {200, 302, 404, 422, 429}, path
    assert Person.objects.filter(pk=ada.pk).values("password", "email", "phone").get() == before
    assert not Person.objects.get(pk=ada.pk).has_second_factor
    assert [mail.to for mail in delivered() if mail.to == ["thief@example.org"]] == []


def test_a_half_finished_sign_in_is_worth_nothing_after_the_password_changed(ada: Person) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    half = Client()
    half.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert not is_in(half), "the second step is missing"
    ada.refresh_from_db()
    ada.set_password(NEW)
    ada.save()
    half.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert not is_in(half)


def test_a_session_of_somebody_deactivated_is_nothing(ada: Person) -> None:
    browser = signed_in(ada)
    Person.objects.filter(pk=ada.pk).update(is_active=False)
    assert not is_in(browser)


def test_two_people_in_one_browser_do_not_mix(ada: Person) -> None:
    browser = signed_in(ada)
    first = browser.cookies[COOKIE].value
    browser.post("/account/logout/")
    bob = customer("bob@example.org", "Bob")
    browser.post("/account/login/", {"login": bob.email, "password": PASSWORD})
    page = browser.get("/account/security/").content.decode()
    assert "ada@example.org" not in page
    assert browser.cookies[COOKIE].value != first
