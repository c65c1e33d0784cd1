"""The journey: from one moment at which something is due to the next, doing there what the worker does.

A server may run beside it: rows are taken with SKIP LOCKED, so nothing is done twice, and the journey goes on only when
nothing is due any more. Interrupted, the clock stands where the journey was, and the worker does the rest.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from frontdesk.accounts.models import Person
from frontdesk.accounts.services import deletion, erasing
from frontdesk.billing import inbox, moments, orders
from frontdesk.billing.payments import sweeping as payments
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.sandbox import sweeping as bank
from frontdesk.billing.providers.sandbox import webhooks
from frontdesk.billing.refunds import settling as refunds
from frontdesk.billing.subscriptions import sweeping as subscriptions
from frontdesk.core import clock, outbox
from frontdesk.core.errors import ClockTravelRefused
from frontdesk.licensing import seats
from frontdesk.support.forum import moments as community
from frontdesk.support.tickets import moments as conversations

SANDBOX = "sandbox"
PATIENCE_SECONDS = 20.0  # for what another process has taken and not finished
PAUSE_SECONDS = 0.05
A_MOMENT = timedelta(milliseconds=1)
Move = Callable[[timedelta], object]
Stop = Callable[[], None]


class NothingMoves(Exception):
    """Something is due and does not get done; says what."""


def travel(by: timedelta, arrived: Stop) -> datetime:
    """Move the demo's time forward; `arrived` is called at each stop, when everything there is done.

    Raises ClockTravelRefused outside the demo, with a real provider, or backward; NothingMoves.
    """
    if set(registry.known()) - {SANDBOX}:
        raise ClockTravelRefused
    goal = clock.travel(timedelta()) + by
    if by < timedelta():
        raise ClockTravelRefused
    live_until(goal, move=clock.travel, arrived=arrived)
    seats.free_lapsed()
    return clock.now()


def live_until(goal: datetime, *, move: Move, arrived: Stop) -> None:
    """Stop at each moment at which something is due, until the goal; `move` lets so much time pass."""
    settle()
    arrived()
    for moment in _stops(goal):
        move(max(moment - clock.now() + A_MOMENT, timedelta()))
        settle()
        arrived()
    move(max(goal - clock.now(), timedelta()))
    settle()
    arrived()


def settle() -> None:
    """Do what is due until nothing is. Raises NothingMoves when something stays due for too long."""
    quiet_since: float | None = None
    while True:
        if _round():
            quiet_since = None
            continue
        waits_for = _due()
        if not waits_for:
            return
        quiet_since = quiet_since or time.monotonic()
        if time.monotonic() - quiet_since > PATIENCE_SECONDS:
            raise NothingMoves(waits_for)
        time.sleep(PAUSE_SECONDS)


def _stops(goal: datetime) -> Iterator[datetime]:
    while (moment := next_moment()) and moment <= goal:
        yield moment


def next_moment() -> datetime | None:
    """When anything is due next, in billing, at the bank, with an account that ends, in a conversation or a topic."""
    leaving = Person.objects.filter(deletion_due_at__isnull=False, is_staff=False).order_by("deletion_due_at")
    ends = leaving.values_list("deletion_due_at", flat=True).first()
    return min(
        (
            moment
            for moment in (
                moments.next_moment(), bank.next_at(), ends, conversations.next_moment(), community.next_moment()
            )
            if moment
        ),
        default=None,
    )  # fmt: skip


def _round() -> int:
    """Everything that the worker sweeps, once; returns how much was done."""
    done = bank.sweep()
    done += webhooks.deliver_due(lambda headers, raw: inbox.receive(provider=SANDBOX, headers=headers, raw=raw))
    done += inbox.process_due()
    done += payments.sweep() + refunds.sweep() + subscriptions.sweep() + orders.expire_open()
    done += conversations.sweep() + community.sweep()
    deletion.remind_due()
    done += erasing.sweep()
    # Last, since a charge needs a notice that a mail server took at this very moment.
    return done + outbox.deliver_due(1000)


def _due() -> str:
    """What is due at this moment and in other hands; empty when nothing is."""
    moment = next_moment()
    if moment and moment <= clock.now():
        return f"something was due at {moment.isoformat(timespec='seconds')}"
    if outbox.due():
        return "a message is being sent"
    return ""
