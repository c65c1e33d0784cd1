"""Erasing a payer from the test bank: payments stay, the caller's number of whoever made them goes."""

from frontdesk.billing.providers.sandbox.models import Intent
from frontdesk.core.personal import Traces


def erase(traces: Traces) -> None:
    """One person's numbers."""
    Intent.objects.filter(customer=str(traces.person)).update(customer="")
