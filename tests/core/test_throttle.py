"""Throttles count in the database: parallel attempts cannot pass the bound."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.models import ThrottleCounter
from frontdesk.core.throttle import Limit, window  # as it is, before the tests' own takes its place

LIMIT = Limit("test", count=5, seconds=3600)


def test_all_nodes_mean_the_same_window() -> None:
    moment = datetime(2026, 11, 27, 17, 43, 21, 5, tzinfo=UTC)
    assert window(moment, 3600) == datetime(2026, 11, 27, 17, tzinfo=UTC)
    assert window(moment, 300) == datetime(2026, 11, 27, 17, 40, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_parallel_attempts_never_pass_the_bound() -> None:
    def attempt(_: int) -> bool:
        try:
            throttle.reserve(LIMIT, "203.0.113.0/24")
        except TooManyAttempts:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(attempt, range(40)))
    assert passed == 5


@pytest.mark.django_db
def test_the_refusal_says_how_long_to_wait() -> None:
    for _ in range(5):
        throttle.reserve(LIMIT, "x")
    with pytest.raises(TooManyAttempts) as refused:
        throttle.reserve(LIMIT, "x")
    seconds = refused.value.members["retry_after"]
    assert isinstance(seconds, int)
    assert 1 <= seconds <= 3601


@pytest.mark.django_db
def test_a_rightful_attempt_is_given_back() -> None:
    for _ in range(20):
        throttle.reserve(LIMIT, "owner")
        throttle.give_back(LIMIT, "owner")


@pytest.mark.django_db
def test_the_subject_is_never_stored_in_clear() -> None:
    throttle.reserve(LIMIT, "ada@example.org")
    assert "ada" not in ThrottleCounter.objects.get().bucket
