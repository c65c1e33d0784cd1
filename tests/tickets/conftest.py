"""The cast of the desk."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from tests.people import customer
from tests.support import desk


class Time:
    """The hand on the clock: `time.ahead = timedelta(days=3)`."""

    ahead = timedelta()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Business time that the test moves."""
    hand = Time()
    monkeypatch.setattr(clock, "offset", lambda: hand.ahead)
    return hand


@pytest.fixture
def ada(db: None) -> Person:
    """A customer."""
    return customer()


@pytest.fixture
def kim(db: None) -> Person:
    """An agent."""
    return desk.agent()
