"""The second factor: setting up, signing in with it, never twice with one code, and the staff's need of it."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMultiAlternatives
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from frontdesk.accounts.access import require_role
from frontdesk.accounts.factors import recovery_codes, second_factor
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.accounts.services.staff import end_staff, make_staff
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD, link_in
from tests.people import customer, staff_browser

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
SECOND_STEP = "/account/2fa/authenticate/"
SECURITY = "/account/security/"
Delivered = Callable[[], list[EmailMultiAlternatives]]


def back_office(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


@require_role(Role.MANAGER)
def reports(request: HttpRequest) -> HttpResponse:
    return HttpResponse("figures")


urlpatterns = [
    path("backoffice/", back_office),
    path("reports/", reports),
    path("", include("frontdesk.project.urls")),
]


def set_up(client: Client) -> str:
    """Set an authenticator up through the page; returns its secret."""
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200, page.headers.get("Location")
    secret = str(page.context["form"].secret)
    response = client.post("/account/2fa/totp/activate/", {"code": pyotp.TOTP(secret).now()})
    assert response["Location"] == "/account/2fa/recovery-codes/", response.content.decode()
    return secret


def next_code(secret: str) -> str:
    """The code of the next 30 seconds, which is accepted already."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30)


def first_step(email: str = "ada@example.org") -> Client:
    client = Client()
    response = client.post("/account/login/", {"login": email, "password": PASSWORD})
    assert response["Location"] == SECOND_STEP
    assert client.get(SECOND_STEP).status_code == 200
    assert client.get("/account/security/").status_code == 302, "not signed in before the second step"
    return client


