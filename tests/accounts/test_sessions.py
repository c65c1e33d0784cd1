"""Our session table."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Person, Session
from frontdesk.accounts.services.sessions import end_sessions
from frontdesk.accounts.sessions import SessionStore, key_hash
from frontdesk.core import clock
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def test_the_table_holds_no_key_and_no_readable_data(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    key = client.cookies["session"].value
    row = Session.objects.get()
    assert key not in str(Session.objects.values())
    assert str(ada.pk).encode() not in bytes(row.sealed_data)
    assert row.pk == key_hash(key)
    assert row.person_id == ada.pk
    assert row.ip_prefix == "127.0.0.0/24"


def test_data_of_one_session_does_not_open_in_another(ada: Person, sign_in: SignIn) -> None:
    client, other = sign_in(), Client()
    other.get("/account/login/")
    mine = Session.objects.get()
    Session.objects.create(
        pk=key_hash("x" * 32),
        sealed_data=mine.sealed_data,
        created_at=mine.created_at,
        last_used_at=mine.last_used_at,
        expires_at=mine.expires_at,
    )
    other.cookies["session"] = "x" * 32
    assert other.get("/account/security/").status_code == 302
    assert client.get("/account/security/").status_code == 200


def test_signing_in_starts_a_new_session(ada: Person) -> None:
    client = Client()
    client.cookies["session"] = "a" * 32  # planted by somebody else
    client.post("/account/login/", {"login": "ada@example.org", "password": PASSWORD})
    first = client.cookies["session"].value
    assert first != "a" * 32
    client.post("/account/logout/")
    assert not Session.objects.exists()
    client.cookies["session"] = first
    assert client.get("/account/security/").status_code == 302


def test_a_page_reads_the_session_once_and_writes_its_use_every_five_minutes(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    with CaptureQueriesContext(connection) as queries:
        client.get("/account/security/")
    touching = [query["sql"] for query in queries if "accounts_session" in query["sql"]]
    assert len(touching) == 1
    Session.objects.update(last_used_at=clock.real_now() - timedelta(minutes=6))
    client.get("/account/security/")
    assert clock.real_now() - Session.objects.get().last_used_at < timedelta(minutes=1)


def test_sessions_end_when_idle_and_in_any_case_after_their_time(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    row = Session.objects.get()
    assert row.expires_at - row.created_at == timedelta(days=14)
    Session.objects.update(
        created_at=row.created_at - timedelta(days=89), last_used_at=row.created_at - timedelta(days=1)
    )
    client.get("/account/security/")
    assert Session.objects.get().expires_at - clock.real_now() < timedelta(days=1)
    Session.objects.update(expires_at=clock.real_now())
    assert client.get("/account/security/").status_code == 302
    SessionStore.clear_expired()
    assert not Session.objects.exists()


def test_all_sessions_but_one_can_be_ended(ada: Person, sign_in: SignIn) -> None:
    mine, other = sign_in(), sign_in()
    assert end_sessions(person=ada, except_session=mine.cookies["session"].value) == 1
    assert mine.get("/account/security/").status_code == 200
    assert other.get("/account/security/").status_code == 302


def test_a_session_that_was_ended_is_not_brought_back_by_a_late_write(ada: Person, sign_in: SignIn) -> None:
    store = SessionStore(sign_in().cookies["session"].value)
    store["x"] = 1
    end_sessions(person=ada)
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()
