"""The audit: append-only, sealed, provable, and forgetting a person without breaking."""

from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_audit(transactional_db: None) -> None:
    """Each test starts from an empty chain; only a superuser can do this, by switching the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from core_auditentry")
        cursor.execute("delete from core_auditseal")
        cursor.execute("set session_replication_role = origin")


def entry(**values: str) -> AuditEntry:
    person = uuid4()
    return audit.record(
        actor=Actor.system(), action="test.done", subject_type="thing", subject=uuid4(), person=person, personal=values
    )


def test_the_database_refuses_to_change_or_delete_a_row() -> None:
    row = entry()
    with pytest.raises(DatabaseError, match="append-only"):
        AuditEntry.objects.filter(pk=row.pk).update(action="other")
    with pytest.raises(DatabaseError, match="append-only"):
        row.delete()


def test_sealed_rows_are_proved_and_the_tail_is_reported() -> None:
    for _ in range(3):
        entry()
    assert audit.seal() == 3
    entry()
    assert audit.verify() == audit.Verdict(proved=3, unsealed=1, faults=())


@pytest.mark.parametrize(("database", "sealed"), [("postgres", 1), ("", 0)])
def test_only_writers_of_this_very_database_hold_a_seal_up(
    database: str, sealed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PATIENCE_SECONDS", 0.5)
    own = connection.get_connection_params()
    keys = ("user", "password", "host", "port")
    where = {key: own[key] for key in keys if own.get(key)} | {"dbname": database or own["dbname"]}
    with psycopg.connect(**where) as writer:
        writer.execute("select pg_current_xact_id()")  # a transaction that may write, and takes its time
        entry()
        assert audit.seal() == sealed
    assert audit.seal() == 1 - sealed


def test_a_changed_row_breaks_the_chain() -> None:
    row = entry()
    entry()
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("update core_auditentry set action = 'forged' where id = %s", [row.pk])
        cursor.execute("set session_replication_role = origin")
    assert audit.verify().faults


def test_a_row_smuggled_in_behind_a_seal_is_found() -> None:
    first = entry()
    entry()
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        cursor.execute("delete from core_auditentry where id = %s", [first.pk])
        cursor.execute("set session_replication_role = origin")
    assert audit.verify().faults


def test_erasing_a_person_makes_their_values_unreadable_and_the_chain_still_holds() -> None:
    row = entry(email="ada@example.org")
    audit.seal()
    assert audit.personal_values(row) == {"email": "ada@example.org"}
    assert b"ada@" not in bytes(row.personal or b"")
    assert row.person is not None
    audit.erase_person(row.person)
    assert audit.personal_values(row) == {}
    assert audit.verify().proved == 1


def test_a_reason_about_a_person_dies_with_their_key() -> None:
    person, staff = uuid4(), Actor.staff(uuid4(), "Ada called")
    about_her = audit.record(actor=staff, action="test.done", subject_type="thing", subject=uuid4(), person=person)
    about_nobody = audit.record(actor=staff, action="test.done", subject_type="thing", subject=uuid4())
    audit.seal()
    assert "Ada" not in about_her.reason
    assert audit.reason_of(about_her) == audit.reason_of(about_nobody) == about_nobody.reason == "Ada called"
    assert audit.reasons_of(person, [about_her, about_nobody]) == {about_her.pk: "Ada called"}
    audit.erase_person(person)
    assert (audit.reason_of(about_her), audit.reason_of(about_nobody)) == ("", "Ada called")
    assert audit.verify().proved == 2


def test_only_what_people_write_freely_is_sealed() -> None:
    person = uuid4()
    assert audit.sealed_reason(Actor.system("its offline lease has ended"), person) == "its offline lease has ended"
    assert audit.sealed_reason(Actor.system("command: saw her passport"), person).startswith(audit.MARK)
    assert audit.sealed_reason(Actor.customer(person), person) == ""
