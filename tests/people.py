"""The cast for tests of all apps: people who are signed in, staff past their second step."""

import pyotp
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core.actors import Actor

PASSWORD = "seven quiet herons wade"


def customer(email: str = "ada@example.org", name: str = "Ada") -> Person:
    """A customer with a confirmed address, whose password is PASSWORD."""
    return add_person(actor=Actor.system(), email=email, password=PASSWORD, name=name)


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def staff_browser(role: Role = Role.ADMINISTRATOR, email: str = "staff@example.org") -> Client:
    """A browser of somebody on the staff, signed in through the pages with both steps."""
    person = customer(email, "Sam")
    make_staff(actor=Actor.system(), person=person, role=role)
    secret = enrol_authenticator(actor=Actor.system(), person=person)
    client = Client()
    client.post("/account/login/", {"login": email, "password": PASSWORD})
    response = client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert response.status_code == 302, response.content.decode()
    return client
