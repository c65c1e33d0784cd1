"""What the server keeps of activations that it refused: one row a reason, nothing of who or where."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.personal import Traces
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import codes, erasing, licenses, lost_codes, seats, selectors
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import License, RefusedActivation
from tests.support.desk import SYSTEM, licensed, plan, seat
from tests.support.shop import device

pytestmark = pytest.mark.django_db


def knock(name: str, *, license: License | None = None, code: ParsedCode | None = None, **values: str) -> str:
    """Ask for a seat; returns why there was none."""
    number, product = (license.pk, None) if license else (None, "halcyon-shield")
    with pytest.raises(Refusal) as refused:
        seats.take(actor=SYSTEM, device=device(name, **values), license=number, code=code, product=product)
    return refused.value.reason.code


def test_each_reason_is_counted_in_one_row(ada: Person) -> None:
    held, _code = licensed(ada, plan(devices=1))
    seat(held, "first")
    names = ("second", "third", "second")
    assert [knock(name, license=held, app_version="3.1") for name in names] == ["device_limit_reached"] * 3
    licenses.suspend(actor=SYSTEM, license=held, reason="test")
    assert knock("fourth", license=held) == "license_suspended"
    kept = selectors.refused_lately(ada, since=clock.now() - timedelta(days=1))
    assert [(row.reason, row.times) for row in kept] == [("license_suspended", 1), ("device_limit_reached", 3)]
    assert kept[1].app_version == "3.1"
    assert kept[1].first_at < kept[1].last_at


def test_a_seat_that_is_given_leaves_no_trace(ada: Person) -> None:
    held, _code = licensed(ada)
    seat(held, "first")
    seat(held, "first")
    assert not RefusedActivation.objects.exists()


def test_a_code_that_was_replaced_is_told_of_its_licence_and_an_unknown_one_of_none(ada: Person) -> None:
    held, old = licensed(ada)
    lost_codes.replace_lost(actor=SYSTEM, license=held)
    assert knock("third", code=old) == "code_blocked"
    assert knock("third", code=codes.generate()) == "code_unknown"
    assert [row.reason for row in RefusedActivation.objects.all()] == ["code_blocked"]


def test_others_see_nothing_of_it_and_it_goes_with_the_owner(ada: Person, bob: Person) -> None:
    held, _code = licensed(ada, plan(devices=1))
    seat(held, "first")
    knock("second", license=held)
    assert selectors.refused_lately(bob, since=clock.now() - timedelta(days=1)) == []
    erasing.erase(Traces(ada.pk))
    assert not RefusedActivation.objects.exists()
