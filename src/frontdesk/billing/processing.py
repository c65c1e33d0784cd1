"""Processing kept events: the object is fetched anew and settled, so that order and number of events do not matter.

Moments here are the network's, in real time.
"""

from datetime import timedelta
from enum import StrEnum

import structlog
from django.db import transaction
from django.db.models import Q

from frontdesk.billing import disputes, outside
from frontdesk.billing.models import Payment, ProviderEvent, Refund
from frontdesk.billing.payments import calling, settling
from frontdesk.billing.payments.settling import Differs
from frontdesk.billing.providers.protocol import ObjectKind, ProviderError, Snapshot
from frontdesk.billing.refunds import adopting
from frontdesk.billing.refunds import settling as refund_settling
from frontdesk.core import clock

log = structlog.get_logger(__name__)
PAUSES = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600, 43200, 86400)]
UNKNOWN_TRIES = 3  # an event may be quicker than the transaction that writes down the reference it speaks of


class Verdict(StrEnum):
    """What came of an event."""

    SETTLED = "settled"
    UNKNOWN = "unknown object"
    DIFFERS = "amounts differ"
    AWAY = "provider away"
    NOTHING = "nothing to do"


def process_due(limit: int = 200) -> int:
    """Fetch and settle what events speak of; a failing one is tried again with growing pauses. Outside transactions."""
    done = 0
    while done < limit and (event := _claim(Q(due_at__lte=clock.real_now()))):
        done += 1
        _process(event)
    return done


def process(event: int) -> bool:
    """Process one event, whether it is due or not. False while somebody else has it in their hands."""
    found = _claim(Q(pk=event))
    if found:
        _process(found)
    return found is not None


def apply(*, provider: str, kind: ObjectKind, ref: str) -> Verdict:
    """Fetch an object and settle it. Raises ProviderError, Differs."""
    if kind == ObjectKind.SETUP:
        return Verdict.NOTHING  # its card is kept by the page the customer comes back to
    adapter = calling.provider_of(provider)
    snapshot = outside.call("fetch", lambda: adapter.fetch(kind, ref))
    settled = {
        ObjectKind.PAYMENT: _payment,
        ObjectKind.REFUND: _refund,
        ObjectKind.DISPUTE: _dispute,
    }[kind](provider, snapshot)
    return Verdict.SETTLED if settled else Verdict.UNKNOWN


def _payment(provider: str, snapshot: Snapshot) -> bool:
    named = Q(ref=snapshot.ref) | (Q(key=snapshot.key) if snapshot.key else Q())
    row = Payment.objects.filter(named, provider=provider).exclude(ref="", key="").first()
    if row:
        settling.settle(payment=row.pk, snapshot=snapshot)
    return row is not None


def _refund(provider: str, snapshot: Snapshot) -> bool:
    named = Q(ref=snapshot.ref) | (Q(key=snapshot.key) if snapshot.key else Q())
    row = Refund.objects.filter(named, payment__provider=provider).first()
    if row:
        refund_settling.settle(refund=row.pk, snapshot=snapshot)
        return True
    return adopting.adopt(provider=provider, snapshot=snapshot) is not None


def _dispute(provider: str, snapshot: Snapshot) -> bool:
    return disputes.settle(provider=provider, snapshot=snapshot) is not None


def _claim(which: Q) -> ProviderEvent | None:
    """The event that has waited longest, put off so that no other worker takes it and a dead one comes back."""
    now = clock.real_now()
    with transaction.atomic():
        rows = ProviderEvent.objects.select_for_update(skip_locked=True, no_key=True).filter(which)
        event = rows.order_by("due_at", "pk").first()
        if event:
            event.attempts += 1
            event.due_at = now + PAUSES[min(event.attempts, len(PAUSES)) - 1]
            event.save(update_fields=["attempts", "due_at"])
    return event


def _process(event: ProviderEvent) -> None:
    verdict, is_final = _judge(event)
    values = {"verdict": verdict[:40]}
    if is_final:
        ProviderEvent.objects.filter(pk=event.pk).update(processed_at=clock.real_now(), due_at=None, **values)
    elif event.attempts > len(PAUSES):  # it stays on the desk's list of failed ones, until somebody replays it
        ProviderEvent.objects.filter(pk=event.pk).update(due_at=None, **values)
        log.error("event_given_up", provider=event.provider, kind=event.kind, verdict=verdict)
    else:
        ProviderEvent.objects.filter(pk=event.pk).update(**values)


def _judge(event: ProviderEvent) -> tuple[str, bool]:
    """(verdict, whether that is the end of it)."""
    try:
        verdict = apply(provider=event.provider, kind=ObjectKind(event.object_kind), ref=event.object_ref)
    except ProviderError:
        return Verdict.AWAY, False
    except Differs:
        return Verdict.DIFFERS, True  # asking again would say the same: a person must look
    except Exception as error:  # one that cannot be processed must not keep the others from it
        log.exception("event_not_processed", provider=event.provider, kind=event.kind)
        return f"failed: {type(error).__name__}", False
    return verdict, verdict != Verdict.UNKNOWN or event.attempts >= UNKNOWN_TRIES
