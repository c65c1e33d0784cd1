"""What a charge that failed means: counted once, told, and tried again or not. Under the subscription's lock."""

from frontdesk.billing import declines, mails, notes
from frontdesk.billing.events import PaymentFailed
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import Invoice, Payment, Subscription
from frontdesk.billing.subscriptions import planning, schedule
from frontdesk.core import clock
from frontdesk.core.actors import Actor

ACTOR = Actor.system("a charge failed")
Status = Payment.Status
MISSED = (Status.FAILED, Status.CANCELED, Status.REQUIRES_ACTION)


def failed(event: PaymentFailed) -> None:
    """Billing's own reaction to a failure: a renewal's is counted; a customer's own try changes nothing.

    They saw it on the page, or (where they were sent away to wait) are written to.
    """
    payment = Payment.objects.select_related("invoice__order__plan_version__plan", "person").get(pk=event.payment)
    invoice = payment.invoice
    if event.is_awaited and invoice.order is not None:
        mails.order_declined(payment, invoice.order)
    if payment.on_session or invoice.subscription_id is None or invoice.period_number is None:
        return
    subscription = planning.locked(invoice.subscription_id)
    current = planning.open_invoice(subscription) if subscription.is_live else None
    if current is None or current.pk != invoice.pk:
        # The licence's end has moved meanwhile, or it is over: nobody wants this money any more.
        writing.void(actor=ACTOR, invoice=invoice, reason="its term is not wanted any more")
        return
    count(subscription, payment)


def count(subscription: Subscription, payment: Payment) -> bool:
    """Write down a try that did not bring the money. False when it was counted before.

    A try that waits for the customer counts as a soft failure; when it is closed later, it does not count again.
    """
    tries = payment.invoice.payments.filter(on_session=False, status__in=MISSED).count()
    waits = payment.status == Status.REQUIRES_ACTION
    is_new = subscription.failed_at is None or tries > subscription.tries
    if is_new:
        subscription.failed_at = subscription.failed_at or clock.now()
        subscription.tries, subscription.retry_at = tries, None
        subscription.is_hard_failure = not waits and declines.of(payment.decline).is_hard
        _note(subscription, {"decline": payment.decline, "try": tries})
        _tell(subscription, payment, waits=waits)
        planning.plan(subscription)
    return is_new


def without_card(subscription: Subscription, invoice: Invoice) -> None:
    """There is no card to charge: as good as a hard failure, but nobody was asked."""
    first = subscription.failed_at is None
    subscription.failed_at = subscription.failed_at or clock.now()
    subscription.is_hard_failure, subscription.retry_at = True, None
    if first:
        _note(subscription, {"decline": "no_card", "invoice": str(invoice.pk)})
        mails.last_warning(subscription, lapses_at=schedule.lapses_at(subscription))
        subscription.end_told_for = schedule.lapses_at(subscription)
    planning.plan(subscription)


def given_up(subscription: Subscription) -> None:
    """The demand for the coming term was written off: it is tried no more, and the licence lapses with its grace."""
    subscription.failed_at = subscription.failed_at or clock.now()
    subscription.is_hard_failure, subscription.retry_at = True, None
    planning.plan(subscription)


def _tell(subscription: Subscription, payment: Payment, *, waits: bool) -> None:
    if clock.now() >= schedule.lapses_at(subscription):
        return  # it ends at this moment, and that is what they are told
    if waits:
        mails.confirmation_needed(subscription, payment)
        return
    mails.payment_failed(
        subscription,
        payment,
        retry_at=schedule.retries_at(subscription),
        lapses_at=schedule.lapses_at(subscription),
    )


def _note(subscription: Subscription, data: dict[str, object]) -> None:
    notes.of(
        actor=ACTOR,
        action="subscription.charge_failed",
        subject=subscription,
        person=subscription.person_id,
        data=data,
    )
