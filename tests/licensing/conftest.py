"""Time and people in the hands of the tests of licensing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress

from frontdesk.accounts.models import Person
from frontdesk.core import clock


class Time:
    """Business time, which stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def by(self, **amount: float) -> datetime:
        self.now += timedelta(**amount)
        return self.now


@pytest.fixture
def time() -> Iterator[Time]:
    stood = Time()
    with patch.object(clock, "now", lambda: stood.now):
        yield stood


@pytest.fixture
def person(db: None) -> Callable[[str], Person]:
    """Somebody with a confirmed address, made at the first call with this name."""

    def make(name: str) -> Person:
        email = f"{name.lower()}@mail.example"
        found = Person.objects.filter(email=email).first()
        if found:
            return found
        made = Person.objects.create_user(email=email, name=name)
        EmailAddress.objects.create(user=made, email=email, verified=True, primary=True)
        return made

    return make


@pytest.fixture
def ada(person: Callable[[str], Person]) -> Person:
    return person("Ada")


@pytest.fixture
def bob(person: Callable[[str], Person]) -> Person:
    return person("Bob")
