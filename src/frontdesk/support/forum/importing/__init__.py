"""`frontdesk community import FILE`: another forum's categories, people, topics, posts and likes, in a known form.

Lines are read as a stream and taken in batches of a transaction each. Everything is known by its outside id, so that
the same file again adds nothing, and an import that was interrupted goes on where it was. Nobody is mailed, no clock
of a question begins, and nobody gets an account.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO
from uuid import uuid4

from django.db import transaction

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.alone import alone
from frontdesk.support.forum import entries, experts
from frontdesk.support.forum.importing.batches import Batch
from frontdesk.support.forum.importing.known import Known
from frontdesk.support.forum.importing.shapes import AcceptedLine, AnyLine, Wrong, read
from frontdesk.support.helpcentre.search import indexing

BATCH = 500  # lines in a transaction
MOST_TOLD = 1_000  # wrong lines that are told one by one


class AlreadyRunning(Exception):
    """Another import is under way."""


class _DryRun(Exception):
    """Everything was tried, and is to be undone."""


@dataclass
class Imported:
    """What became of the lines: how many were new, there already, or wrong (with why, by their number)."""

    new: int = 0
    same: int = 0
    wrong: int = 0
    why: dict[int, str] = field(default_factory=dict)

    def refuse(self, number: int, why: Wrong) -> None:
        """A line cannot be taken."""
        self.wrong += 1
        if len(self.why) < MOST_TOLD:
            self.why[number] = str(why)


Numbered = tuple[int, AnyLine]


def import_file(*, actor: Actor, source: IO[bytes], dry_run: bool = False) -> Imported:
    """Take every line that can be taken. `dry_run` tries all of it and keeps nothing. Raises AlreadyRunning."""
    done = Imported()
    with alone("community import") as is_alone:
        if not is_alone:
            raise AlreadyRunning
        if not dry_run:
            _all(actor, source, done)
            return done
        try:
            with transaction.atomic():
                _all(actor, source, done)
                raise _DryRun
        except _DryRun:
            return done


def _all(actor: Actor, source: IO[bytes], done: Imported) -> None:
    known = Known()
    for lines in _batched(_read(source, done)):
        with transaction.atomic():
            _take(known, lines, done)
    experts.reckon()  # who was thanked elsewhere is known here from the first day
    _note(actor, done)


def _read(source: IO[bytes], done: Imported) -> Iterator[Numbered]:
    """The lines that can be read, with their numbers; empty ones are none."""
    for number, raw in enumerate(source, 1):
        line = raw.strip().removeprefix(b"\xef\xbb\xbf")
        if not line:
            continue
        try:
            yield number, read(line)
        except Wrong as why:
            done.refuse(number, why)


def _batched(lines: Iterable[Numbered]) -> Iterator[list[Numbered]]:
    rest = iter(lines)
    while some := list(islice(rest, BATCH)):
        yield some


def _take(known: Known, lines: list[Numbered], done: Imported) -> None:
    batch = Batch(known)
    batch.prepare([line for _number, line in lines])
    for number, line in lines:
        try:
            if batch.take(line):
                done.new += 1
            else:
                done.same += 1
        except Wrong as why:
            done.refuse(number, why)
    batch.save()
    if any(isinstance(line, AcceptedLine) for _number, line in lines):
        found = entries.solved().filter(pk__in=list(batch.accepted))
        indexing.put_all(entries.of(topic, first) for topic in found if (first := entries.first_of(topic.pk)))


def _note(actor: Actor, done: Imported) -> None:
    audit.record(
        actor=actor, action="community.imported", subject_type="community_import", subject=uuid4(),
        data={"new": done.new, "same": done.same, "wrong": done.wrong},
    )  # fmt: skip
