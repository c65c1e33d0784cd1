"""The second factor under parallel requests, and what a sign-in with it costs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.errors import PasswordNeedsSecondStep
from frontdesk.accounts.factors import recovery_codes, second_factor
from frontdesk.accounts.factors.ways import Way
from frontdesk.accounts.models import Person
from frontdesk.accounts.services import second_factors
from frontdesk.core.actors import Actor
from tests.people import PASSWORD, customer

SYSTEM = Actor.system()
SECOND_STEP = "/account/2fa/authenticate/"


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each of them returned, all started together."""
    together = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        try:
            together.wait()
            return deed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.mark.django_db(transaction=True)
def test_two_last_ways_do_not_go_at_once() -> None:
    person = customer()
    second_factors.enrol_authenticator(actor=SYSTEM, person=person)
    second_factors.turn_on(actor=SYSTEM, person=person, way=Way.MAIL)
    Person.objects.update(short_password=True)

    def take(way: Way) -> bool:
        try:
            second_factors.remove(actor=SYSTEM, person=Person.objects.get(pk=person.pk), way=way)
        except PasswordNeedsSecondStep:
            return False
        return True

    assert sorted(map(bool, at_once(lambda: take(Way.MAIL), lambda: take(Way.AUTHENTICATOR)))) == [False, True]
    assert Person.objects.get(pk=person.pk).has_second_factor


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_at_once_is_accepted_once() -> None:
    person = customer()
    second_factors.enrol_authenticator(actor=SYSTEM, person=person)
    code = recovery_codes.make(person)[0]
    found = at_once(*[lambda: second_factor.accept_code(person, code) is not None] * 4)
    assert sorted(map(bool, found)) == [False, False, False, True]
    assert recovery_codes.left(person) == 9


@pytest.mark.django_db
def test_neither_step_of_a_sign_in_takes_more_than_twelve_queries() -> None:
    person = customer()
    secret = second_factors.enrol_authenticator(actor=SYSTEM, person=person)
    for index in range(3):
        second_factors.add_passkey(
            actor=SYSTEM, person=person, name=str(index), data={"key": "", "sign_count": 0, "alone": True}
        )
    client, given = Client(), {"login": person.email, "password": PASSWORD}
    code = pyotp.TOTP(secret).now()
    with CaptureQueriesContext(connection) as first:
        assert client.post("/account/login/", given)["Location"] == SECOND_STEP
    with CaptureQueriesContext(connection) as second:
        assert client.post(SECOND_STEP, {"code": code, "remember": "yes"})["Location"] == "/home/"
    client.post("/account/logout/")
    with CaptureQueriesContext(connection) as remembered:
        assert client.post("/account/login/", given)["Location"] == "/home/"
    assert len(first) <= 12
    assert len(remembered) <= 12
    assert len(second) <= 12
