"""The audit: append-only rows, sealed afterwards into a hash chain so that no business transaction waits for another.

The chain covers ciphertext, so it still verifies after a person's key is deleted. Ids are taken while transactions are
open, so a lower id may become visible after a higher one: only what is settled is sealed.
"""

import base64
import hashlib
import json
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from frontdesk.core import clock, encryption
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.models import AuditEntry, AuditSeal, PersonKey

PERSONAL = "audit personal values"
# Transactions below a horizon that can still write here. A snapshot names those of all databases of the server, and a
# neighbour's long one must not hold our seals up: each holds the lock on its own id, whose process tells its database.
STILL_WRITING = """
select exists (
    select from pg_snapshot_xip(pg_current_snapshot()) as open
     where open < %s::xid8 and open is distinct from pg_current_xact_id_if_assigned()
       and (open::xid in (select l.transactionid from pg_locks l join pg_stat_activity a using (pid)
                           where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
                             and a.datname = current_database())
            or open::xid in (select transaction from pg_prepared_xacts where database = current_database())))
"""
REASON = "audit reason"
MARK = "sealed:"  # before a reason that is sealed
BY_COMMAND = "command"  # how the reasons begin that an operator gives on the command line
BATCH = 10_000
PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 10


def record(
    *,
    actor: Actor,
    action: str,
    subject_type: str,
    subject: UUID,
    person: UUID | None = None,
    data: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> AuditEntry:
    """Write one row in the caller's transaction.

    `person` is the customer whose history shows it; `personal` (names, addresses) is sealed under that person's key,
    and so is the reason that staff or a command gave (`reason_of` opens it).
    """
    sealed = None
    if personal and person:
        plain = json.dumps(personal, sort_keys=True).encode()
        sealed = encryption.seal(plain, purpose=PERSONAL, key=_person_key(person))
    return AuditEntry.objects.create(
        at=clock.now(),
        actor_kind=actor.kind,
        actor=actor.person,
        action=action,
        subject_type=subject_type,
        subject=subject,
        person=person,
        reason=sealed_reason(actor, person),
        data=data or {},
        personal=sealed,
    )


def record_for_each(
    people: Iterable[UUID], *, actor: Actor, action: str, subject_type: str, data: dict[str, Any]
) -> None:
    """One row for each of these customers, with one statement; the customer is the subject."""
    now = clock.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now,
            actor_kind=actor.kind,
            actor=actor.person,
            action=action,
            subject_type=subject_type,
            subject=person,
            person=person,
            reason=actor.reason,
            data=data,
        )
        for person in people
    )


def sealed_reason(actor: Actor, person: UUID | None) -> str:
    """The actor's reason as a row about this person keeps it; for the rows that SQL functions write, too."""
    is_free = actor.kind == ActorKind.STAFF or actor.reason.startswith(BY_COMMAND)
    if person is None or not actor.reason or not is_free:
        return actor.reason
    sealed = encryption.seal(actor.reason.encode(), purpose=REASON, key=_person_key(person))
    return MARK + base64.b64encode(sealed).decode()


def reason_of(entry: AuditEntry) -> str:
    """Why it was done, in clear; empty once the person was erased."""
    if entry.person is None or not entry.reason.startswith(MARK):
        return entry.reason
    return reasons_of(entry.person, [entry]).get(entry.pk, "")


def reasons_of(person: UUID, entries: Iterable[AuditEntry]) -> dict[int, str]:
    """The reasons of several entries of one person, by id; the sealed ones are left out once the person was erased."""
    every = [entry for entry in entries if entry.person == person]
    sealed = [entry for entry in every if entry.reason.startswith(MARK)]
    found = {entry.pk: entry.reason for entry in every if entry not in sealed}
    row = PersonKey.objects.filter(person=person).first() if sealed else None
    if row is None:
        return found
    key = _open_key(row)
    for entry in sealed:
        with suppress(encryption.NotOurs, ValueError):
            content = base64.b64decode(entry.reason.removeprefix(MARK))
            found[entry.pk] = encryption.unseal(content, purpose=REASON, key=key).decode()
    return found


def personal_values(entry: AuditEntry) -> dict[str, str]:
    """The entry's personal values; empty once the person was erased."""
    if entry.personal is None or entry.person is None:
        return {}
    key = PersonKey.objects.filter(person=entry.person).first()
    if key is None:
        return {}
    opened = encryption.unseal(bytes(entry.personal), purpose=PERSONAL, key=_open_key(key))
    values: dict[str, str] = json.loads(opened)
    return values


