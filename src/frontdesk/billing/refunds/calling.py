"""What is said to a refund's provider; built from the row alone. Never inside a transaction; raises ProviderError."""

from frontdesk.billing import outside
from frontdesk.billing.models import Refund
from frontdesk.billing.payments.calling import MARGIN, REPEATABLE, provider_of
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, RefundRequest, Snapshot
from frontdesk.core import clock


def send(refund: Refund) -> Snapshot:
    """Send the money back; the same refund again answers the same."""
    provider = provider_of(refund.payment.provider)
    request = RefundRequest(refund.key, refund.payment.ref, refund.amount_minor, refund.currency)
    return outside.call("refund", lambda: provider.refund(request))


def ask(refund: Refund) -> Snapshot:
    """How it stands: fetched where there is a reference, otherwise found out without refunding twice."""
    provider = provider_of(refund.payment.provider)
    if refund.ref:
        return outside.call("fetch", lambda: provider.fetch(ObjectKind.REFUND, refund.ref))
    if clock.now() - refund.requested_at < REPEATABLE:
        return send(refund)
    since = clock.real_now() - (clock.now() - refund.requested_at) - MARGIN
    for kind, ref in outside.call("changed", lambda: provider.changed_since(since)):
        if kind == ObjectKind.REFUND:
            found = provider.fetch(kind, ref)
            if found.key == refund.key:
                return found
    return Snapshot(ObjectKind.REFUND, "", Outcome.FAILED, decline="processing_error")
