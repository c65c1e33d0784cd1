"""Which coming charge uses how much of a customer's credit: it is promised once, however many subscriptions there are.

What a notice promised is kept as far as the credit goes. The rest goes to the earliest charges, but never to one so
near that it would have to move for another notice: it takes what was announced, and the credit stays for the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from frontdesk.billing import amounts
from frontdesk.billing.credits import balance
from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.models import ChargeNotice, Invoice, InvoiceKind, Subscription
from frontdesk.billing.subscriptions import schedule
from frontdesk.core import clock


@dataclass(frozen=True)
class Claim:
    """A charge to come. `promised`: minor units by which its notice is lower than its price; `may_grow`: see above."""

    subscription: UUID
    gross_minor: int
    promised_minor: int
    may_grow: bool


def split(balance_minor: int, claims: Sequence[Claim]) -> dict[UUID, int]:
    """Minor units of credit for each claim, in their order; together never more than there is."""
    left, shares = max(0, balance_minor), {}
    for claim in claims:
        shares[claim.subscription] = min(left, claim.promised_minor, claim.gross_minor)
        left -= shares[claim.subscription]
    for claim in claims:
        more = min(left, claim.gross_minor - shares[claim.subscription]) if claim.may_grow else 0
        shares[claim.subscription] += more
        left -= more
    return shares


def share(subscription: Subscription) -> int:
    """What the coming charge of a subscription without an open invoice uses, by the row in hand."""
    if subscription.person is None or not (held := balance(subscription.person, subscription.currency)):
        return 0
    others = _coming(subscription.person.pk, subscription.currency).exclude(pk=subscription.pk)
    return split(held, _claims([subscription, *others]))[subscription.pk]


def shares(person: UUID, credit: dict[str, int]) -> dict[UUID, int]:
    """What each of a person's coming charges uses. `credit`: minor units by currency. Three queries a currency."""
    found: dict[UUID, int] = {}
    for currency, held in credit.items():
        found |= split(held, _claims(_coming(person, currency)))
    return found


def _coming(person: UUID, currency: str) -> QuerySet[Subscription]:
    demand = Invoice.objects.filter(
        subscription=OuterRef("pk"),
        period_anchor=OuterRef("anchor"),
        period_number=OuterRef("paid_periods") + 1,
        kind=InvoiceKind.INVOICE,
        void_at=None,
        paid_at=None,
    )
    rows = Subscription.objects.filter(person=person, currency=currency, ended_at=None, auto_renew=True, failed_at=None)
    return rows.filter(~Exists(demand)).select_related("plan_version", "next_plan_version", "coupon")


def _claims(subscriptions: Iterable[Subscription]) -> list[Claim]:
    coming = sorted(subscriptions, key=lambda each: (each.charge_at, each.pk))
    newest = ChargeNotice.objects.order_by("-created_at", "-charge_at")
    prefetch_related_objects(coming, Prefetch("notices", newest, to_attr="told"))
    return [_claim(each, next(iter(getattr(each, "told", [])), None)) for each in coming]


def _claim(subscription: Subscription, notice: ChargeNotice | None) -> Claim:
    try:
        version, added = subscription.coming_plan_version, subscription.coming_added_devices
        gross = amounts.for_term(version, added, subscription.currency, subscription.coupon).gross_minor
    except (NotForSale, CouponUnknown):
        return Claim(subscription.pk, 0, 0, may_grow=False)
    if notice is None or not schedule.is_about(notice, subscription):
        return Claim(subscription.pk, gross, 0, may_grow=True)
    stays = schedule.moment_for(subscription, clock.now()) == subscription.charge_at
    return Claim(subscription.pk, gross, max(0, gross - notice.amount_minor), may_grow=stays)
