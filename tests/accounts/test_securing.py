"""The link in "was this you?" mails."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts import codes
from frontdesk.accounts.factors import recovery_codes
from frontdesk.accounts.models import KnownBrowser, Person, SecuringLink, Session
from frontdesk.accounts.services import securing
from frontdesk.accounts.services.notices import was_this_you
from frontdesk.accounts.services.second_factors import enrol_authenticator, make_recovery_codes
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD, link_in
from tests.people import signed_in

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
SignIn = Callable[..., Client]
NEW = "eleven loud ganders march"


@pytest.fixture
def link(ada: Person, delivered: Delivered) -> str:
    was_this_you(person=ada, cause="person.password_changed", template="accounts/password_changed")
    (mail,) = delivered()
    return link_in(mail)


def test_the_link_acts_only_by_its_button(ada: Person, link: str, sign_in: SignIn) -> None:
    client = sign_in()
    page = Client().get(link)
    assert page.status_code == 200
    assert "Secure my account" in page.content.decode()
    ada.refresh_from_db()
    assert not ada.must_reset_password
    assert client.get("/account/security/").status_code == 200


def test_securing_shuts_everybody_out(ada: Person, link: str, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    KnownBrowser.objects.get_or_create(
        person=ada, token_hash="x", defaults={"created_at": clock.real_now(), "last_used_at": clock.real_now()}
    )
    delivered()
    page = Client().post(link)
    assert "Your account is secured" in page.content.decode()
    assert client.get("/account/security/").status_code == 302
    assert not Session.objects.filter(person=ada).exists()
    assert not KnownBrowser.objects.filter(person=ada).exists()
    ada.refresh_from_db()
    assert ada.must_reset_password
    assert ada.is_frozen(clock.now() + timedelta(hours=71))
    assert not ada.is_frozen(clock.now() + timedelta(hours=73))
    (mail,) = delivered()
    assert mail.subject == "Your account is secured"
    assert Client().get(link_in(mail)).status_code == 200, "the way back in: a new password"
    entry = AuditEntry.objects.get(action="person.secured")
    assert entry.person == ada.pk
    assert entry.data == {"cause": "person.password_changed"}


def test_the_right_password_then_leads_to_the_mailbox(
    ada: Person, link: str, browser: Client, sign_in: SignIn, delivered: Delivered
) -> None:
    Client().post(link)
    delivered()
    answer = browser.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert answer["Location"] == "/account/password/required/"
    assert browser.get("/account/password/required/").status_code == 200
    assert browser.get("/account/security/").status_code == 302
    (mail,) = delivered()
    assert browser.post(link_in(mail), {"password": NEW}).status_code == 302
    ada.refresh_from_db()
    assert not ada.must_reset_password
    assert sign_in(password=NEW).get("/account/security/").status_code == 200


def test_a_sign_in_that_was_half_done_is_not_completed(ada: Person, link: str, browser: Client) -> None:
    """Whoever has given the password and is asked for the second step must not slip in afterwards."""

    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    Authenticator.objects.update(created_at=clock.real_now() - timedelta(hours=1))  # theirs since before the mail
    browser.post("/account/login/", {"login": ada.email, "password": PASSWORD})
    Client().post(link)
    answer = browser.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert answer["Location"] == "/account/password/required/"
    assert browser.get("/account/security/").status_code == 302


def test_opened_twice_is_harmless(ada: Person, link: str, sign_in: SignIn, delivered: Delivered) -> None:
    Client().post(link)
    ada.refresh_from_db()
    ada.set_password(NEW)
    ada.must_reset_password = False
    ada.save()
    client = sign_in(password=NEW)
    delivered()
    assert "Your account is secured" in Client().get(link).content.decode()
    assert "Your account is secured" in Client().post(link).content.decode()
    assert client.get("/account/security/").status_code == 200
    assert delivered() == []
    assert AuditEntry.objects.filter(action="person.secured").count() == 1


def test_a_strangers_token_is_not_found_and_an_old_one_explains_itself(ada: Person, link: str) -> None:
    assert Client().get("/account/secure/nonsense/").status_code == 404
    assert Client().post("/account/secure/nonsense/").status_code == 404
    SecuringLink.objects.update(expires_at=clock.real_now())
    for answer in (Client().get(link), Client().post(link)):
        assert answer.status_code == 410
        assert "seven days" in answer.content.decode()
    ada.refresh_from_db()
    assert not ada.must_reset_password


def test_the_token_lies_nowhere_in_clear(ada: Person, link: str) -> None:
    token = link.split("/")[-2]
    assert token not in str(SecuringLink.objects.values())
    assert ada.messages.filter(text__contains=token).count() == 0


def test_the_form_takes_a_token_of_the_page(ada: Person, link: str) -> None:
    assert Client(enforce_csrf_checks=True).post(link).status_code == 403
    ada.refresh_from_db()
    assert not ada.must_reset_password


def test_a_session_that_slipped_in_meanwhile_counts_for_nothing(ada: Person, link: str) -> None:
    """As when a sign-in is completed at the very moment that somebody presses the button."""
    Client().post(link)
    client = signed_in(ada)
    assert client.get("/account/security/").status_code == 302


def test_pages_say_that_the_account_is_protected(ada: Person, link: str, sign_in: SignIn) -> None:
    Client().post(link)
    Person.objects.update(must_reset_password=False)
    client = sign_in()
    assert "Your account is protected" in client.get("/account/profile/").content.decode()
    clock.travel(timedelta(hours=73))
    assert "Your account is protected" not in client.get("/account/profile/").content.decode()


def test_old_links_are_deleted_a_month_later(ada: Person, link: str) -> None:
    assert securing.forget_old() == 0
    SecuringLink.objects.update(expires_at=clock.real_now() - timedelta(days=31))
    assert securing.forget_old() == 1


def test_a_mailed_code_leads_to_the_reset_too(ada: Person, link: str, browser: Client, delivered: Delivered) -> None:
    browser.post("/account/login/code/", {"email": ada.email})
    (mail,) = delivered()
    Client().post(link)
    delivered()
    browser.post("/account/login/code/enter/", {"code": codes.read(str(mail.body))})
    assert browser.get("/account/security/").status_code == 302


def test_a_number_and_a_second_step_added_since_are_removed_and_older_ones_stay(ada: Person, link: str) -> None:
    enrol_authenticator(actor=Actor.customer(ada.pk), person=ada)
    Person.objects.filter(pk=ada.pk).update(
        phone="+4915100000000", phone_confirmed_at=clock.real_now(), second_step_by_sms=True
    )
    long_ago = clock.real_now() - timedelta(days=4)
    SecuringLink.objects.update(created_at=long_ago)
    kept = Authenticator.objects.create(user=ada, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    Authenticator.objects.filter(pk=kept.pk).update(created_at=long_ago)
    Client().post(link)
    ada.refresh_from_db()
    assert (ada.phone, ada.phone_confirmed_at, ada.second_step_by_sms) == ("", None, False)
    assert list(Authenticator.objects.filter(user=ada)) == [kept]


def test_recovery_codes_made_since_are_removed_too(ada: Person, delivered: Delivered) -> None:
    """Whoever sat in the owner's browser and made new ones must not keep a second step for later."""
    actor = Actor.customer(ada.pk)
    enrol_authenticator(actor=actor, person=ada)
    recovery_codes.make(ada)
    Authenticator.objects.update(created_at=clock.real_now() - timedelta(days=100))
    make_recovery_codes(actor=actor, person=ada)
    (mail,) = delivered()
    Client().post(link_in(mail))
    assert list(Authenticator.objects.filter(user=ada).values_list("type", flat=True)) == ["totp"]
