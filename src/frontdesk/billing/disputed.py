"""What a bank has not decided about, where a licence rests for it."""

from django.db.models import Q, QuerySet

from frontdesk.billing.models import Dispute, Payment, Subscription


def undecided() -> QuerySet[Dispute]:
    """The open disputes over what paid for something; what arrived too late paid for nothing, so that nothing rests."""
    return Dispute.objects.filter(status=Dispute.Status.OPEN, payment__status=Payment.Status.SUCCEEDED)


def is_resting(subscription: Subscription) -> bool:
    """Whether its licence rests: somebody suspended it, or a bank has not decided about what was paid for it."""
    return subscription.held_at is not None or _over(subscription).exists()


def _over(subscription: Subscription) -> QuerySet[Dispute]:
    its = Q(payment__invoice__subscription=subscription) | Q(payment__invoice__order__subscription=subscription)
    return undecided().filter(its)
