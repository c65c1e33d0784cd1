"""The outbox: what the world outside must hear of, written with the business transaction, delivered by the worker.

Each topic has one handler, registered by the app that owns it. Delivery is at least once: a handler must be safe to
repeat, and gets the message's key to make it so. A failing message is tried again with growing pauses, then kept as
failed, where `frontdesk check` and the back office show it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from frontdesk.core import audit, clock, encryption
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage

log = structlog.get_logger(__name__)
PAUSES = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600, 43200, 86400)]
SECRET = "outbox"  # noqa: S105 - the name of a purpose


@dataclass(frozen=True)
class Delivery:
    """What a handler gets: the message's key (for doing it once), its payload, and the opened secret."""

    key: UUID
    payload: dict[str, Any]
    secret: str
    created_at: datetime


Handler = Callable[[Delivery], None]
_handlers: dict[str, Handler] = {}
_apart: set[str] = set()


def handle(topic: str, handler: Handler, *, apart: bool = False) -> None:
    """Name the one handler of a topic. Raises ValueError when the topic has another already.

    `apart`: the topic has a job of its own, so that whoever takes its messages slowly holds up no others.
    """
    if _handlers.setdefault(topic, handler) is not handler:
        raise ValueError(f"two handlers for {topic}")
    if apart:
        _apart.add(topic)


def shared_topics() -> set[str]:
    """The topics that one job delivers together."""
    return set(_handlers) - _apart


def put(*, topic: str, payload: dict[str, Any], secret: str = "", due_at: datetime | None = None) -> OutboxMessage:
    """Write a message in the caller's transaction. `secret` is sealed, and erased once delivered."""
    now = clock.real_now()
    message = OutboxMessage(topic=topic, payload=payload, created_at=now, due_at=due_at or now)
    if secret:
        message.secret = encryption.seal(secret.encode(), purpose=SECRET, context=message.key.bytes)
    message.save()
    return message


def deliver_due(limit: int = 100, *, topics: Collection[str] | None = None) -> int:
    """Deliver what is due (of these topics, or of all), each message in a transaction of its own; returns how many."""
    taken, wanted = 0, list(_handlers if topics is None else topics)
    while taken < limit and _deliver_one(wanted):
        taken += 1
    return taken


def _deliver_one(topics: list[str]) -> bool:
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(delivered_at=None, failed_at=None, due_at__lte=clock.real_now(), topic__in=topics)
            .order_by("due_at")
            .first()
        )
        if message is None:
            return False
        try:
            with transaction.atomic():
                _handlers[message.topic](_delivery(message))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, the message must survive it
            _postpone(message, error)
        else:
            message.delivered_at, message.secret = clock.real_now(), None
        message.attempts += 1
        message.save()
    return True


def _delivery(message: OutboxMessage) -> Delivery:
    secret = ""
    if message.secret:
        secret = encryption.unseal(bytes(message.secret), purpose=SECRET, context=message.key.bytes).decode()
    return Delivery(message.key, message.payload, secret, message.created_at)


def _postpone(message: OutboxMessage, error: Exception) -> None:
    # The error's text may hold an address or a code: only its class is kept.
    message.last_error = type(error).__name__
    log.warning("outbox_delivery_failed", topic=message.topic, key=str(message.key), error=message.last_error)
    if message.attempts >= len(PAUSES):
        message.failed_at = clock.real_now()
    else:
        message.due_at = clock.real_now() + PAUSES[message.attempts]


@transaction.atomic
def retry(*, actor: Actor, message: OutboxMessage) -> None:
    """Take a message that failed for good up again, from the start of its pauses."""
    current = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if current.failed_at is None:
        return
    current.failed_at, current.attempts, current.due_at = None, 0, clock.real_now()
    current.save(update_fields=["failed_at", "attempts", "due_at"])
    audit.record(
        actor=actor,
        action="outbox.retried",
        subject_type="outbox_message",
        subject=current.key,
        data={"topic": current.topic},
    )


def forget(*, member: str, values: Iterable[object], topic: str = "") -> None:
    """Delete the messages (of a topic) whose payload names one of these in `member`: what they speak of is erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from core_outboxmessage where topic like %s and payload ->> %s = any (%s)",
            [topic or "%", member, [str(value) for value in values]],
        )


def forget_sealed(words: Collection[str]) -> None:
    """Delete the messages on their way whose sealed part speaks of one of these (an address, a number)."""
    for message in OutboxMessage.objects.select_for_update().exclude(secret=None).order_by("id").iterator():
        secret = _delivery(message).secret.lower()
        if any(word.lower() in secret for word in words):
            message.delete()


def due() -> bool:
    """Whether a message should be on its way by now: somebody is delivering it, or nobody is."""
    rows = OutboxMessage.objects.filter(delivered_at=None, failed_at=None, due_at__lte=clock.real_now())
    return rows.filter(topic__in=list(_handlers)).exists()


def waiting() -> int:
    """How many messages are not delivered yet."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_outboxmessage where delivered_at is null and failed_at is null")
        return int(cursor.fetchone()[0])
