"""What the bank does with cards: tries, confirmations, and closing what nobody finishes.

Each deed is a transaction of the bank's own, under its row's lock, and refuses to run in a caller's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from frontdesk.billing.providers.sandbox import cards, events
from frontdesk.billing.providers.sandbox.models import Card, Intent
from frontdesk.core import clock

PAGE_OPEN = timedelta(hours=24)
CONFIRM_OPEN = timedelta(days=7)
Kind, Status = Intent.Kind, Intent.Status


@dataclass(frozen=True)
class Verdict:
    """What the bank says to a try."""

    decline: str = ""
    confirms: bool = False


def on_page(script: cards.TestCard, *, tried: int, is_setup: bool) -> Verdict:
    """A card typed on the page, tried so often before. Leaving a card takes no money, so none is missing."""
    if script.every_second and tried % 2:
        return Verdict()
    if is_setup and script.now == "insufficient_funds":
        return Verdict()
    return Verdict(decline=script.now, confirms=script.confirm_now and not script.now)


def kept(card: Card, *, on_session: bool, moment: datetime) -> Verdict:
    """A card that was kept; `card.charges` counts the tries before this one."""
    script = card.script
    if not card.is_kept or card.detached_at:
        return Verdict(decline="mandate_revoked")
    if card.has_expired(moment):
        return Verdict(decline="expired_card")
    if script.every_second and card.charges % 2:
        return Verdict()
    confirms = script.confirm_later or (on_session and script.confirm_now)
    return Verdict(decline=script.later, confirms=confirms and not script.later)


@transaction.atomic(durable=True)
def try_card(*, ref: str, script: cards.TestCard, exp_month: int, exp_year: int, turn: int) -> Intent:
    """A card is given on the page. A form of an earlier turn (a double click, the back button) changes nothing."""
    intent = Intent.objects.select_for_update().get(ref=ref)
    if intent.status != Status.OPEN or not intent.is_waiting_at(clock.now()) or turn != intent.turn:
        return intent
    tried = intent.tries.get(script.code, 0)
    intent.tries[script.code] = tried + 1
    verdict = on_page(script, tried=tried, is_setup=intent.kind == Kind.SETUP)
    intent.decline = verdict.decline
    if verdict.decline and not script.silent_for:
        _save(intent)
        return intent
    intent.card = Card.objects.create(
        ref=events.new_ref("card"),
        customer_ref=intent.customer_ref,
        code=script.code,
        last4=script.last4,
        exp_month=exp_month,
        exp_year=exp_year,
        is_kept=False,
    )
    settle(intent, verdict)
    return intent


@transaction.atomic(durable=True)
def confirm(*, ref: str, agreed: bool) -> Intent:
    """The customer confirms a payment with the bank, or refuses to. Refused on a page, another card may be tried."""
    intent = Intent.objects.select_for_update().get(ref=ref)
    if intent.status != Status.CONFIRMING or not intent.is_waiting_at(clock.now()):
        return intent
    if agreed:
        settle(intent, Verdict())
    elif intent.has_page:
        intent.status, intent.card, intent.decline = Status.OPEN, None, "authentication_failed"
        _save(intent)
    else:
        settle(intent, Verdict(decline="authentication_failed"))
    return intent


@transaction.atomic(durable=True)
def close(*, ref: str) -> Intent:
    """Give up what still waits for the customer; what has ended stays as it ended."""
    intent = Intent.objects.select_for_update().get(ref=ref)
    if intent.status in Intent.WAITING:
        settle(intent, Verdict(decline="abandoned"))
    return intent


@transaction.atomic(durable=True)
def detach(*, ref: str) -> None:
    """Forget a kept card."""
    Card.objects.filter(ref=ref, detached_at=None).update(detached_at=clock.now())


def settle(intent: Intent, verdict: Verdict) -> None:
    """Bring an intent to what the bank says of its card, and tell of it; in the caller's transaction."""
    now = clock.now()
    script = intent.card.script if intent.card else None
    if verdict.confirms:
        intent.status = Status.CONFIRMING
    else:
        intent.status = Status.FAILED if verdict.decline else Status.SUCCEEDED
    intent.decline = verdict.decline
    if script and script.silent_for and not verdict.confirms:
        intent.silent_until = now + script.silent_for
    if script and intent.status == Status.SUCCEEDED:
        _after_success(intent, script, now)
    _save(intent)
    events.tell_of_intent(intent)


def _after_success(intent: Intent, script: cards.TestCard, now: datetime) -> None:
    if intent.keeps_card and intent.card and not intent.card.is_kept:
        intent.card.is_kept = True
        intent.card.save(update_fields=["is_kept"])
    if intent.kind == Kind.PAYMENT and script.disputed_after:
        intent.dispute_at = now + script.disputed_after


def _save(intent: Intent) -> None:
    intent.touched_at = clock.real_now()
    intent.save()