def test_setting_up_and_signing_in_with_both_steps(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    secret = set_up(client)
    assert [mail.subject for mail in delivered()] == ["The second step is on"]
    used = pyotp.TOTP(secret).now()
    second = first_step()
    refused = second.post(SECOND_STEP, {"code": used})
    assert "used already" in refused.content.decode(), "the code that set it up"
    code = next_code(secret)
    assert second.post(SECOND_STEP, {"code": code})["Location"] == "/home/"
    assert second.get("/account/security/").status_code == 200
    third = first_step()
    assert "used already" in third.post(SECOND_STEP, {"code": code}).content.decode()


def test_neither_seed_nor_recovery_codes_lie_in_the_tables(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    page = client.get("/account/2fa/totp/activate/")
    secret = str(page.context["form"].secret)
    assert all(secret.encode() not in bytes(session.sealed_data) for session in ada.sessions.all())
    client.post("/account/2fa/totp/activate/", {"code": pyotp.TOTP(secret).now()})
    codes = client.get("/account/2fa/recovery-codes/").context["codes"]
    stored = str([row.data for row in Authenticator.objects.filter(user=ada)])
    sealed = b"".join(bytes(session.sealed_data) for session in ada.sessions.all())
    assert secret not in stored
    assert len(set(codes)) == 10
    for code in codes:
        plain = code.replace("-", "")
        assert len(plain) == 15, "75 bits"
        assert plain not in stored
        assert plain[5:10].encode() not in sealed


def test_recovery_codes_are_shown_until_they_are_kept(
    ada: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in()
    set_up(client)
    codes = client.get("/account/2fa/recovery-codes/").context["codes"]
    text = client.get("/account/2fa/recovery-codes/download/")
    assert text["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert text["Cache-Control"] == "no-store, private"
    assert all(code in text.content.decode() for code in codes)
    assert client.post("/account/2fa/recovery-codes/kept/", {"next": "//evil.example/"})["Location"] == SECURITY
    assert codes[0] not in client.get("/account/2fa/recovery-codes/").content.decode()
    assert client.get("/account/2fa/recovery-codes/download/").status_code == 404
    client.post("/account/2fa/recovery-codes/new/")
    assert len(client.get("/account/2fa/recovery-codes/").context["codes"]) == 10
    monkeypatch.setattr("frontdesk.accounts.views.proof.SHOWN_FOR_SECONDS", -1)
    assert client.get("/account/2fa/recovery-codes/").context["codes"] == []


def test_a_recovery_code_signs_in_once(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    set_up(client)
    first, second, *_rest = before = client.get("/account/2fa/recovery-codes/").context["codes"]
    assert first_step().post(SECOND_STEP, {"code": first})["Location"] == "/home/"
    assert first_step().post(SECOND_STEP, {"code": first}).status_code == 200
    typed = second.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert first_step().post(SECOND_STEP, {"way": "recovery_codes", "code": typed})["Location"] == "/home/"
    assert recovery_codes.left(ada) == 8
    assert client.get("/account/2fa/recovery-codes/new/").context["left"] == 8
    client.post("/account/2fa/recovery-codes/new/")
    assert not set(before) & set(client.get("/account/2fa/recovery-codes/").context["codes"])
    assert first_step().post(SECOND_STEP, {"code": before[5]}).status_code == 200, "the old ones stopped working"


def test_nobody_elses_recovery_code_fits(ada: Person, sign_in: SignIn) -> None:
    set_up(sign_in())
    bob = customer("bob@example.org", "Bob")
    enrol_authenticator(actor=Actor.system(), person=bob)
    code = recovery_codes.make(bob)[0]
    assert first_step().post(SECOND_STEP, {"code": code}).status_code == 200
    assert first_step("bob@example.org").post(SECOND_STEP, {"code": code}).status_code == 302


def test_guessing_codes_is_bounded(ada: Person) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    client = first_step()
    for _ in range(5):
        client.post(SECOND_STEP, {"code": "000000"})
    refused = client.post(SECOND_STEP, {"code": pyotp.TOTP(secret).now()})
    assert "too many attempts" in refused.content.decode()
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "reset your password" not in refused.content.decode(), "a reset does not shorten this wait"


def test_a_reset_does_not_pass_the_second_step(ada: Person, delivered: Delivered) -> None:
    enrol_authenticator(actor=Actor.system(), person=ada)
    half_way = first_step()
    client = Client()
    client.post("/account/password/reset/", {"email": "ada@example.org"})
    (mail,) = delivered()
    shorter = "9 herons"
    assert client.post(link_in(mail), {"password": shorter}).status_code == 302, "8 do with a second factor"
    response = client.post("/account/login/", {"login": "ada@example.org", "password": shorter})
    assert response["Location"] == SECOND_STEP
    assert half_way.get("/account/security/").status_code == 302


def test_a_sign_in_begun_with_the_old_password_cannot_be_finished(ada: Person) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    half_way = first_step()
    ada.set_password("eleven loud ganders march")
    ada.save()
    half_way.post(SECOND_STEP, {"code": pyotp.TOTP(secret).now()})
    assert half_way.get("/account/security/").status_code == 302


def test_removing_it_takes_the_password_again_after_a_while(
    ada: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, delivered: Delivered
) -> None:
    client = sign_in()
    set_up(client)
    monkeypatch.setattr("frontdesk.accounts.adapter.FRESH_SECONDS", -1)
    away = client.get("/account/2fa/totp/deactivate/")
    assert away["Location"].startswith("/account/reauthenticate/")
    assert client.get(away["Location"]).status_code == 200
    back = client.post(away["Location"], {"password": PASSWORD})
    assert back["Location"] == "/account/2fa/totp/deactivate/"
    assert client.get("/account/2fa/totp/deactivate/").status_code == 200
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=ada).exists()
    assert "The second step is off" in [mail.subject for mail in delivered()]


def test_a_password_that_is_long_enough_only_beside_it_keeps_it_on(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    set_up(client)
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password": "9 herons"})
    assert "15 characters" in client.get("/account/2fa/totp/deactivate/").content.decode()
    client.post("/account/2fa/totp/deactivate/")
    assert ada.has_second_factor
    client.post("/account/password/change/", {"oldpassword": "9 herons", "password": "eleven loud ganders march"})
    client.post("/account/2fa/totp/deactivate/")
    assert not ada.has_second_factor


@pytest.mark.urls(__name__)
def test_staff_enter_the_back_office_only_with_a_second_factor(ada: Person, sign_in: SignIn) -> None:
    assert Client().get("/backoffice/x")["Location"] == "/account/login/?next=/backoffice/x"
    client = sign_in()
    assert client.get("/backoffice/").status_code == 403
    make_staff(actor=Actor.system(), person=ada, role=Role.AGENT)
    assert client.get("/backoffice/")["Location"] == "/account/2fa/totp/activate/?next=%2Fbackoffice%2F"
    secret = set_up(client)
    assert client.get("/backoffice/").content == b"inside"
    other = Client()
    other.force_login(ada)  # a session that never showed the second factor
    asked = other.get("/backoffice/")
    assert asked["Location"] == "/account/2fa/reauthenticate/?next=%2Fbackoffice%2F"
    assert other.post(asked["Location"], {"code": next_code(secret)})["Location"] == "/backoffice/"
    assert other.get("/backoffice/").content == b"inside"
    end_staff(actor=Actor.system(), person=ada)
    assert other.get("/backoffice/")["Location"].startswith("/account/login/")


@pytest.mark.urls(__name__)
def test_each_role_includes_those_before_it() -> None:
    seen = {role: staff_browser(role, f"{role}@example.org").get("/reports/").status_code for role in Role}
    assert seen == {Role.AGENT: 403, Role.BILLING_AGENT: 403, Role.MANAGER: 200, Role.ADMINISTRATOR: 200}
    assert Client().get("/reports/")["Location"] == "/account/login/?next=/reports/"


def test_the_back_offices_permissions_come_from_the_table(ada: Person) -> None:
    assert not ada.has_perm("catalog.view_plan")
    make_staff(actor=Actor.system(), person=ada, role=Role.AGENT)
    assert ada.has_perm("catalog.view_plan")
    assert not ada.has_perm("catalog.change_plan")
    make_staff(actor=Actor.system(), person=ada, role=Role.ADMINISTRATOR)
    assert ada.has_perm("catalog.change_plan")
    assert AuditEntry.objects.filter(action="staff.role_given", person=ada.pk).count() == 2


def test_codes_are_read_with_spaces(ada: Person) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    code = pyotp.TOTP(secret).now()
    assert first_step().post(SECOND_STEP, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)


def test_a_clock_may_be_wrong_by_thirty_seconds(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    totp, now = pyotp.TOTP(secret), int(time.time())
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: now)
    answers = [first_step().post(SECOND_STEP, {"code": totp.at(now + off)}) for off in (-60, 60, -30, 0, 30, 0)]
    assert [answer.status_code for answer in answers] == [200, 200, 302, 302, 302, 200]


@pytest.mark.django_db(transaction=True)
def test_the_same_code_at_once_is_accepted_once() -> None:
    person = customer("race@example.org")
    secret = enrol_authenticator(actor=Actor.system(), person=person)
    code, together = pyotp.TOTP(secret).now(), Barrier(4)

    def try_it(_: int) -> bool:
        try:
            together.wait()
            return second_factor.accept_code(person, code) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == [False, False, False, True]
