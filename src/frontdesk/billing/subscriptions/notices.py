"""Telling customers of charges ahead: notices, reminders, and that a licence ends. Under the subscription's lock."""

from datetime import datetime

from frontdesk.accounts.messages.sending import TOPIC
from frontdesk.accounts.models import Message
from frontdesk.billing import mails, notes, paid_with, words
from frontdesk.billing.events import ChargeMoved
from frontdesk.billing.models import ChargeNotice, Subscription
from frontdesk.billing.subscriptions import planning, schedule
from frontdesk.core import clock, events, outbox
from frontdesk.core.actors import Actor

ACTOR = Actor.system("the sweep of subscriptions")


def announce(subscription: Subscription) -> ChargeNotice:
    """Say the amount and the day of the coming charge. Where too little time is left, the charge moves.

    A notice that the mail server has not taken yet is withdrawn: nobody shall read of a charge that will not come.
    """
    before = planning.newest_notice(subscription)
    now, planned = clock.now(), subscription.charge_at
    _mind_unreached(subscription, before)
    _withdraw_unsent(before)
    subscription.charge_at = schedule.moment_for(subscription, now)
    notice = ChargeNotice.objects.create(
        subscription=subscription,
        period_anchor=subscription.anchor,
        period_number=subscription.paid_periods + 1,
        amount_minor=planning.coming_due(subscription),
        currency=subscription.currency,
        charge_at=subscription.charge_at,
        created_at=now,
    )
    notice.message = mails.price_notice(subscription, notice, is_moved=_moves(before, notice))
    notice.save(update_fields=["message"])
    _warn_of_old_card(subscription)
    data = {"amount": notice.amount_minor, "currency": notice.currency, "charge_at": notice.charge_at.isoformat()}
    _note(subscription, "subscription.noticed", data)
    if subscription.charge_at != planned:
        _note(subscription, "subscription.charge_moved", {"from": planned.isoformat(), **data})
    if subscription.charge_at > subscription.paid_until:
        events.publish(ChargeMoved(subscription.pk, subscription.license, subscription.charge_at))
    planning.plan(subscription)
    return notice


def _moves(before: ChargeNotice | None, notice: ChargeNotice) -> bool:
    """Whether the customer was told another day for the very same charge."""
    if before is None or before.accepted_at is None:
        return False
    return _period_of(before) == _period_of(notice) and before.charge_at != notice.charge_at


def _mind_unreached(subscription: Subscription, before: ChargeNotice | None) -> None:
    """Write since when the notices of the coming charge do not arrive: from the first that nobody took in its time."""
    period = (subscription.anchor, subscription.paid_periods + 1)
    known = subscription.unreached_since
    if before is None or before.accepted_at is not None or _period_of(before) != period:
        subscription.unreached_since = None
    elif known is None and clock.now() >= before.charge_at - schedule.lead_of(subscription).least:
        subscription.unreached_since = before.created_at
        _note(subscription, "subscription.unreached", {"since": before.created_at.isoformat()})


def _period_of(notice: ChargeNotice) -> tuple[datetime, int]:
    return notice.period_anchor, notice.period_number


def remind(subscription: Subscription) -> None:
    """Send the reminder whose moment has come; of several that were missed, one mail stands for all."""
    if not subscription.auto_renew:
        subscription.end_told_for = schedule.ends_at(subscription)
        if clock.now() < subscription.end_told_for and subscription.handed_over_at is None:
            mails.ending_reminder(subscription)
    elif subscription.failed_at is not None:
        subscription.end_told_for = schedule.lapses_at(subscription)
        invoice = planning.open_invoice(subscription)
        mails.last_warning(
            subscription,
            lapses_at=subscription.end_told_for,
            is_written_off=invoice is None,
            waits=planning.under_way(invoice) if invoice else None,
        )
    elif notice := planning.newest_notice(subscription):
        now = clock.now()
        notice.reminded = sum(at <= now for at in schedule.reminders_of(notice))
        notice.save(update_fields=["reminded"])
        if now < notice.charge_at:
            mails.charge_reminder(subscription, notice)
    planning.plan(subscription)


def _withdraw_unsent(notice: ChargeNotice | None) -> None:
    if notice is None or notice.message is None or notice.message.sent_at is not None:
        return
    outbox.forget(topic=TOPIC, member="message", values=[notice.message.pk])
    # Waits for a delivery that is just happening; what went out after all stays.
    Message.objects.filter(pk=notice.message.pk, sent_at=None).delete()


def _warn_of_old_card(subscription: Subscription) -> None:
    card = paid_with.card_of(subscription)
    if card and words.expires_before(card, subscription.charge_at):
        mails.card_expiring(subscription, card)


def _note(subscription: Subscription, action: str, data: dict[str, object]) -> None:
    notes.of(actor=ACTOR, action=action, subject=subscription, person=subscription.person_id, data=data)
