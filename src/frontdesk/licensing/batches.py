"""Batches of codes: ordering one, taking its list once, voiding codes."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.text import slugify

from frontdesk.catalog.models import PlanVersion
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.licensing import cards, code_lists, jobs, notes, terms
from frontdesk.licensing.errors import BatchSizeInvalid, ListGone
from frontdesk.licensing.models import Batch, BatchKind, Code, License, Term

MOST = 100_000


@dataclass(frozen=True)
class CodeList:
    """A list of codes as a download: send `chunks` as they come; they can be read once."""

    filename: str
    content_type: str
    chunks: Iterator[bytes]


@transaction.atomic
def create(
    *, actor: Actor, plan_version: PlanVersion, count: int, kind: BatchKind, label: str = "", reason: str = ""
) -> Batch:
    """Order codes: a job makes them, `Batch.made` tells how far it is, `Batch.finished_at` when it was done.

    Raises BatchSizeInvalid outside 1 to 100,000, ReasonMissing for staff without a reason.
    """
    actor = notes.explained(actor, reason)
    if not 1 <= count <= MOST:
        raise BatchSizeInvalid
    batch = Batch.objects.create(
        id=uuid4(),
        plan_version=plan_version,
        kind=kind,
        label=label[:100],
        reason=actor.reason,
        count=count,
        created_by=actor.person,
        created_at=clock.now(),
    )
    _note(actor, "batch.created", batch, {"count": count, "kind": str(kind), "plan_version": str(plan_version.id)})
    jobs.make_codes.defer(batch_id=str(batch.id))
    return batch


def take_list(*, actor: Actor, batch: Batch, as_: Literal["csv", "pdf"]) -> CodeList:
    """The clear codes, once: as CSV, or as cards to print (one PDF, or a zip of several over 1,000 codes).

    Raises ListGone when it was taken before, is past its 24 hours, or is not ready, also for the slower of two at once.
    """
    actor = notes.explained(actor)
    with transaction.atomic():
        locked = _locked(batch)
        if not locked.list_path or locked.list_taken_at or (locked.list_until or clock.real_now()) <= clock.real_now():
            raise ListGone
        every = list(chain.from_iterable(code_lists.read(locked.id, locked.list_path)))
        locked.list_taken_at = clock.now()
        locked.save(update_fields=["list_taken_at"])
        _note(actor, "batch.list_taken", locked, {"as": as_})
    # The file goes after the commit; a crash before that leaves it to the sweep.
    code_lists.delete(locked)
    name = slugify(f"{locked.plan_version.plan.product.slug} {locked.plan_version.plan.slug} {locked}")
    if as_ == "csv":
        return CodeList(f"{name}.csv", "text/csv; charset=utf-8", _csv(locked, every))
    if len(every) <= cards.MOST_IN_A_FILE:
        return CodeList(f"{name}.pdf", "application/pdf", iter([cards.pdf(locked.plan_version.plan, every)]))
    return CodeList(f"{name}.zip", "application/zip", cards.zipped(locked.plan_version.plan, every, name))


@transaction.atomic
def void_batch(*, actor: Actor, batch: Batch, reason: str) -> int:
    """Void every code of a batch; returns how many were voided now. Raises ReasonMissing as `void_codes` does."""
    actor = notes.explained(actor, reason)
    locked = _locked(batch)
    locked.voided_at = locked.voided_at or clock.now()
    locked.save(update_fields=["voided_at"])
    redeemed = _void(actor, "batch_id = %s", [batch.id])
    _note(actor, "batch.voided", locked, {"voided": redeemed})
    if locked.list_path:
        transaction.on_commit(lambda: code_lists.delete(locked))
    return redeemed


@transaction.atomic
def void_codes(*, actor: Actor, codes: Iterable[Code | UUID], reason: str) -> int:
    """Void codes; returns how many were voided now. An unredeemed one dies, a redeemed one's term is revoked.

    Raises ReasonMissing for staff without a reason.
    """
    actor = notes.explained(actor, reason)
    return _void(actor, "id = any (%s)", [[code.id if isinstance(code, Code) else code for code in codes]])


def _void(actor: Actor, where: str, parameters: list[UUID | list[UUID]]) -> int:
    # The order of locks of all licensing: codes by id, then (in terms.revoke) their licences by id.
    with connection.cursor() as cursor:
        cursor.execute(
            f"""with locked as (select id from licensing_code
                                 where {where} and voided_at is null order by id for no key update)
                update licensing_code c set voided_at = %s from locked where c.id = locked.id
                returning c.id, c.license_id, c.batch_id""",  # noqa: S608 - `where` is one of two literals above
            [*parameters, clock.now()],
        )
        voided = cursor.fetchall()
    held = License.objects.filter(pk__in={license_id for _, license_id, _ in voided if license_id})
    owners = dict(held.values_list("pk", "owner"))
    for code, license_id, batch in voided:
        if license_id or not where.startswith("batch"):
            facts = {"batch": str(batch), "redeemed": license_id is not None}
            _record(actor, "code.voided", "code", code, facts, owners.get(license_id))
    redeemed = [code for code, license_id, _batch in voided if license_id]
    for term in Term.objects.filter(code__in=_with_replaced(redeemed), revoked_at=None).order_by("license_id", "id"):
        terms.revoke(actor=actor, term=term, reason=actor.reason)
    return len(voided)


def _with_replaced(redeemed: list[UUID]) -> set[UUID]:
    """The codes and those they replaced: a term belongs to the code that was redeemed, not to its replacement."""
    every, newest = set(redeemed), list(redeemed)
    while newest:
        newest = list(Code.objects.filter(replaced_by__in=newest).values_list("id", flat=True))
        every.update(newest)
    return every


def _locked(batch: Batch) -> Batch:
    rows = Batch.objects.select_for_update(of=("self",)).select_related("plan_version__plan__product")
    return rows.get(pk=batch.pk)


def _csv(batch: Batch, every: list[str]) -> Iterator[bytes]:
    plan = batch.plan_version.plan
    yield _csv_row(["code", "product", "plan"])
    for start in range(0, len(every), 1000):
        yield b"".join(_csv_row([code, plan.product.slug, plan.slug]) for code in every[start : start + 1000])


def _csv_row(values: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue().encode()


def _note(actor: Actor, action: str, batch: Batch, data: dict[str, object]) -> None:
    _record(actor, action, "batch", batch.id, data)


def _record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject: UUID,
    data: dict[str, object],
    owner: UUID | None = None,
) -> None:
    audit.record(actor=actor, action=action, subject_type=subject_type, subject=subject, person=owner, data=data)
