"""The inbox of webhooks: checked, kept under their own id; then the object is fetched anew and settled."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from frontdesk.billing import jobs, processing
from frontdesk.billing.models import ProviderEvent
from frontdesk.billing.processing import process_due
from frontdesk.billing.providers import registry
from frontdesk.core import clock

__all__ = ["process_due", "receive", "replay"]


def receive(*, provider: str, headers: Mapping[str, str], raw: bytes) -> int:
    """Keep the events of a webhook; returns how many are new. Raises NotAuthentic, KeyError (no such provider).

    One transaction writes the events and the job that processes them; an event that comes again changes nothing.
    """
    found = {event.id: event for event in registry.get(provider).parse_webhook(headers, raw)}
    now = clock.real_now()
    with transaction.atomic():
        known = ProviderEvent.objects.filter(provider=provider, event_id__in=found)
        for event_id in known.values_list("event_id", flat=True):
            del found[event_id]
        ProviderEvent.objects.bulk_create(
            [
                ProviderEvent(
                    provider=provider,
                    event_id=event.id,
                    kind=event.kind[:80],
                    object_kind=event.object_kind,
                    object_ref=event.object_ref,
                    raw=event.raw,
                    received_at=now,
                    due_at=now,
                )
                for event in found.values()
            ],
            ignore_conflicts=True,  # the same webhook may come twice at this very moment
        )
        if found:
            jobs.process_events.defer()
    return len(found)


def replay(*, since: datetime | None = None, event_id: str = "") -> int:
    """Process kept events once more (harmless: only the state now counts); returns how many."""
    rows = ProviderEvent.objects.order_by("pk")
    if since:
        rows = rows.filter(received_at__gte=since)
    if event_id:
        rows = rows.filter(event_id=event_id)
    chosen = list(rows.values_list("pk", flat=True))
    ProviderEvent.objects.filter(pk__in=chosen).update(attempts=0, processed_at=None, due_at=clock.real_now())
    return sum(processing.process(pk) for pk in chosen)
