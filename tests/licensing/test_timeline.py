"""The timeline explains each piece of a licence's time in a sentence."""

from datetime import timedelta

import pytest
from django.utils import translation

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Price
from frontdesk.core.actors import Actor
from frontdesk.licensing import terms, timeline
from frontdesk.licensing.models import BatchKind, TermKind
from frontdesk.licensing.timeline import State
from tests.licensing.conftest import Time
from tests.licensing.test_redemption import redeem
from tests.licensing.test_terms import empty_license, grant
from tests.support.shop import new_code, plan_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def test_used_running_ahead_and_revoked(time: Time) -> None:
    license = empty_license(time)
    grant(license, days=30, kind=TermKind.TRIAL, ref="a")
    grant(license, months=1, ref="b")
    grant(license, days=30, kind=TermKind.ADJUSTMENT, ref="c")
    last = grant(license, days=30, kind=TermKind.GIFT, ref="d")
    time.by(days=31, hours=1)
    terms.revoke(actor=Actor.system(), term=last, reason="")
    pieces = timeline.timeline(license)
    assert [piece.state for piece in pieces] == [State.USED, State.RUNNING, State.AHEAD, State.REVOKED]
    assert [piece.days_left for piece in pieces] == [0, 30, 30, 0]
    assert [piece.never_ran for piece in pieces] == [False, False, False, True]
    assert [piece.kind for piece in pieces] == ["Trial", "Order", "Adjustment", "Gift"]
    assert [piece.sentence for piece in pieces] == [
        "30 days from the trial of 1 November 2026, used from 1 November 2026 to 1 December 2026.",
        "1 month from the order of 1 November 2026, running since 1 December 2026 and until 1 January 2027.",
        (
            "30 days from the adjustment of 1 November 2026, "
            "to begin on 1 January 2027 when what stands before it is used."
        ),
        "30 days from the gift of 1 November 2026, taken back on 2 December 2026 before it began.",
    ]


def test_a_begun_piece_that_was_taken_back(time: Time) -> None:
    license = empty_license(time)
    term = grant(license, days=30, kind=TermKind.CODE)
    time.by(days=5)
    terms.revoke(actor=Actor.system(), term=term, reason="")
    (piece,) = timeline.timeline(license)
    assert (piece.state, piece.never_ran, piece.end) == (State.REVOKED, False, time.now)
    assert "begun on 1 November 2026 and taken back on 6 November 2026" in piece.sentence


def test_codes_are_named_by_their_last_group_and_conversions_explained(ada: Person, time: Time) -> None:
    plus, basic = plan_version(code_days=360), plan_version(code_days=100, device_limit=1)
    for version, minor in ((plus, 6000), (basic, 2000)):
        Price.objects.create(plan_version=version, currency="EUR", minor=minor)
    first, second = new_code(plus), new_code(basic, kind=BatchKind.GIFT)
    license = redeem(ada, first).license
    time.by(days=1)
    redeem(ada, second, license)
    bought, gift = timeline.timeline(license, time.now + timedelta(days=400))
    assert bought.origin == f"card …{first.tail}"
    assert gift.origin == f"gift code …{second.tail}"
    assert "worth" not in bought.sentence
    assert gift.sentence.endswith("It was sold as 100 days of Plus, which are worth 33 days and 8 hours of Plus.")


@pytest.mark.parametrize(("seconds", "text"), [(86400, "1 day"), (90000, "1 day and 1 hour"), (7200, "2 hours")])
def test_lengths(seconds: int, text: str) -> None:
    assert timeline.days(seconds) == text
