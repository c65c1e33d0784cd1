"""What a bank has not decided about, where a licence rests for it."""

from django.db.models import Q, QuerySet

from frontdesk.billing.models import Dispute, Payment, Subscription


def undecided() -> QuerySet[Dispute]:
    """The open disputes over what paid for something; what arrived too late paid for nothing, so that nothing rests."""
    return Dispute.objects.filter(status=Dispute.Status.OPEN, payment__status=Payment.Status.SUCCEEDED)


def is_resting(subscription: Subscription, *, is_disputed: bool | None = None) -> bool:
    """Whether its licence rests: somebody suspended it, or a bank has not decided about what was paid for it.

    `is_disputed`: the latter, for who has read it already.
    """
    if subscription.held_at is not None:
        return True
    return _over(subscription).exists() if is_disputed is None else is_disputed


def _over(subscription: Subscription) -> QuerySet[Dispute]:
    its = Q(payment__invoice__subscription=subscription) | Q(payment__invoice__order__subscription=subscription)
    return undecided().filter(its)
