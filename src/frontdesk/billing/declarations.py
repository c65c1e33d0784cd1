"""Withdrawing and canceling without signing in, and asking about a charge that one does not recognise.

A page only writes down what was typed and answers; the worker looks whether it fits anything. So neither the answer
nor its time tells what there is.
"""

from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.services.securing import refuse_frozen
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.billing import lookups, mails, notes
from frontdesk.billing.errors import DeclarationGone, RefundNotPossible, RefundTooLate, SubscriptionOver
from frontdesk.billing.models import Declaration, DeclarationKind, Order, Payment, Purpose, Refund
from frontdesk.billing.refunds import asking, unpaid
from frontdesk.billing.refunds.asking import Refundable
from frontdesk.billing.subscriptions import changing
from frontdesk.core import clock, outbox, throttle
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.outbox import Delivery
from frontdesk.core.throttle import Limit

DECLARED = "billing.declared"
CHARGE_ASKED = "billing.charge_asked"
OPEN_FOR = timedelta(days=30)
SAME_WITHIN = timedelta(minutes=10)
RECEIPTS = Limit("declaration receipts", 5, 86_400)
LINKS = Limit("declaration links", 5, 86_400)
EXPLANATIONS = Limit("charge explanations", 3, 86_400)


def enter() -> None:
    """Take from the outbox what the pages put there."""
    outbox.handle(DECLARED, look_up)
    outbox.handle(CHARGE_ASKED, answer_charge)


@transaction.atomic
def declare(*, kind: DeclarationKind, name: str, email: str, contract: str, note: str = "") -> Declaration:
    """Record a declaration and mail its receipt at once to the address that was typed.

    If `contract` (an order's reference, an invoice's number) belongs to that address, the mail to the order's own
    address carries the link that carries it out; the worker sees to that. The page answers alike in all cases, and
    sending the form twice is one declaration.
    """
    now = clock.now()
    typed = {"kind": kind, "name": name, "email": email.strip().lower(), "contract": contract, "note": note}
    same = Declaration.objects.filter(**typed, declared_at__gt=now - SAME_WITHIN, done_at=None).first()
    if same is not None:
        return same
    token = new_token()
    made = Declaration.objects.create(**typed, token_hash=_hash(token), declared_at=now)
    if _may(RECEIPTS, made.email):
        mails.declaration_received(made)
    outbox.put(topic=DECLARED, payload={"declaration": str(made.pk)}, secret=token)
    return made


def look_up(delivery: Delivery) -> None:
    """The outbox's handler: find the contract of a declaration and mail the link. Safe to repeat."""
    made = Declaration.objects.select_for_update().get(pk=delivery.payload["declaration"])
    if made.order is not None or made.done_at or made.dismissed_at:
        return
    order = lookups.contract(made.contract, made.email)
    data = {"kind": made.kind, "found": order is not None}
    if order is not None:
        made.order = order
        made.save(update_fields=["order"])
        if _may(LINKS, str(order.pk)):
            mails.declaration_link(made, order, delivery.secret)
    actor = Actor.system("declared without signing in")
    notes.of(actor=actor, action="declaration.made", subject=made, person=order.person_id if order else None, data=data)


def find(token: str) -> Declaration:
    """The declaration a mailed link is for, also after it was carried out. Raises DeclarationGone."""
    rows = Declaration.objects.select_related("order__person", "order__plan_version__plan__product")
    found = rows.filter(token_hash=_hash(token), dismissed_at=None).first()
    if found is None or found.order is None or found.declared_at + OPEN_FOR <= clock.now():
        raise DeclarationGone
    return found


def confirm(*, token: str) -> Declaration:
    """The button behind the mailed link was pressed: by whoever reads the order's mails. See `carry_out`."""
    declaration = find(token)
    Declaration.objects.filter(pk=declaration.pk, confirmed_at=None).update(confirmed_at=clock.now())
    assert declaration.order is not None  # noqa: S101 - find made sure
    person = declaration.order.person_id
    actor = Actor.customer(person) if person else Actor.system("confirmed by the mailed link")
    return carry_out(actor=actor, declaration=declaration.pk)


def carry_out(*, actor: Actor, declaration: UUID) -> Declaration:
    """Do what was declared, as of its date: refund and take back, or switch the renewal off. Safe to repeat.

    Raises RefundNotPossible, RefundTooLate (by the date of the declaration), AccountFrozen, NotFound (no contract was
    found for it, or it was dismissed). Outside transactions.
    """
    row = Declaration.objects.select_related("order__person", "order__plan_version__plan__product").get(pk=declaration)
    if row.done_at:
        return row
    if row.order is None or row.dismissed_at:
        raise NotFound
    if actor.kind != ActorKind.STAFF and row.order.person:
        refuse_frozen(row.order.person)
    if row.kind == DeclarationKind.WITHDRAWAL:
        return _withdraw(actor, row, row.order)
    _cancel(actor, row.order)
    return _done(actor, row, row.order)


def withdraw_now(*, person: Person, order: Order) -> Declaration:
    """Declared by who is signed in, and carried out at once; no mailed link is needed. A second time changes nothing.

    Raises what `carry_out` does, and NotFound for another's order. Outside transactions.
    """
    if order.person_id != person.pk:
        raise NotFound
    with transaction.atomic():
        Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        mine = Declaration.objects.filter(order=order, kind=DeclarationKind.WITHDRAWAL, dismissed_at=None)
        made = mine.filter(done_at=None).first() or (None if unpaid.of_order(order) else mine.first())
        made = made or _declared_signed_in(person, order)
    return carry_out(actor=Actor.customer(person.pk), declaration=made.pk)


