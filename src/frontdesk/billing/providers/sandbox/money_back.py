"""Money that goes back: refunds, which never exceed what is left of a payment, and disputes."""

from django.db import transaction
from django.db.models import Sum

from frontdesk.billing.providers.sandbox import cards, events
from frontdesk.billing.providers.sandbox.models import Dispute, Intent, Refund
from frontdesk.core import clock

REASONS = ("fraudulent", "not_received", "not_recognized")


def left_of(intent: Intent) -> int:
    """What may still go back: paid − refunded − disputed (open or lost). Nothing while a dispute is open."""
    if intent.kind != Intent.Kind.PAYMENT or intent.status != Intent.Status.SUCCEEDED:
        return 0
    dispute = Dispute.objects.filter(intent=intent).first()
    if dispute and dispute.status == Dispute.Status.OPEN:
        return 0
    lost = dispute.amount_minor if dispute and dispute.status == Dispute.Status.LOST else 0
    return max(0, intent.amount_minor - refunded(intent) - lost)


def refunded(intent: Intent) -> int:
    """What has gone back by refunds."""
    return int(intent.refunds.filter(has_succeeded=True).aggregate(total=Sum("amount_minor"))["total"] or 0)


def refund(*, intent: Intent, key: str, amount_minor: int) -> Refund:
    """Send money back, or keep that it could not go; in the caller's transaction, which has locked the payment."""
    now = clock.now()
    made = Refund.objects.create(
        ref=events.new_ref("ref"),
        key=key,
        intent=intent,
        amount_minor=amount_minor,
        has_succeeded=0 < amount_minor <= left_of(intent),
        created_at=now,
        touched_at=clock.real_now(),
    )
    events.tell_of_refund(made)
    return made


@transaction.atomic(durable=True)
def send_back(*, ref: str) -> Refund:
    """The cardholder's bank does not take a refund after all (the account is closed, say): the money is the vendor's
    again. A second time changes nothing.
    """
    refund = Refund.objects.select_for_update(of=("self",)).select_related("intent").get(ref=ref)
    if refund.has_succeeded:
        refund.has_succeeded, refund.touched_at = False, clock.real_now()
        refund.save(update_fields=["has_succeeded", "touched_at"])
        events.tell_of_refund(refund)
    return refund


@transaction.atomic(durable=True)
def open_dispute(*, ref: str, reason: str = "fraudulent") -> Dispute | None:
    """The cardholder goes to the bank about a payment, once, and about all of it, whatever was refunded.

    None: it was not paid. Raises Intent.DoesNotExist.
    """
    intent = Intent.objects.select_for_update().get(ref=ref)
    if intent.kind != Intent.Kind.PAYMENT or intent.status != Intent.Status.SUCCEEDED:
        return None
    return _opened(intent, reason, intent.amount_minor)


@transaction.atomic(durable=True)
def decide(*, ref: str, won: bool) -> Dispute:
    """Decide a dispute, for the vendor (`won`) or against. What is decided stays."""
    dispute = Dispute.objects.select_for_update().get(ref=ref)
    if dispute.status == Dispute.Status.OPEN:
        _close(dispute, Dispute.Status.WON if won else Dispute.Status.LOST)
    return dispute


def open_planned(intent: Intent) -> None:
    """Open the dispute that a test card has in store, unless all has gone back; in the caller's transaction."""
    rest = intent.amount_minor - refunded(intent)
    if rest > 0:
        _opened(intent, REASONS[0], rest)
    intent.dispute_at = None
    intent.save(update_fields=["dispute_at"])


def decide_planned(dispute: Dispute) -> None:
    """Decide a dispute as its test card has it in store; in the caller's transaction."""
    _close(dispute, Dispute.Status(dispute.verdict))


def _opened(intent: Intent, reason: str, amount_minor: int) -> Dispute:
    known = Dispute.objects.filter(intent=intent).first()
    if known:
        return known
    now = clock.now()
    verdict = intent.card.script.verdict if intent.card and intent.dispute_at else ""
    dispute = Dispute.objects.create(
        ref=events.new_ref("dsp"),
        intent=intent,
        amount_minor=amount_minor,
        reason=reason if reason in REASONS else REASONS[0],
        verdict=verdict,
        opened_at=now,
        decide_at=now + cards.DECIDES_AFTER if verdict else None,
        touched_at=clock.real_now(),
    )
    events.tell_of_dispute(dispute)
    return dispute


def _close(dispute: Dispute, status: Dispute.Status) -> None:
    dispute.status, dispute.closed_at, dispute.decide_at = status, clock.now(), None
    dispute.touched_at = clock.real_now()
    dispute.save()
    events.tell_of_dispute(dispute)
