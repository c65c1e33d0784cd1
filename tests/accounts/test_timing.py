"""Whether times tell known addresses from unknown ones (part of the soak)."""

import math
import random
import time
from datetime import timedelta

import pytest
from pytest_django import Settings

from frontdesk.accounts.models import GuessCounter
from frontdesk.core import clock
from frontdesk.core.models import OutboxMessage, ThrottleCounter
from tests.accounts.attack import stranger
from tests.people import customer
from tests.support.hashing import PRODUCT

PAIRS = 300
SURE = 3.29  # standard deviations: one honest run in a thousand goes beyond


def strangeness(first: list[float], second: list[float]) -> float:
    """How far two samples of equal size are from being of one kind (Mann-Whitney), in standard deviations."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_value, which) in enumerate(ranked, 1) if which == 0)
    n = len(first)
    return abs(ranks - n * (2 * n + 1) / 2) / math.sqrt(n * n * (2 * n + 1) / 12)


def test_the_measure_finds_a_difference_of_a_tenth() -> None:
    noise = random.Random(7)
    first, second = ([noise.gauss(mean, 3) for _ in range(PAIRS)] for mean in (40, 44))
    same = [noise.gauss(40, 3) for _ in range(PAIRS)]
    assert strangeness(first, second) > SURE
    assert strangeness(first, same) < SURE


@pytest.mark.soak
@pytest.mark.django_db
@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("path", ["/account/login/", "/account/password/reset/", "/account/login/code/"])
def test_times_do_not_tell_known_addresses_from_unknown_ones(path: str, settings: Settings, *, locked: bool) -> None:
    settings.PASSWORD_HASHERS = [PRODUCT]
    customer("ada@example.org")
    taken: dict[str, list[float]] = {"ada@example.org": [], "eve@example.org": []}

    def once(email: str, at: int) -> float:
        if not locked:
            for model in (GuessCounter, ThrottleCounter, OutboxMessage):
                model.objects.all().delete()
        client, fields = stranger(at), {"login": email, "email": email, "password": "wrong but long enough"}
        began = time.perf_counter()
        client.post(path, fields)
        return time.perf_counter() - began

    for at in range(6):  # beyond these, all is refused or unsent when `locked`
        for email in taken:
            once(email, at)
    GuessCounter.objects.update(waits_until=clock.real_now() + timedelta(hours=1))
    for at in range(PAIRS):
        for email in sorted(taken, reverse=bool(at % 2)):
            taken[email].append(once(email, at))
    assert strangeness(*taken.values()) < SURE, {email: sorted(times)[PAIRS // 2] for email, times in taken.items()}
