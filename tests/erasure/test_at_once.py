"""Erasing while other things happen: two sweeps, a change of mind, a copy in the making, a device that asks."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.files.storage import default_storage
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy import copy_file
from frontdesk.accounts.services import deletion, erasing, export_building, export_requests, exports
from frontdesk.core import clock, personal
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.models import AuditEntry
from frontdesk.licensing import redemption, seats
from tests.people import customer
from tests.support import shop
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due() -> Iterator[Person]:
    """Somebody whose 14 days are over, with a licence and a device."""
    ada = customer("ada@example.org", "Ada")
    code = shop.new_code()
    held = redemption.redeem(actor=Actor.customer(ada.pk), person=ada, code_text=code.text, ip_prefix="x").license
    seats.take(actor=Actor(ActorKind.DEVICE), device=shop.device(), license=held.id)
    deletion.ask(person=ada)
    with patch.object(clock, "now", lambda: datetime.now(UTC) + timedelta(days=15)):
        yield ada


def test_two_sweeps_erase_once(due: Person) -> None:
    answers = at_once(*[erasing.sweep] * 4)
    assert sum(int(str(answer)) for answer in answers) == 1
    assert not Person.objects.filter(pk=due.pk).exists()
    assert AuditEntry.objects.filter(action="person.deleted", subject=due.pk).count() == 1


def test_whoever_changes_their_mind_at_the_last_moment_stays_or_goes_whole(due: Person) -> None:
    canceled, swept = at_once(lambda: deletion.cancel(person=due), erasing.sweep)
    if Person.objects.filter(pk=due.pk).exists():
        assert (canceled, swept) == (True, 0)
        assert due.licenses.count() == 1
    else:
        assert swept == 1
        assert isinstance(canceled, Person.DoesNotExist)


def test_a_copy_in_the_making_leaves_no_file(due: Person) -> None:
    export = export_requests.ask(person=due)
    whole, writing, erased = copy_file.write, threading.Event(), threading.Event()

    def slowly(*args: object) -> None:
        whole(*args)  # type: ignore[arg-type]  # as it was called
        writing.set()
        assert erased.wait(timeout=30)

    def erase() -> int:
        assert writing.wait(timeout=30)
        try:
            return erasing.sweep()
        finally:
            erased.set()

    with patch.object(copy_file, "write", slowly):
        built, swept = at_once(lambda: export_building.build(export.pk), erase)
    assert (built, swept) == (False, 1)
    assert not default_storage.exists(exports.path_of(export.pk))


def test_a_device_that_asks_meanwhile_gets_no_seat_that_stays(due: Person) -> None:
    held = due.licenses.get()
    actor = Actor(ActorKind.DEVICE)
    answers = at_once(
        erasing.sweep,
        *[lambda n=n: seats.take(actor=actor, device=shop.device(f"PC {n}"), license=held.id) for n in range(3)],
    )
    assert answers[0] == 1
    held.refresh_from_db()
    assert held.owner is None
    assert set(held.activations.filter(removed_at__isnull=False).values_list("name", flat=True)) == {""}


def test_a_failure_at_the_very_end_rolls_everything_back(due: Person) -> None:
    def crash(traces: personal.Traces) -> None:
        raise RuntimeError("killed")

    every = [*personal.erasers(), personal.Eraser("broken", 999, crash, ())]
    with patch.object(personal, "erasers", lambda: every):
        assert erasing.sweep() == 0
    assert Person.objects.get(pk=due.pk).licenses.get().seats_used == 1
    with transaction.atomic():
        assert erasing.sweep() == 1
