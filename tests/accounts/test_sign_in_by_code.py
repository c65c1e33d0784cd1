"""Signing in with a mailed code: known and unknown addresses alike, with the second step, under a new session key."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from frontdesk.accounts import codes, guard
from frontdesk.accounts.models import OneTimeCode, Person, Session
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from tests.support.queries import statements

SignIn = Callable[..., Client]
Delivered = Callable[[], list[EmailMultiAlternatives]]
ASK, ENTER, AGAIN = "/account/login/code/", "/account/login/code/enter/", "/account/login/code/again/"


def asked(delivered: Delivered, email: str = "ada@example.org") -> tuple[Client, str]:
    """A browser that has asked, and the code in the mail."""
    client = Client()
    assert client.post(ASK, {"email": email})["Location"] == ENTER
    return client, codes.read(str(delivered()[-1].body))


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


@pytest.mark.django_db
def test_in_by_a_mailed_code(ada: Person, delivered: Delivered) -> None:
    client, typed = asked(delivered, " ADA@example.org ")
    before = client.cookies["session"].value
    page = client.get(ENTER).content.decode()
    assert "ada@example.org" in page
    assert 'autocomplete="one-time-code"' in page
    response = client.post(ENTER, {"code": f"{typed[:4]} {typed[4:]}"})
    assert response["Location"] == "/home/"
    assert client.cookies["session"].value != before
    assert client.get("/account/security/").status_code == 200
    assert Session.objects.get().person == ada
    old = Client()
    old.cookies["session"] = before
    assert old.get("/account/security/").status_code == 302


@pytest.mark.django_db
def test_the_code_is_written_in_groups_and_kept_out_of_the_messages(ada: Person, delivered: Delivered) -> None:
    Client().post(ASK, {"email": "ada@example.org"})
    (message,) = delivered()
    typed = codes.read(str(message.body))
    assert f"{typed[:4]} {typed[4:]}" in str(message.body)
    assert typed[:4] not in str(message.subject)
    assert typed[:4] not in ada.messages.get().text


@pytest.mark.django_db
def test_known_unknown_and_closed_accounts_cost_the_same(ada: Person) -> None:
    costs = []
    for active, email in ((True, "ada@example.org"), (True, "eve@example.org"), (False, "ada@example.org")):
        Person.objects.update(is_active=active)
        client = Client()
        client.get(ASK)
        steps: list[object] = []
        for path, fields in ((ASK, {"email": email}), (ENTER, {"code": "1234 5678"}), (AGAIN, {})):
            OneTimeCode.objects.update(created_at=timezone.now() - timedelta(minutes=1))
            with CaptureQueriesContext(connection) as queries:
                response = client.post(path, fields)
            ours = statements(queries)
            steps += [len(ours), response.status_code, response.headers.get("Location"), outbox.deliver_due()]
            steps.append(response.content.decode().replace(email, "").count("<"))
        costs.append([*steps, len(mail.outbox)])
        mail.outbox.clear()
    assert costs[0] == costs[1] == costs[2]
    assert OneTimeCode.objects.filter(guesses=1).count() == 3


@pytest.mark.django_db
def test_the_second_step_follows(ada: Person, delivered: Delivered) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    client, typed = asked(delivered)
    response = client.post(ENTER, {"code": typed})
    assert response["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/account/security/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert client.get("/account/security/").status_code == 200


@pytest.mark.django_db
def test_a_code_is_worth_nothing_in_another_browser(ada: Person, delivered: Delivered) -> None:
    _client, typed = asked(delivered)
    stranger = Client()
    assert stranger.post(ENTER, {"code": typed})["Location"] == ASK
    stranger.post(ASK, {"email": "ada@example.org"})
    assert stranger.post(ENTER, {"code": typed}).status_code == 200
    assert stranger.get("/account/security/").status_code == 302


@pytest.mark.django_db
def test_wrong_and_worn_out_codes_are_explained(ada: Person, delivered: Delivered) -> None:
    client, typed = asked(delivered)
    assert "eight digits" in client.post(ENTER, {"code": "12"}).content.decode()
    for _ in range(codes.GUESSES):
        assert "is not the code" in client.post(ENTER, {"code": other_than(typed)}).content.decode()
    assert "no longer works" in client.post(ENTER, {"code": typed}).content.decode()
    assert client.get("/account/security/").status_code == 302


@pytest.mark.django_db
def test_another_code_after_half_a_minute(ada: Person, delivered: Delivered) -> None:
    client, _old = asked(delivered)
    page = client.get(ENTER).content.decode()
    assert re.search(r'data-wait="(?:[12]\d|30)"', page)
    assert "only just left" in client.post(AGAIN, follow=True).content.decode()
    assert delivered() == []
    OneTimeCode.objects.update(created_at=timezone.now() - codes.RESEND_AFTER, guesses=codes.GUESSES)
    assert "on its way" in client.post(AGAIN, follow=True).content.decode()
    typed = codes.read(str(delivered()[-1].body))
    assert client.post(ENTER, {"code": typed})["Location"] == "/home/"


@pytest.mark.django_db
def test_a_used_code_cannot_be_sent_again(ada: Person, delivered: Delivered) -> None:
    client, typed = asked(delivered)
    client.post(ENTER, {"code": typed})
    client.post("/account/logout/")
    assert client.post(AGAIN)["Location"] == ASK
    assert client.post(ENTER, {"code": typed})["Location"] == ASK


@pytest.mark.django_db
def test_too_many_codes_for_one_address(ada: Person) -> None:
    for email in ("ada@example.org", "eve@example.org"):
        for _ in range(5):
            assert Client().post(ASK, {"email": email}).status_code == 302
        refused = Client().post(ASK, {"email": email})
        assert refused.status_code == 429
        assert "minute" in refused.content.decode()


@pytest.mark.django_db
def test_where_to_afterwards(ada: Person, delivered: Delivered) -> None:
    client = Client()
    response = client.post(ASK, {"email": "ada@example.org", "next": "/messages/"})
    assert response["Location"] == f"{ENTER}?next=%2Fmessages%2F"
    typed = codes.read(str(delivered()[-1].body))
    assert client.post(response["Location"], {"code": typed})["Location"] == "/messages/"
    assert client.get(ASK)["Location"] == "/home/"
    evil = Client()
    assert evil.post(ASK, {"email": "ada@example.org", "next": "https://evil.example/"})["Location"] == ENTER


@pytest.mark.django_db
def test_an_unconfirmed_accounts_password_is_replaced_first(ada: Person, delivered: Delivered) -> None:
    """Else somebody could sign up with another's address and wait until its owner signs in by code."""
    EmailAddress.objects.update(verified=False)
    client, typed = asked(delivered)
    response = client.post(ENTER, {"code": typed})
    assert response["Location"].startswith("/account/password/reset/")
    assert client.get("/account/security/").status_code == 302
    client.post(response["Location"], {"password": "eight loud herons wade"})
    ada.refresh_from_db()
    assert ada.check_password("eight loud herons wade")
    assert EmailAddress.objects.get().verified