def personal_values_of(person: UUID, entries: Iterable[AuditEntry]) -> dict[int, dict[str, str]]:
    """The personal values of several entries of one person, by id; none once the person was erased."""
    sealed = [entry for entry in entries if entry.personal is not None and entry.person == person]
    row = PersonKey.objects.filter(person=person).first() if sealed else None
    if row is None:
        return {}
    key = _open_key(row)
    opened = {entry.pk: encryption.unseal(bytes(entry.personal or b""), purpose=PERSONAL, key=key) for entry in sealed}
    return {pk: json.loads(plain) for pk, plain in opened.items()}


def sealed_up_to() -> int:
    """The id of the last entry that stands in the chain; 0 before the first seal."""
    last = AuditSeal.objects.order_by("-id").values_list("last_entry", flat=True).first()
    return last or 0


def erase_person(person: UUID) -> None:
    """Make every personal value of this person in the audit unreadable for good."""
    PersonKey.objects.filter(person=person).delete()


def _person_key(person: UUID) -> bytes:
    """The person's key, made where there is none yet; one statement, since every sign-in needs it."""
    fresh = encryption.seal(os.urandom(32), purpose="person key", context=person.bytes)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                """with made as (insert into core_personkey (person, sealed_key) values (%(person)s, %(fresh)s)
                                 on conflict (person) do nothing returning sealed_key)
                   select sealed_key from made union all select sealed_key from core_personkey where person = %(person)s
                   limit 1""",
                {"person": person, "fresh": fresh},
            )
            found = cursor.fetchone()
        if found is not None:  # otherwise somebody made it at this very moment, and the next look sees it
            return _open_key(PersonKey(person=person, sealed_key=found[0]))


def _open_key(row: PersonKey) -> bytes:
    return encryption.unseal(bytes(row.sealed_key), purpose="person key", context=row.person.bytes)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many rows are proved, how many wait for a seal, and what is wrong."""

    proved: int
    unsealed: int
    faults: tuple[str, ...]


def seal() -> int:
    """Append one link over the settled, unsealed rows (at most BATCH); returns how many rows it covers."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('frontdesk audit seal'))")
        last = AuditSeal.objects.order_by("-id").first()
        after = last.last_entry if last else 0
        previous = bytes(last.digest) if last else b""
        rows = _rows(cursor, after, _settled_below(cursor), BATCH)
        if not rows:
            return 0
        AuditSeal.objects.create(
            first_entry=rows[0][0],
            last_entry=rows[-1][0],
            count=len(rows),
            sealed_at=clock.real_now(),
            previous=previous,
            digest=_digest(previous, rows),
        )
        return len(rows)


def verify() -> Verdict:
    """Recompute the whole chain."""
    faults: list[str] = []
    proved, previous, after = 0, b"", 0
    with connection.cursor() as cursor:
        for link in AuditSeal.objects.order_by("id").iterator():
            rows = _rows(cursor, after, link.last_entry, None)
            if bytes(link.previous) != previous or _digest(previous, rows) != bytes(link.digest):
                faults.append(f"entries {link.first_entry} to {link.last_entry} do not match their seal")
            elif len(rows) != link.count:
                faults.append(f"entries {link.first_entry} to {link.last_entry}: {len(rows)} rows, {link.count} sealed")
            else:
                proved += len(rows)
            previous, after = bytes(link.digest), link.last_entry
    unsealed = AuditEntry.objects.filter(id__gt=after).count()
    return Verdict(proved, unsealed, tuple(faults))


def _settled_below(cursor: Any) -> int:
    """The id up to which no open transaction can still write; 0 when writers do not come to rest in time.

    Whoever took an id up to `highest` has its transaction id by the time of the snapshot (the pause covers the moment
    between the two), so once all transactions older than that snapshot have ended, every such row is visible or gone.
    """
    cursor.execute("select last_value from core_auditentry_id_seq")
    (highest,) = cursor.fetchone()
    time.sleep(PAUSE_SECONDS)
    cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
    (horizon,) = cursor.fetchone()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(PAUSE_SECONDS)
        cursor.execute(STILL_WRITING, [horizon])
        if not cursor.fetchone()[0]:
            return int(highest)
    return 0


def _rows(cursor: Any, after: int, upto: int, limit: int | None) -> list[tuple[Any, ...]]:
    cursor.execute(
        """select id, extract(epoch from at)::text, actor_kind, actor::text, action, subject_type, subject::text,
                  person::text, reason, data::text, encode(personal, 'hex')
             from core_auditentry where id > %s and id <= %s order by id limit %s""",
        [after, upto, limit],
    )
    return list(cursor.fetchall())


def _digest(previous: bytes, rows: list[tuple[Any, ...]]) -> bytes:
    digest = hashlib.sha256(previous)
    for row in rows:
        digest.update(hashlib.sha256(json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode()).digest())
    return digest.digest()
