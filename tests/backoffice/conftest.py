"""Staff of each role, signed in through the pages with password and authenticator."""

from collections.abc import Callable

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core.actors import Actor
from tests.catalog.conftest import file, keys, plan, product, release, version  # noqa: F401 - the same catalogue

PASSWORD = "seven quiet herons wade"
SYSTEM = Actor.system("test")
Enter = Callable[[Role], Client]


def sign_in(email: str, totp: pyotp.TOTP | None = None) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    answer = browser.post("/account/login/", {"login": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    if totp:
        answer = browser.post("/account/2fa/authenticate/", {"code": totp.now()})
        assert answer.status_code == 302, answer.content.decode()
    return browser


@pytest.fixture
def ada(db: None) -> Person:
    """A customer."""
    return add_person(actor=SYSTEM, email="ada@example.org", password=PASSWORD, name="Ada")


@pytest.fixture
def staff(db: None) -> Enter:
    """Somebody with a role, signed in: `staff(Role.AGENT)`."""

    def enter(role: Role) -> Client:
        email, secret = f"{role}@halcyon.example", pyotp.random_base32()
        person = add_person(actor=SYSTEM, email=email, password=PASSWORD, name=f"The {role}")
        make_staff(actor=SYSTEM, person=person, role=role)
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
        return sign_in(email, pyotp.TOTP(secret))

    return enter


@pytest.fixture
def agent(staff: Enter) -> Client:
    """An agent's browser."""
    return staff(Role.AGENT)


@pytest.fixture
def administrator(staff: Enter) -> Client:
    """An administrator's browser."""
    return staff(Role.ADMINISTRATOR)
