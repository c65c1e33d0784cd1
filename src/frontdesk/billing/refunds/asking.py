"""Asking for refunds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from frontdesk.accounts.errors import AccountFrozen
from frontdesk.accounts.models import Person
from frontdesk.billing import limits, locks, notes
from frontdesk.billing.errors import PaymentProviderAway, RefundNotPossible, RefundTooLate
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import Dispute, Payment, Refund
from frontdesk.billing.outside import InsideTransaction
from frontdesk.billing.payments import calling as payment_calling
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, ProviderError, Snapshot
from frontdesk.billing.refunds import calling, settling
from frontdesk.core import clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, RequestInvalid


@dataclass(frozen=True)
class Refundable:
    """What may go back of a payment: `minor` in all; `until`: till when the customer may take it by themselves.

    Not where the licence is somebody else's by now, nor an upgrade or devices that a later paid term stands on.
    """

    minor: int
    until: datetime
    is_disputed: bool
    is_handed_over: bool = False
    is_built_on: bool = False

    @property
    def is_held_back(self) -> bool:
        """Whether only an agent may refund it."""
        return self.is_handed_over or self.is_built_on

    def by_customer_at(self, moment: datetime) -> bool:
        """Whether the customer may refund it alone."""
        return self.minor > 0 and not self.is_disputed and not self.is_held_back and moment < self.until


def refundable(payment: Payment) -> Refundable:
    """What may go back. `minor`: paid − refunds not failed (but for what the bank took of them) − disputes not won."""
    paid = payment.amount_minor if payment.status == Payment.Status.SUCCEEDED else 0
    gone = sum(each.ours_minor for each in payment.refunds.all() if each.status != Refund.Status.FAILED)
    disputes = [each for each in payment.disputes.all() if each.status != Dispute.Status.WON]
    minor = max(0, paid - gone - sum(each.amount_minor for each in disputes))
    return Refundable(
        minor=minor,
        until=(payment.settled_at or payment.started_at) + timedelta(days=settings.REFUND_DAYS),
        is_disputed=any(each.status == Dispute.Status.OPEN for each in disputes),
        is_handed_over=minor > 0 and selectors.is_handed_over(payment.invoice),
        is_built_on=minor > 0 and selectors.has_later_term(payment.invoice),
    )


def refund(
    *,
    actor: Actor,
    payment: Payment,
    amount_minor: int,
    cause: Refund.Cause,
    takes_back: bool,
    key: str,
    reason: str = "",
    as_of: datetime | None = None,
) -> Refund:
    """Refund: the intent row under the payment's lock, the provider's call, the settlement. Same key, same refund.

    A customer refunds the whole payment within the policy, while the account is not frozen, the licence theirs and no
    later term stands on it; an agent up to the limit.
    `as_of`: the moment that counts for the policy (a declaration's), where that is not now.
    Raises RefundNotPossible, RefundTooLate, RefundNeedsManager, OwnAccount, AccountFrozen, ReasonMissing,
    PermissionMissing, PaymentProviderAway, NotFound (another's payment). Outside transactions.
    """
    if connection.in_atomic_block:
        raise InsideTransaction("refund")
    actor = notes.explained(actor, reason)
    with transaction.atomic():
        current = locks.payment(payment.pk)
        found = _found(current, amount_minor, key)
        if found:
            return found
        _check(actor, current, amount_minor, as_of or clock.now())
        row = _intend(actor, current, amount_minor, cause, takes_back, key)
    try:
        snapshot = calling.send(row)
    except ProviderError:
        snapshot = Snapshot(ObjectKind.REFUND, "", Outcome.UNKNOWN)  # asked about before anything else is tried
    return settling.settle(refund=row.pk, snapshot=snapshot)


def withdrawable(person: Person) -> list[Payment]:
    """The payments that a person may withdraw from now: the vendor's policy, which is never shorter than the law's."""
    now = clock.now()
    since = now - timedelta(days=settings.REFUND_DAYS)
    paid = selectors.access_payments(person).filter(status=Payment.Status.SUCCEEDED, settled_at__gt=since)
    return [row for row in paid if refundable(row).by_customer_at(now)]


def _found(payment: Payment, amount_minor: int, key: str) -> Refund | None:
    """What this key has begun before. Raises RequestInvalid when that was something else."""
    if not key or len(key) > 80:
        raise RequestInvalid(field="key")
    row = Refund.objects.filter(key=key).select_related("payment__invoice", "credit_note").first()
    if row and (row.payment_id, row.amount_minor) != (payment.pk, amount_minor):
        raise RequestInvalid(field="key")
    return row


def _check(actor: Actor, payment: Payment, amount_minor: int, moment: datetime) -> None:
    """Whether this may be refunded by this actor. Under the payment's lock."""
    if actor.kind == ActorKind.CUSTOMER and (payment.person is None or payment.person_id != actor.person):
        raise NotFound
    can = refundable(payment)
    if not 0 < amount_minor <= can.minor or can.is_disputed:
        raise RefundNotPossible
    if actor.kind == ActorKind.CUSTOMER:
        _check_customer(payment, can, amount_minor, moment)
    else:
        _check_staff(actor, payment, amount_minor)
    try:
        capabilities = payment_calling.provider_of(payment.provider).capabilities
    except ProviderError:
        raise PaymentProviderAway from None
    if amount_minor < payment.amount_minor and not capabilities.partial_refunds:
        raise RefundNotPossible


def _check_customer(payment: Payment, can: Refundable, amount_minor: int, moment: datetime) -> None:
    person = payment.person
    if person and person.frozen_until and person.is_frozen(clock.now()):
        raise AccountFrozen(retry_at=person.frozen_until.isoformat())
    if amount_minor != can.minor or can.is_held_back:
        raise RefundNotPossible
    if moment >= can.until:
        raise RefundTooLate(until=can.until.isoformat())


def _check_staff(actor: Actor, payment: Payment, amount_minor: int) -> None:
    """The limit counts all refunds of a payment together, so that no agent refunds it in slices."""
    agent = limits.check_agent(actor, to=payment.person_id)
    if agent is not None:
        gone = payment.refunds.exclude(status=Refund.Status.FAILED).aggregate(sum=Sum("amount_minor"))["sum"] or 0
        limits.check_amount(agent, minor=gone + amount_minor, currency=payment.currency)


def _intend(
    actor: Actor, payment: Payment, amount_minor: int, cause: Refund.Cause, takes_back: bool, key: str
) -> Refund:
    now = clock.now()
    row = Refund.objects.create(
        payment=payment,
        person=payment.person,
        cause=cause,
        amount_minor=amount_minor,
        currency=payment.currency,
        takes_back=takes_back,
        key=key,
        requested_at=now,
        check_at=now + settling.LEASE,
    )
    data = {"minor": amount_minor, "currency": payment.currency, "cause": str(cause), "takes_back": takes_back}
    notes.of(actor=actor, action="refund.asked", subject=row, person=payment.person_id, data=data)
    return row
