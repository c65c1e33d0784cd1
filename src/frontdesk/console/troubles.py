"""What went wrong with money and waits for somebody, read for the desk's list of failed payments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from frontdesk.billing.models import ChargeNotice, Payment, Refund, Subscription
from frontdesk.console.words import SubscriptionView, views_of
from frontdesk.core import clock

SHOWN = 25
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Troubles:
    """Lists of at most SHOWN each, what has waited longest in front.

    `unreached`: no mail about the coming charge arrives; `unknown`: asked about by itself; `differing` payments and
    `differing_refunds`: over another amount than the provider says, asked about no more; `owed`: refunds that a bank
    sent back; `failed`: refunds that no bank took lately.
    """

    unreached: list[SubscriptionView]
    unknown: list[Payment]
    differing: list[Payment]
    differing_refunds: list[Refund]
    owed: list[Refund]
    failed: list[Refund]

    def people(self) -> Iterator[UUID | None]:
        """Whose matters they are."""
        for view in self.unreached:
            yield view.subscription.person_id
        yield from (payment.person_id for payment in (*self.unknown, *self.differing))
        yield from (refund.person_id for refund in (*self.differing_refunds, *self.owed, *self.failed))


def all_of_them() -> Troubles:
    """Everything at once; a fixed number of queries."""
    unknown = Payment.objects.filter(status=Payment.Status.UNKNOWN).select_related("person").order_by("started_at")
    refunds = Refund.objects.select_related("person", "payment").order_by("requested_at")
    owed = refunds.filter(came_back_at__isnull=False, made_good_at=None)
    differing = refunds.filter(status=Refund.Status.UNKNOWN, check_at=None)
    failed = refunds.filter(status=Refund.Status.FAILED, settled_at__gt=clock.now() - LATELY)
    return Troubles(
        unreached=views_of(list(_unreached()[:SHOWN])),
        unknown=list(unknown.filter(check_at__isnull=False)[:SHOWN]),
        differing=list(unknown.filter(check_at=None)[:SHOWN]),
        differing_refunds=list(differing[:SHOWN]),
        owed=list(owed[:SHOWN]),
        failed=list(failed.order_by("-settled_at")[:SHOWN]),
    )


def _unreached() -> QuerySet[Subscription]:
    """As `billing.waiting` counts them."""
    told = ChargeNotice.objects.filter(
        subscription=OuterRef("pk"), charge_at=OuterRef("charge_at"), message__sent_at__isnull=False
    )
    waits = Q(ended_at=None, auto_renew=True, failed_at=None, unreached_since__isnull=False)
    rows = Subscription.objects.filter(waits & ~Exists(told)).select_related(
        "person", "method", "plan_version__plan__product", "next_plan_version__plan__product"
    )
    return rows.order_by("unreached_since")
