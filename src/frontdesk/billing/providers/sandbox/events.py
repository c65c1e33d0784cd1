"""What the bank tells the vendor: written with the deed, sent by the worker."""

import secrets
from datetime import timedelta

from frontdesk.billing.providers.protocol import ObjectKind
from frontdesk.billing.providers.sandbox.models import Dispute, Event, Intent, Refund
from frontdesk.core import clock


def new_ref(kind: str) -> str:
    """A reference that nobody can guess: whoever knows one may open its page."""
    return f"sbx_{kind}_{secrets.token_urlsafe(24)}"


def tell_of_intent(intent: Intent) -> None:
    """That a payment or a setup has come to what it is now. While its answer is lost, the event is late too."""
    now = clock.now()
    late = max(intent.silent_until - now, timedelta()) if intent.silent_until else timedelta()
    _tell(f"{intent.kind}.{intent.status}", ObjectKind(intent.kind), intent.ref, late)


def tell_of_refund(refund: Refund) -> None:
    """That a refund succeeded or failed."""
    status = "succeeded" if refund.has_succeeded else "failed"
    _tell(f"refund.{status}", ObjectKind.REFUND, refund.ref)


def tell_of_dispute(dispute: Dispute) -> None:
    """That a dispute was opened or decided."""
    _tell(f"dispute.{dispute.status}", ObjectKind.DISPUTE, dispute.ref)


def _tell(kind: str, object_kind: ObjectKind, ref: str, late: timedelta = timedelta()) -> None:
    now = clock.real_now()
    Event.objects.create(
        ref=new_ref("evt"), kind=kind, object_kind=object_kind, object_ref=ref, created_at=now, due_at=now + late
    )
