"""What signing in and looking at pages cost: few queries whatever the number of sessions, and hardly a write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person, Session
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from tests.people import PASSWORD, signed_in
from tests.support.queries import statements

pytestmark = pytest.mark.django_db
MOST = 12
PAGES = [
    "/home/",
    "/account/profile/",
    "/account/security/",
    "/account/browsers/",
    "/account/history/",
    "/messages/",
    "/activate/",
    "/offline/",
    "/downloads/",
]


@contextmanager
def asked() -> Iterator[list[str]]:
    """The queries of the block, without those of the demo's clock, which is read once a second, whoever asks."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.extend(statements(queries))


def many_sessions(person: Person) -> None:
    """Fifty old ones."""
    now = clock.real_now()
    Session.objects.bulk_create(
        Session(
            pk=f"{number:064}",
            person=person,
            sealed_data=b"x",
            created_at=now - timedelta(days=number),
            last_used_at=now - timedelta(days=number % 14),
            expires_at=now + timedelta(days=1),
        )
        for number in range(50)
    )


def sign_in(client: Client) -> list[str]:
    """Sign in with the password; what it asked of the database."""
    client.get("/account/login/")
    with asked() as queries:
        answer = client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    return queries


def second_step(client: Client, secret: str) -> list[str]:
    """The second step after it; what that asked."""
    with asked() as queries:
        answer = client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 302, answer.content.decode()
    return queries


@pytest.mark.parametrize("is_known", [False, True], ids=["new browser", "known browser"])
def test_signing_in_takes_few_queries_whatever_the_number_of_sessions(ada: Person, is_known: bool) -> None:
    client = Client()
    sign_in(client)  # of a first sign-in nobody needs to be told; of another in a new browser a mail tells
    client.post("/account/logout/")
    few = sign_in(client if is_known else Client())
    client.post("/account/logout/")
    many_sessions(ada)
    known = client if is_known else Client()
    many = sign_in(known)
    assert len(many) == len(few)
    assert len(many) <= MOST, many
    assert known.get("/account/browsers/").status_code == 200


@pytest.mark.parametrize("is_known", [False, True], ids=["new browser", "known browser"])
def test_each_step_takes_few_queries_whatever_the_number_of_sessions(ada: Person, is_known: bool) -> None:
    sign_in(Client())
    secret = enrol_authenticator(actor=Actor.system(), person=ada)
    client = Client()
    if is_known:
        sign_in(client)
        second_step(client, secret)
        client.post("/account/logout/")
        ada.authenticator_set.update(data={**ada.authenticator_set.get().data, "last_counter": 0})  # type: ignore[attr-defined] # allauth is untyped
    many_sessions(ada)
    first = sign_in(client)
    assert len(first) <= MOST, first
    second = second_step(client, secret)
    assert len(second) <= MOST, second
    assert client.get("/account/browsers/").status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_page_writes_nothing_but_its_last_use_every_five_minutes(ada: Person, address: str) -> None:
    client = signed_in(ada)
    assert client.get(address).status_code == 200
    with asked() as queries:
        client.get(address)
    assert [sql for sql in queries if not sql.startswith("SELECT")] == []
    Session.objects.update(last_used_at=clock.real_now() - timedelta(minutes=6))
    with asked() as queries:
        client.get(address)
        client.get(address)
    writes = [sql for sql in queries if not sql.startswith("SELECT")]
    assert len(writes) == 1
    assert writes[0].startswith('UPDATE "accounts_session" SET "last_used_at"')