def _declared_signed_in(person: Person, order: Order) -> Declaration:
    typed = {"name": person.name[:100], "email": person.email, "contract": order.reference}
    now, unused = clock.now(), _hash(new_token())
    kind = DeclarationKind.WITHDRAWAL
    made = Declaration.objects.create(
        **typed, kind=kind, order=order, token_hash=unused, declared_at=now, confirmed_at=now
    )
    data = {"kind": kind, "found": True}
    notes.of(actor=Actor.customer(person.pk), action="declaration.made", subject=made, person=person.pk, data=data)
    return made


@transaction.atomic
def dismiss(*, actor: Actor, declaration: UUID, reason: str = "") -> None:
    """Agent: there is nothing to carry out; whoever declared it is told why, word for word. Raises ReasonMissing."""
    actor = notes.explained(actor, reason)
    row = Declaration.objects.select_for_update(of=("self",)).select_related("order").get(pk=declaration)
    if row.done_at or row.dismissed_at:
        return
    row.dismissed_at = clock.now()
    row.save(update_fields=["dismissed_at"])
    mails.declaration_dismissed(row, actor.reason)
    person = row.order.person_id if row.order else None
    notes.of(actor=actor, action="declaration.dismissed", subject=row, person=person, data={"kind": row.kind})


@transaction.atomic
def explain_charge(*, last4: str, amount: str, day: str) -> None:
    """Asked by who does not recognise a charge: mails what it was, and the way to a refund, if all three match.

    The mail goes to the order's address, from the worker.

    `amount` as typed ("39.95", "39,95"), `day` as an ISO date; one day off either way is forgiven (banks book late).
    Never says whether anything was found.
    """
    outbox.put(topic=CHARGE_ASKED, payload={"last4": last4, "amount": amount, "day": day})


def answer_charge(delivery: Delivery) -> None:
    """The outbox's handler: find the charge that was asked about, and explain it to who ordered. Safe to repeat."""
    asked = delivery.payload
    wanted = lookups.amounts(asked["amount"])
    for payment in lookups.charges(last4=asked["last4"], wanted=wanted, day=date.fromisoformat(asked["day"])):
        if _may(EXPLANATIONS, str(payment.pk)):
            may_go_back = asking.refundable(payment)
            is_open = may_go_back.by_customer_at(clock.now())
            mails.charge_explained(payment, refund_until=may_go_back.until if is_open else None)


def _withdraw(actor: Actor, row: Declaration, order: Order) -> Declaration:
    """Refund what was paid for the contract and later for its licence, the newest first; then what needs no refund."""
    key = f"declaration:{row.pk.hex}:"
    begun = Refund.objects.filter(key__startswith=key)
    owed, free = _owed(order), unpaid.of_order(order)
    in_time = [(payment, facts) for payment, facts in owed if row.declared_at < facts.until]
    untils = [*(facts.until for _payment, facts in owed), *(each.until for each in free)]
    if not any(row.declared_at < until for until in untils) and not begun.exists() and not _is_done(row):
        raise RefundTooLate(until=untils[0].isoformat(timespec="seconds")) if untils else RefundNotPossible
    for payment, facts in in_time:
        asking.refund(
            actor=actor,
            payment=payment,
            amount_minor=facts.minor,
            cause=Refund.Cause.WITHDRAWAL,
            takes_back=True,
            key=f"{key}{payment.pk.hex}",
            as_of=row.declared_at,
        )
    if begun.filter(status=Refund.Status.FAILED).exists():
        raise RefundNotPossible
    with transaction.atomic():  # a refund has ended the subscription: what a coupon covered is over with it
        unpaid.take_back(actor=actor, order=order, as_of=row.declared_at, also_ended=begun.exists())
        return _done(actor, row, order)


def _owed(order: Order) -> list[tuple[Payment, Refundable]]:
    """What was paid for an order and its licence later, and may go back."""
    paid = [(payment, asking.refundable(payment)) for payment in lookups.payments_of(order)]
    return [(payment, facts) for payment, facts in paid if facts.minor > 0 and not facts.is_disputed]


def _is_done(row: Declaration) -> bool:
    """Whether somebody else has carried it out meanwhile."""
    return Declaration.objects.filter(pk=row.pk, done_at__isnull=False).exists()


def _cancel(actor: Actor, order: Order) -> None:
    subscription = lookups.subscription_of(order)
    if subscription is None and order.purpose == Purpose.RENEWAL and order.paid_at:
        return  # one term and no more: nothing renews
    if subscription is None:
        raise NotFound
    with suppress(SubscriptionOver):  # nothing renews any more, which is what was wanted
        changing.set_auto_renew(actor=actor, subscription=subscription, on=False)


@transaction.atomic
def _done(actor: Actor, seen: Declaration, order: Order) -> Declaration:
    row = Declaration.objects.select_for_update().get(pk=seen.pk)
    if row.done_at is None:
        row.done_at = clock.now()
        row.save(update_fields=["done_at"])
        subscription = lookups.subscription_of(order)
        notes.of(actor=actor, action="declaration.done", subject=row, person=order.person_id, data={"kind": row.kind})
        mails.declaration_done(row, order, subscription)
    seen.done_at, seen.confirmed_at = row.done_at, row.confirmed_at
    return seen


def _may(limit: Limit, subject: str) -> bool:
    """Whether another mail may go there; what was declared stands in any case."""
    try:
        throttle.reserve(limit, subject)
    except TooManyAttempts:
        return False
    return True


def _hash(token: str) -> bytes:
    return bytes.fromhex(token_hash(token))
