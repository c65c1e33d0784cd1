"""What the bank does by itself when its time comes, in business time: disputes, verdicts, pages that close."""

from datetime import datetime

from django.db import transaction

from frontdesk.billing.providers.sandbox import bank, money_back
from frontdesk.billing.providers.sandbox.models import Dispute, Intent
from frontdesk.core import clock


def sweep(limit: int = 200) -> int:
    """Do what is due, each in a transaction of its own; returns how many. Outside transactions."""
    taken = 0
    for step in (_open_dispute, _decide_dispute, _close_page):
        while taken < limit and step():
            taken += 1
    return taken


def next_at() -> datetime | None:
    """When something is due next; None: never."""
    moments = [
        Intent.objects.filter(dispute_at__isnull=False).order_by("dispute_at").values_list("dispute_at", flat=True),
        Dispute.objects.filter(decide_at__isnull=False).order_by("decide_at").values_list("decide_at", flat=True),
        Intent.objects.filter(status__in=Intent.WAITING).order_by("expires_at").values_list("expires_at", flat=True),
    ]
    found = [moment for rows in moments if (moment := rows.first())]
    return min(found) if found else None


@transaction.atomic(durable=True)
def _open_dispute() -> bool:
    due = Intent.objects.filter(dispute_at__lte=clock.now()).order_by("dispute_at")
    intent = due.select_for_update(skip_locked=True).first()
    if intent:
        money_back.open_planned(intent)
    return intent is not None


@transaction.atomic(durable=True)
def _decide_dispute() -> bool:
    due = Dispute.objects.filter(decide_at__lte=clock.now()).order_by("decide_at")
    dispute = due.select_for_update(skip_locked=True).first()
    if dispute:
        money_back.decide_planned(dispute)
    return dispute is not None


@transaction.atomic(durable=True)
def _close_page() -> bool:
    due = Intent.objects.filter(status__in=Intent.WAITING, expires_at__lte=clock.now()).order_by("expires_at")
    intent = due.select_for_update(skip_locked=True).first()
    if intent:
        bank.settle(intent, bank.Verdict(decline="abandoned"))
    return intent is not None
