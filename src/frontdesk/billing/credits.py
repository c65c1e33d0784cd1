"""Credit that agents give, and that the next invoice in its currency uses.

Whoever uses credit holds the rows it was given by, so that two invoices never use the same.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from frontdesk.accounts.models import Person
from frontdesk.billing import ledger, limits, mails, notes
from frontdesk.billing.models import Account, Credit, Invoice, Refund, Subscription
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid

MOST = 100_000_000  # of minor units at once: more is a slip of the keyboard
LATELY = timedelta(days=30)  # an agent's limit counts what one customer was given in this time
GIVEN = "given:"


@transaction.atomic
def give(*, actor: Actor, person: Person, amount_minor: int, currency: str, key: str, reason: str = "") -> Credit:
    """Give credit, once per key; it is booked and mailed. An agent gives up to the limit of refunds, a manager more.

    Raises ReasonMissing, RequestInvalid for nothing or less, PermissionMissing, OwnAccount, RefundNeedsManager.
    """
    actor = notes.explained(actor, reason)
    if not 0 < amount_minor <= MOST or not key:
        raise RequestInvalid(field="amount")
    _check_limit(actor, person, amount_minor, currency, f"{GIVEN}{key}")
    credit, is_new = _write(person.pk, currency, amount_minor, f"{GIVEN}{key}")
    if (credit.person_id, credit.amount_minor, credit.currency) != (person.pk, amount_minor, currency):
        raise RequestInvalid(field="key")
    if not is_new:
        return credit
    entries = {Account.LOSS: amount_minor, Account.CREDIT: -amount_minor}
    ledger.book(booking=f"credit:{credit.pk}", currency=currency, entries=entries)
    data = {"minor": amount_minor, "currency": currency}
    notes.of(actor=actor, action="credit.given", subject=person, person=person.pk, data=data)
    mails.credit_given(credit)
    return credit


def instead_of_refund(refund: Refund) -> Credit:
    """What is owed of what a bank sent back is the customer's credit from now on, once; the caller books it."""
    if refund.person_id is None:
        raise ValueError("credit belongs to a customer")
    return _write(refund.person_id, refund.currency, refund.ours_minor, _key_of(refund))[0]


def replaces(refund: Refund) -> bool:
    """Whether what a bank sent back of a refund was made good as credit."""
    return Credit.objects.filter(key=_key_of(refund)).exists()


def _key_of(refund: Refund) -> str:
    return f"returned:{refund.pk}"


def _check_limit(actor: Actor, person: Person, minor: int, currency: str, key: str) -> None:
    """The limit counts all that the customer was given lately, so that no agent gives it in slices."""
    agent = limits.check_agent(actor, to=person.pk)
    if agent is None:
        return
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # one gift after the other
    given = Credit.objects.filter(person=person, currency=currency, key__startswith=GIVEN)
    lately = given.filter(created_at__gt=clock.now() - LATELY).exclude(key=key)
    before = lately.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    limits.check_amount(agent, minor=before + minor, currency=currency)


def balance(person: Person, currency: str) -> int:
    """What is left of a person's credit."""
    return _balance(person.pk, currency)


def use(invoice: Invoice, *, most: int | None = None) -> None:
    """Pay what can be paid of a fresh invoice by credit (at most so many minor units) in the caller's transaction."""
    if invoice.person_id is None or not invoice.gross_minor:
        return
    if not _hold(invoice.person_id, invoice.currency):
        return
    used = min(_balance(invoice.person_id, invoice.currency), invoice.gross_minor)
    if most is not None:
        used = min(used, most)
    if used <= 0:
        return
    _write(invoice.person_id, invoice.currency, -used, f"used:{invoice.pk}", invoice)
    invoice.credit_minor = used
    invoice.save(update_fields=["credit_minor"])


def give_back(invoice: Invoice, key: str = "") -> None:
    """What an invoice used comes back, once: it was given up, or (`key`) refunded as a whole."""
    if invoice.person_id and invoice.credit_minor:
        _write(invoice.person_id, invoice.currency, invoice.credit_minor, key or f"back:{invoice.pk}", invoice)


def _balance(person: UUID, currency: str) -> int:
    rows = Credit.objects.filter(person=person, currency=currency)
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0


def _hold(person: UUID, currency: str) -> bool:
    """Lock what the person has been given; False when that is nothing."""
    rows = Credit.objects.select_for_update(no_key=True).filter(person=person, currency=currency)
    return bool(list(rows.order_by("id").values_list("id")))


def shift(subscription: Subscription) -> None:
    """A subscription's coming charge needs another share of credit, or none: the sweep looks at its owner's others."""
    if subscription.person and balance(subscription.person, subscription.currency):
        person, currency = subscription.person.pk, subscription.currency
        transaction.on_commit(lambda: _look_again(person, currency), robust=True)


def _look_again(person: UUID, currency: str) -> None:
    """A charge that was announced may take another amount now: the sweep looks, and says so.

    Behind the commit, since subscriptions are locked before invoices; one after the other, as who takes several does.
    """
    now = clock.now()
    coming = Subscription.objects.filter(person=person, currency=currency, ended_at=None, auto_renew=True)
    with transaction.atomic():
        rows = coming.filter(failed_at=None, charge_at__gt=now).select_for_update(no_key=True).order_by("pk")
        found = list(rows.values_list("pk", flat=True))
        Subscription.objects.filter(pk__in=found).update(next_action_at=now)


def _write(person: UUID, currency: str, minor: int, key: str, invoice: Invoice | None = None) -> tuple[Credit, bool]:
    """The row of this key, and whether it was written now."""
    transaction.on_commit(lambda: _look_again(person, currency), robust=True)
    return Credit.objects.get_or_create(
        key=key,
        defaults={
            "person_id": person,
            "currency": currency,
            "amount_minor": minor,
            "invoice": invoice,
            "created_at": clock.now(),
        },
    )