@pytest.mark.django_db
def test_into_a_secured_account_leads_only_a_new_password(ada: Person, delivered: Delivered) -> None:
    Person.objects.update(must_reset_password=True)
    client, typed = asked(delivered)
    assert client.post(ENTER, {"code": typed})["Location"].startswith("/account/password/reset/")
    assert client.get("/account/security/").status_code == 302


@pytest.mark.django_db
def test_the_mail_speaks_the_persons_language(ada: Person, delivered: Delivered) -> None:
    Person.objects.update(language="de")
    Client().post(ASK, {"email": "ada@example.org"})
    assert delivered()[-1].subject == "Ihr Code zum Anmelden"


@pytest.mark.django_db
def test_the_pages_need_a_token(ada: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    for path in (ASK, AGAIN):
        assert strict.post(path, {"email": "ada@example.org"}).status_code == 403
    assert not OneTimeCode.objects.exists()


@pytest.mark.django_db
def test_strangers_cannot_use_up_the_owners_way_in(ada: Person, delivered: Delivered, sign_in: SignIn) -> None:
    """Strangers ask for codes and guess at them until they are refused; the owner's known browser sees none of it."""
    owner = sign_in()
    owner.post("/account/logout/")
    for at in range(6):
        stranger = Client(REMOTE_ADDR=f"198.51.{at}.7")
        stranger.post(ASK, {"email": "ada@example.org"})
        for guess in range(7):
            stranger.post(ENTER, {"code": f"0000000{guess}"})
    assert Client().post(ASK, {"email": "ada@example.org"}).status_code == 429
    assert sum(OneTimeCode.objects.values_list("guesses", flat=True)) == guard.CAPS[0][0]
    delivered()
    assert owner.post(ASK, {"email": "ada@example.org"}).status_code == 302
    typed = codes.read(str(delivered()[-1].body))
    assert owner.post(ENTER, {"code": typed})["Location"] == "/home/"
