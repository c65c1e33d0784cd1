"""Becoming staff by a one-time link."""

from datetime import timedelta
from urllib.parse import quote

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from frontdesk.accounts.models import Person, StaffInvitation
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import invite_staff
from frontdesk.core.actors import Actor
from tests.people import customer, signed_in

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Mina", "password": "eleven loud ganders march"}


def invited(email: str = "mina@example.org") -> str:
    url = invite_staff(actor=Actor.system("init"), email=email, role=Role.ADMINISTRATOR)
    return "/" + url.split("/", 3)[3]


def test_the_first_administrator_comes_in_by_a_link_and_sets_up_an_authenticator() -> None:
    link, client = invited(), Client()
    page = client.get(link)
    assert page.status_code == 200
    assert "mina@example.org" in page.content.decode()
    response = client.post(link, FIELDS)
    assert response["Location"] == "/account/2fa/totp/activate/?next=/backoffice/"
    secret = client.get(response["Location"]).context["form"].secret
    done = client.post(response["Location"], {"code": pyotp.TOTP(secret).now(), "next": "/backoffice/"})
    assert done["Location"] == "/account/2fa/recovery-codes/?next=%2Fbackoffice%2F"
    assert client.get(done["Location"]).status_code == 200
    mina = Person.objects.get(email="mina@example.org")
    assert mina.has_role(Role.ADMINISTRATOR)
    assert mina.check_password(FIELDS["password"])


def test_a_link_works_once_and_not_for_long() -> None:
    link = invited()
    token = link.rstrip("/").rsplit("/", 1)[1]
    assert token not in str(StaffInvitation.objects.values())
    assert Client().post(link, FIELDS).status_code == 302
    assert Client().get(link).status_code == 410
    assert Client().post(link, FIELDS).status_code == 410
    late = invited("late@example.org")
    StaffInvitation.objects.update(expires_at=timezone.now())
    assert Client().get(late).status_code == 410
    assert Client().get("/account/invitation/guess/").status_code == 410


def test_only_the_newest_link_to_somebody_works_and_none_once_they_are_in() -> None:
    first, other, second = invited(), invited("otto@example.org"), invited("Mina@example.org")
    assert Client().post(first, FIELDS).status_code == 410
    StaffInvitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert Client().post(second, FIELDS).status_code == 302
    assert Client().post(first, FIELDS | {"password": "another goose marches off"}).status_code == 410
    assert Person.objects.get(email="mina@example.org").check_password(FIELDS["password"])
    assert Client().get(other).status_code == 200


def test_opening_a_link_changes_nothing() -> None:
    Client().get(invited())
    assert not Person.objects.exists()
    assert StaffInvitation.objects.get().used_at is None


def test_a_link_opens_nobodys_account_to_whoever_holds_it(ada: Person) -> None:
    link, before = invited(ada.email), ada.password
    for stranger in (Client(), signed_in(customer("eve@example.org"))):
        assert stranger.post(link, FIELDS).status_code in {200, 302}
        assert stranger.session.get("_auth_user_id") != str(ada.pk)
        ada.refresh_from_db()
        assert (ada.password, ada.role) == (before, "")
    answer = Client().get(link)
    assert answer["Location"] == f"/account/login/?next={quote(link, safe='')}&email=ada%40example.org"


def test_a_customer_joins_with_the_account_they_have(ada: Person) -> None:
    link, browser, before = invited(ada.email), signed_in(ada), ada.password
    assert "Join the team" in browser.get(link).content.decode()
    assert browser.post(link)["Location"] == "/backoffice/"
    ada.refresh_from_db()
    assert ada.has_role(Role.ADMINISTRATOR)
    assert ada.password == before
    assert browser.get(link).status_code == 410
    assert browser.get("/backoffice/")["Location"].startswith("/account/2fa/totp/activate/")


def test_an_account_that_was_never_confirmed_is_nobodys_yet() -> None:
    Client().post("/account/signup/", {"email": "mina@example.org", "password": "some stranger chose this"})
    assert Client().post(invited(), FIELDS).status_code == 302
    assert Person.objects.get(email="mina@example.org").check_password(FIELDS["password"])
