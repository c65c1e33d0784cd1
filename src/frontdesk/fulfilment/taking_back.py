"""What money that goes back does to a licence: money, licence and devices in one commit."""

from datetime import datetime
from uuid import UUID

from frontdesk.billing import mails as billing_mails
from frontdesk.billing.events import DisputeClosed, DisputeOpened, RefundCompleted, UnpaidWithdrawn
from frontdesk.billing.mails import Left
from frontdesk.billing.models import Dispute, EndReason, Invoice, Order, Purpose, Refund
from frontdesk.billing.subscriptions import beginning
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.fulfilment import mails
from frontdesk.fulfilment.granting import grant_ref, trial_ref
from frontdesk.fulfilment.models import Hold
from frontdesk.licensing import licenses, terms
from frontdesk.licensing.models import License

DISPUTED = Actor.system("the bank looks into a payment")


def refunded(event: RefundCompleted) -> None:
    """What was paid back as a whole is taken back with it."""
    if not event.takes_back:
        return
    cause = Refund.objects.values_list("cause", flat=True).get(pk=event.refund)
    is_withdrawn = cause == Refund.Cause.WITHDRAWAL
    reason = EndReason.WITHDRAWN if is_withdrawn else EndReason.REFUNDED
    _take_back(_invoice(event.invoice), reason, Actor.system("it was paid back"))


def withdrawn(event: UnpaidWithdrawn) -> None:
    """A trial, or what credit or a coupon covered, ends like what was paid back."""
    actor = Actor.system("the contract was withdrawn from")
    if event.invoice:
        _take_back(_invoice(event.invoice), EndReason.WITHDRAWN, actor)
    elif event.order:
        payer = Order.objects.values_list("person", flat=True).get(pk=event.order)
        left_until = _revoke(trial_ref(event.order), actor, payer)
        beginning.take_back_trial(actor=actor, order=event.order, left_until=left_until)


def suspend(event: DisputeOpened) -> None:
    """The licence stops for as long as the bank looks into it, unless somebody has stopped it already."""
    license = _license(_invoice(event.invoice))
    if license is not None:
        is_ours = Hold.objects.filter(license=license.pk).exists()
        if license.suspended_at is None or is_ours:
            Hold.objects.get_or_create(dispute=event.dispute, defaults={"license": license.pk})
            licenses.suspend(actor=DISPUTED, license=license, reason=DISPUTED.reason)
    rests = license is not None and license.suspended_at is not None
    billing_mails.dispute_opened(_dispute(event.dispute), rests=rests)


def decided(event: DisputeClosed) -> None:
    """Won: the licence goes on. Lost: what was paid for is taken back."""
    invoice = _invoice(event.invoice)
    if not event.is_won:
        _take_back(invoice, EndReason.DISPUTED, Actor.system("the bank took the money back"))
    is_restored = _let_go(event.dispute)
    leaves = _left(_license(invoice), is_won=event.is_won, is_restored=is_restored)
    billing_mails.dispute_closed(_dispute(event.dispute), leaves=leaves)


def _let_go(dispute: UUID) -> bool:
    """Whether the licence, which rested for this dispute alone, works again."""
    hold = Hold.objects.filter(dispute=dispute).first()
    if hold is None:
        return False
    hold.delete()
    license = License.objects.get(pk=hold.license)
    if Hold.objects.filter(license=hold.license).exists() or license.refunded_at is not None:
        return False
    licenses.restore(actor=DISPUTED, license=license, reason="the bank has decided")
    return True


def _left(license: License | None, *, is_won: bool, is_restored: bool) -> Left:
    """What the customer has after the bank's decision."""
    is_over = license is None or license.refunded_at is not None or license.grace_until <= clock.now()
    if is_won:
        return Left.WORKS if is_restored and not is_over else Left.AS_IT_WAS
    return Left.NOTHING if is_over else Left.LESS


def _take_back(invoice: Invoice, reason: EndReason, actor: Actor) -> None:
    """Billing's locks come first; then the time goes, and what is left of it decides whether payments go on."""
    if invoice.purpose in {Purpose.UPGRADE, Purpose.DEVICES}:
        beginning.take_back_part(actor=actor, invoice=invoice, reason=reason)
        return
    beginning.lock(invoice)
    left_until = _revoke(grant_ref(invoice.pk), actor, invoice.person_id)
    beginning.take_back_term(actor=actor, invoice=invoice, reason=reason, left_until=left_until)


def _revoke(ref: str, actor: Actor, payer: UUID | None) -> datetime | None:
    """The time goes; a licence without any left ends with its devices. Until when it runs yet; None: it is over."""
    license = terms.revoke_for(actor=actor, grant_ref=ref, reason=actor.reason)
    if license is None:
        return None
    if license.expires_at > clock.now():
        return license.expires_at
    licenses.refund(actor=actor, license=license, reason=actor.reason)
    if license.owner and license.owner_id != payer:  # handed over: the payer hears of the money
        mails.license_ended(license.owner, license)
    return None


def _invoice(invoice_id: UUID) -> Invoice:
    return Invoice.objects.select_related("order__from_plan_version", "subscription").get(pk=invoice_id)


def _dispute(dispute: UUID) -> Dispute:
    return Dispute.objects.select_related("payment__invoice__order", "payment__person").get(pk=dispute)


def _license(invoice: Invoice) -> License | None:
    owner = invoice.order or invoice.subscription
    return License.objects.filter(pk=owner.license).first() if owner and owner.license else None
