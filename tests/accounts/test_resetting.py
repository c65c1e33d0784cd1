"""Forgotten and changed passwords."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core import mail as post
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.models import Person, Session
from frontdesk.accounts.services import passwords
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.accounts.sessions import key_hash
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry, OutboxMessage
from tests.accounts.conftest import PASSWORD, link_in
from tests.support.queries import statements
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
SignIn = Callable[..., Client]
NEW = "eleven loud ganders march"


def ask(browser: Client, email: str = "ada@example.org") -> None:
    response = browser.post("/account/password/reset/", {"email": email})
    assert response["Location"] == "/account/password/reset/asked/"
    assert browser.get(response["Location"]).status_code == 200


def test_a_mailed_link_sets_a_new_password_and_a_mail_tells(
    browser: Client, ada: Person, delivered: Delivered, sign_in: SignIn
) -> None:
    stolen = sign_in()
    ask(browser, " Ada@Example.ORG ")
    (mail,) = delivered()
    link = link_in(mail)
    assert browser.get(link).status_code == 200
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert browser.post(link, {"password": NEW})["Location"] == "/account/password/reset/done/"
    assert browser.get("/account/password/reset/done/").status_code == 200
    ada.refresh_from_db()
    assert ada.check_password(NEW)
    (told,) = delivered()
    assert told.subject == "Your password was changed"
    assert stolen.get("/account/security/").status_code == 302
    assert browser.get("/account/security/").status_code == 302, "a reset signs nobody in"
    assert AuditEntry.objects.filter(action="person.password_reset", person=ada.pk).count() == 1


def test_a_link_is_dead_after_a_change(browser: Client, ada: Person, delivered: Delivered) -> None:
    ask(browser)
    (mail,) = delivered()
    assert browser.post(link_in(mail), {"password": NEW}).status_code == 302
    assert browser.get(link_in(mail)).status_code == 410
    assert browser.post(link_in(mail), {"password": "yet another long one"}).status_code == 410


def test_a_link_is_dead_after_a_sign_in(browser: Client, ada: Person, delivered: Delivered, sign_in: SignIn) -> None:
    ask(browser)
    (mail,) = delivered()
    sign_in()
    assert browser.get(link_in(mail)).status_code == 410


@pytest.mark.parametrize("broken", ["x", "00-0", "zz" * 16 + "-abc-def", "0" * 32 + "-abc-def"])
def test_a_broken_link_explains_itself(browser: Client, db: None, broken: str) -> None:
    response = browser.get(f"/account/password/reset/{broken}/")
    assert response.status_code == 410
    assert "no longer works" in response.content.decode()


def test_an_unknown_address_gets_a_mail_that_says_so(browser: Client, db: None, delivered: Delivered) -> None:
    ask(browser, "nobody@example.org")
    (mail,) = delivered()
    assert mail.subject == "There is no account with this address"
    assert mail.to == ["nobody@example.org"]


def test_nobody_can_flood_a_mailbox(ada: Person, delivered: Delivered) -> None:
    for at in range(8):
        ask(Client(REMOTE_ADDR=f"198.51.{at}.1"))
    assert len(delivered()) == 5


def test_changing_the_password_ends_the_other_sessions(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mine, stolen = sign_in(), sign_in()
    assert [mail.subject for mail in delivered()] == ["Sign-in from another browser"]
    assert stolen.get("/account/security/").status_code == 200
    response = mine.post("/account/password/change/", {"oldpassword": PASSWORD, "password": NEW})
    assert response.status_code == 302, response.content.decode()
    assert mine.get("/account/security/").status_code == 200
    assert stolen.get("/account/security/").status_code == 302
    assert [mail.subject for mail in delivered()] == ["Your password was changed"]
    assert ada.sessions.count() == 1


def test_changing_takes_the_present_password(ada: Person, sign_in: SignIn) -> None:
    response = sign_in().post("/account/password/change/", {"oldpassword": "not it", "password": NEW})
    assert "not your present password" in response.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_a_link_works_for_an_hour(browser: Client, ada: Person, delivered: Delivered, settings: Settings) -> None:
    ask(browser)
    (mail,) = delivered()
    settings.PASSWORD_RESET_TIMEOUT = -1  # as if the hour were over
    assert browser.get(link_in(mail)).status_code == 410


def test_a_reset_ends_a_lock(browser: Client, ada: Person, delivered: Delivered, sign_in: SignIn) -> None:
    for _ in range(7):
        browser.post("/account/login/", {"login": "ada@example.org", "password": "wrong"})
    ask(browser)
    lock, mail = delivered()
    assert lock.subject == "Somebody guesses at your account"
    assert browser.post(link_in(mail), {"password": NEW}).status_code == 302
    sign_in(password=NEW)


def test_a_session_stolen_before_the_change_dies_even_if_its_row_is_brought_back(ada: Person, sign_in: SignIn) -> None:
    mine, stolen = sign_in(), sign_in()
    row = Session.objects.get(pk=key_hash(stolen.cookies["session"].value))
    mine.post("/account/password/change/", {"oldpassword": PASSWORD, "password": NEW})
    row.save(force_insert=True)  # as from a backup
    assert stolen.get("/account/security/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_link_works_once_however_many_press_it_at_once(browser: Client, ada: Person, delivered: Delivered) -> None:
    ask(browser)
    (mail,) = delivered()
    key = link_in(mail).split("/")[-2]
    chosen = [f"{word} loud ganders march" for word in ("eleven", "twelve", "thirteen", "fourteen")]
    results = at_once(*[partial(passwords.reset_password, key=key, password=password) for password in chosen])
    assert [type(each) for each in results].count(Person) == 1, results
    assert [type(each) for each in results].count(LinkExpired) == 3, results


def test_two_links_die_with_the_first_that_is_used(browser: Client, ada: Person, delivered: Delivered) -> None:
    ask(browser)
    ask(browser)
    first, second = delivered()
    assert browser.post(link_in(second), {"password": NEW}).status_code == 302
    assert browser.get(link_in(first)).status_code == 410


def test_a_reset_does_not_pass_the_second_factor(
    browser: Client, ada: Person, delivered: Delivered, sign_in: SignIn
) -> None:
    enrol_authenticator(actor=Actor.system(), person=ada)
    ask(browser)
    (mail,) = delivered()
    assert browser.post(link_in(mail), {"password": NEW}).status_code == 302
    answer = browser.post("/account/login/", {"login": ada.email, "password": NEW})
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert browser.get("/account/security/").status_code == 302


def test_known_and_unknown_addresses_cost_the_same(ada: Person, browser: Client, delivered: Delivered) -> None:
    costs = []
    for email in (ada.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answer = browser.post("/account/password/reset/", {"email": email})
        costs.append((answer.status_code, answer["Location"], len(statements(queries))))
    assert costs[0] == costs[1]
    assert len(post.outbox) == 0, "no mail server is waited for inside the request"
    assert list(OutboxMessage.objects.values_list("topic", flat=True)) == ["accounts.reset_asked"] * 2
    assert [mail.to for mail in delivered()] == [[ada.email], ["nobody@example.org"]]
