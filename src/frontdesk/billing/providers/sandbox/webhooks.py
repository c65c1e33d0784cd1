"""The bank's webhooks: signed with a time, sent by the worker until they are taken, at least once, in any order.

`Sandbox-Signature: t=<unix>,v1=<HMAC-SHA256 of "<t>.<body>">`. Real time throughout.
"""

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from frontdesk.billing.providers.protocol import Event, NotAuthentic, ObjectKind
from frontdesk.billing.providers.sandbox import models
from frontdesk.core import clock

log = structlog.get_logger(__name__)
HEADER = "Sandbox-Signature"
TOLERANCE = timedelta(minutes=5)
AHEAD = timedelta(minutes=1)  # clocks differ a little
LONGEST = 120  # characters of an id, as the inbox keeps it
PAUSES = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600, 43200, 86400)]

Send = Callable[[Mapping[str, str], bytes], object]


def secret() -> bytes:
    """The key of the signatures, derived from the installation's own."""
    return hmac.new(settings.SECRETS.token_key.encode(), b"sandbox webhooks", hashlib.sha256).digest()


def sign(raw: bytes, at: datetime) -> str:
    """The header's value for a body that is sent at this moment."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_mac(seconds, raw)}"


def parse(headers: Mapping[str, str], raw: bytes) -> list[Event]:
    """The event of a body whose signature fits and is neither old nor from the future. Raises NotAuthentic."""
    given = {name.lower(): value for name, value in headers.items()}.get(HEADER.lower(), "")
    parts = dict(part.partition("=")[::2] for part in given.split(","))
    try:
        seconds = int(parts.get("t", ""))
        sent_at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotAuthentic("no signature") from None
    if not hmac.compare_digest(parts.get("v1", "").encode(), _mac(seconds, raw).encode()):
        raise NotAuthentic("the signature does not fit")
    now = clock.real_now()
    if not now - TOLERANCE <= sent_at <= now + AHEAD:
        raise NotAuthentic("too old, or from the future")
    return [_event(raw)]


def deliver_due(send: Send, *, limit: int = 100, copies: int = 1, mixed: random.Random | None = None) -> int:
    """Send what is due; returns how many were taken. Outside transactions.

    A test asks for trouble: `copies` of each, and `mixed` in order. An event that is not taken is sent again later.
    """
    events = _claim(limit)
    queue = [event for event in events for _ in range(copies)]
    if mixed:
        mixed.shuffle(queue)
    taken = {event.pk for event in queue if _sent(send, event)}
    models.Event.objects.filter(pk__in=taken).update(due_at=None, delivered_at=clock.real_now())
    return len(taken)


def delay(by: timedelta) -> int:
    """Hold back everything that waits, as a slow network does; returns how many."""
    waiting = models.Event.objects.filter(due_at__isnull=False)
    return waiting.update(due_at=clock.real_now() + by)


def body_of(event: models.Event) -> bytes:
    """What is sent."""
    return json.dumps(
        {
            "id": event.ref,
            "type": event.kind,
            "created": int(event.created_at.timestamp()),
            "object": {"kind": event.object_kind, "ref": event.object_ref},
        }
    ).encode()


@transaction.atomic(durable=True)
def _claim(limit: int) -> list[models.Event]:
    """Events for this sender alone; should it die, they are due again after their pause."""
    now = clock.real_now()
    due = models.Event.objects.filter(due_at__lte=now).order_by("id")
    events = list(due.select_for_update(skip_locked=True)[:limit])
    for event in events:
        event.due_at = now + PAUSES[event.attempts] if event.attempts < len(PAUSES) else None
        event.attempts += 1
    models.Event.objects.bulk_update(events, ["due_at", "attempts"])
    return events


def _sent(send: Send, event: models.Event) -> bool:
    raw = body_of(event)
    try:
        send({HEADER: sign(raw, clock.real_now()), "Content-Type": "application/json"}, raw)
    except Exception as error:  # noqa: BLE001 - whatever the vendor's end raises, the bank sends again
        log.warning("sandbox_webhook_failed", number=event.pk, kind=event.kind, error=type(error).__name__)
        return False
    return True


def _event(raw: bytes) -> Event:
    try:
        text = raw.decode()
        body = json.loads(text)
        return Event(
            id=_word(body["id"]),
            kind=_word(body["type"]),
            object_kind=ObjectKind(body["object"]["kind"]),
            object_ref=_word(body["object"]["ref"]),
            created_at=datetime.fromtimestamp(body["created"], UTC),
            raw=text,
        )
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        raise NotAuthentic("not an event of the sandbox") from None


def _word(value: object) -> str:
    """A text that can be kept: neither empty nor too long, without what no database takes. Raises ValueError."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable():
        raise ValueError("no word")
    return value


def _mac(seconds: int, raw: bytes) -> str:
    return hmac.new(secret(), f"{seconds}.".encode() + raw, hashlib.sha256).hexdigest()
