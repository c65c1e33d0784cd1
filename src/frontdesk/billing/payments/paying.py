"""Starting payments. None of these may be called inside a transaction (`outside.InsideTransaction`).

First the intent is written with its key, then the provider is called, then what it said is settled. A call that was
cut off leaves an intent with `check_at`: until then it counts as being under way somewhere else.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

from frontdesk.billing import locks
from frontdesk.billing.errors import NotPayable, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.models import Invoice, Payment, PaymentMethod
from frontdesk.billing.outside import InsideTransaction
from frontdesk.billing.payments import calling, settling
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, ProviderError, Snapshot
from frontdesk.core import clock
from frontdesk.core.errors import NotFound

LEASE = timedelta(minutes=2)  # longer than any call to a provider may take
Status = Payment.Status


@dataclass(frozen=True)
class _Terms:
    """How an invoice is to be paid."""

    provider: str
    on_session: bool
    method: PaymentMethod | None = None
    return_url: str = ""
    cancel_url: str = ""


def by_page(*, invoice: Invoice, return_url: str, cancel_url: str) -> Payment:
    """Let the customer pay on the provider's page: `payment.action_url` leads there. An open page is given again.

    A payment that turns out to have arrived meanwhile is returned as such. Raises NotPayable, PaymentUnderWay,
    PaymentProviderAway.
    """
    _outside("by_page")
    if not registry.sells():
        raise PaymentProviderAway
    terms = _Terms(registry.default().name, on_session=True, return_url=return_url, cancel_url=cancel_url)
    payment, _is_new = _intend(invoice, terms)
    if payment.ref or payment.method_id:
        payment = asked(payment)
        if payment.status in settling.ARRIVED or (payment.status == Status.REQUIRES_ACTION and payment.action_url):
            return payment
        if payment.status in Payment.UNDER_WAY:
            raise PaymentUnderWay
        payment, _is_new = _intend(invoice, terms)
    try:
        snapshot = calling.open_page(payment)
    except ProviderError:
        raise PaymentProviderAway from None
    return _settled(payment, snapshot)


def by_method(*, invoice: Invoice, method: PaymentMethod, on_session: bool, return_url: str = "") -> Payment:
    """Charge a kept card; returns the payment as it stands afterwards (settled, waiting for the customer, or unknown).

    Raises NotPayable, PaymentUnderWay, NotFound (not the customer's card). What an earlier, cut-off call began is
    finished under the same key, and is what is returned. A customer who chooses another way than the one that waits
    for them closes that one.
    """
    _outside("by_method")
    if method.person_id != invoice.person_id or method.detached_at is not None:
        raise NotFound
    terms = _Terms(method.provider, on_session=on_session, return_url=return_url, method=method)
    payment, is_new = _intend(invoice, terms)
    if not is_new:
        payment = _finish(payment, method, on_session)
        if payment.status != Status.CANCELED:
            return payment
        payment, is_new = _intend(invoice, terms)
        if not is_new:  # somebody else was quicker again
            raise PaymentUnderWay
    try:
        snapshot = calling.charge(payment)
    except ProviderError:
        # It may have arrived for all we know: it is asked about before anything else is tried.
        snapshot = Snapshot(ObjectKind.PAYMENT, "", Outcome.UNKNOWN)
    return _settled(payment, snapshot)


def _finish(earlier: Payment, method: PaymentMethod, on_session: bool) -> Payment:
    """Bring an earlier try to its end, as far as that is possible now."""
    waits = earlier.status == Status.REQUIRES_ACTION
    if not waits and (earlier.check_at is None or earlier.check_at > clock.now()):
        raise PaymentUnderWay  # another call has it in its hands, or a person must look at it
    if on_session and earlier.method_id != method.pk and (waits or earlier.method_id is None):
        return cancel(payment=earlier)
    payment = asked(earlier)
    if not on_session and payment.status == Status.REQUIRES_ACTION:
        raise PaymentUnderWay
    return payment


def asked(payment: Payment) -> Payment:
    """As its provider says that it stands. What differs from ours is set aside, and under way until a person looked."""
    try:
        return payment if payment.is_set_aside else settling.refresh(payment=payment.pk)
    except settling.Differs:
        return _found(payment)


def cancel(*, payment: Payment) -> Payment:
    """The customer came back without paying, or the page is too old: ask the provider, then close the try.

    A customer who was quicker has paid, and that is what is returned. Raises PaymentProviderAway.
    """
    _outside("cancel")
    current = _found(payment)
    if current.status not in Payment.UNDER_WAY or current.is_set_aside:
        return current
    if not current.ref:
        if current.method_id is None:
            return settling.abandon(current.pk)
        return asked(current)
    try:
        snapshot = calling.close(current)
    except ProviderError:
        raise PaymentProviderAway from None
    return _settled(current, snapshot)


def beside(invoice: Invoice) -> Payment | None:
    """What else of the same subscription is being paid, and keeps this invoice from being paid until it has ended."""
    if invoice.subscription_id is None:
        return None
    its = Payment.objects.filter(invoice__subscription=invoice.subscription_id, status__in=Payment.UNDER_WAY)
    return its.exclude(invoice=invoice.pk).order_by("started_at").first()


def _found(payment: Payment) -> Payment:
    return Payment.objects.select_related("invoice__order", "method", "person").get(pk=payment.pk)


def _settled(payment: Payment, snapshot: Snapshot) -> Payment:
    try:
        return settling.settle(payment=payment.pk, snapshot=snapshot)
    except settling.Differs:
        return _found(payment)


@transaction.atomic
def _intend(invoice: Invoice, terms: _Terms) -> tuple[Payment, bool]:
    """The try that is under way, or a new one (True)."""
    current = locks.invoice(invoice.pk)
    earlier = current.payments.filter(status__in=Payment.UNDER_WAY)
    found = earlier.select_related("invoice__order", "method", "person").first()
    if found:
        return found, False
    _check_payable(current)
    _check_alone(current)
    now, attempt = clock.now(), current.payments.count() + 1
    method = locks.card(terms.method) if terms.method else None
    payment = Payment.objects.create(
        invoice=current,
        person=current.person,
        method=method,
        provider=terms.provider,
        key=f"payment:{current.pk}:{attempt}",
        attempt=attempt,
        on_session=terms.on_session,
        amount_minor=current.due_minor,
        currency=current.currency,
        statement_text=calling.statement_text(current),
        card_brand=method.brand if method else "",
        card_last4=method.last4 if method else "",
        return_url=terms.return_url,
        cancel_url=terms.cancel_url,
        started_at=now,
        check_at=now + LEASE,
    )
    return payment, True


def _check_payable(invoice: Invoice) -> None:
    order = invoice.order
    if not invoice.is_open or invoice.due_minor <= 0:
        raise NotPayable
    if order and (not order.is_open or order.expires_at <= clock.now()):
        raise NotPayable


def _check_alone(invoice: Invoice) -> None:
    """Nothing else of the same subscription is being paid: a renewal by itself and "Renew now" would be two terms.

    Under the subscription's lock.
    """
    if beside(invoice):
        raise PaymentUnderWay


def _outside(name: str) -> None:
    if connection.in_atomic_block:
        raise InsideTransaction(name)
