"""What a change costs, said before it is made. A quote is a value; `orders.place` compares it with what was agreed."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext, ngettext

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, comparing, coupons, parts, periods, taxes
from frontdesk.billing.amounts import Amount, Line
from frontdesk.billing.errors import ChangePlanned, NotForSale, SubscriptionOver, SwitchNotPossible
from frontdesk.billing.models import Order, Purpose, Subscription
from frontdesk.catalog import plans
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock

# So long a prorated price that somebody was shown can be agreed to: it sinks by a cent now and then.
HOLDS = timedelta(minutes=30)
MOST_ADDED = 1_000


@dataclass(frozen=True)
class Quote:
    """What is paid now and later. `digest` names its content: the form sends it back, and a difference is refused.

    `ends_at` is the licence's end afterwards; `renews_at` and `renewal` what comes then, unless it is switched off;
    `later` what each term after that one costs, where a coupon makes that another price.
    `trial_days` > 0: nothing is paid now. `due_before`: what a prorated price was half an hour ago;
    `basis`: the plan version, added devices and paid end of the subscription that it was computed from; `license`: the
    licence that a term is for, where no subscription is.
    """

    purpose: Purpose
    plan_version: PlanVersion
    added_devices: int
    due: Amount
    renewal: Amount
    tax_rate: int
    tax_country: str
    ends_at: datetime
    trial_days: int = 0
    due_before: int = 0
    basis: tuple[UUID, int, datetime] | None = None
    license: UUID | None = None
    later: Amount | None = None

    @property
    def renews_at(self) -> datetime:
        """When the next term is charged."""
        return self.ends_at

    @property
    def digest(self) -> str:
        """SHA-256 over what the customer agrees to: not over moments, which move while one reads, but over the day that
        a further term leads to, so that the same button in two windows does not buy two.
        """
        facts: dict[str, object] = {
            "purpose": str(self.purpose),
            "plan_version": str(self.plan_version.pk),
            "added_devices": self.added_devices,
            "currency": self.due.currency,
            "due": self.due.gross_minor,
            "renewal": self.renewal.gross_minor,
            "tax": [self.tax_country, self.tax_rate],
            "trial_days": self.trial_days,
        }
        if self.later is not None:
            facts["later"] = self.later.gross_minor
        if self.purpose == Purpose.RENEWAL:
            facts["until"] = self.ends_at.date().isoformat()
        if self.license is not None:
            facts["license"] = str(self.license)
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

    def as_agreed(self, digest: str) -> "Quote | None":
        """This quote, if it is what was agreed to; a prorated one also as it was up to half an hour ago."""
        return next((each for each in self._lately() if each.digest == digest), None)

    def _lately(self) -> "Iterator[Quote]":
        yield self
        for minor in range(self.due.gross_minor + 1, self.due_before + 1):
            yield replace(self, due=parts.with_gross(self.due, minor))


def new(
    *, version: PlanVersion, added_devices: int, currency: str, country: str, coupon_code: str = "", trial: bool = False
) -> Quote:
    """A new licence (or a trial of one). Raises NotForSale, CouponUnknown."""
    _for_sale(version, added_devices)
    coupon = coupons.find(coupon_code, version=version, currency=currency) if coupon_code.strip() else None
    due = amounts.for_term(version, added_devices, currency, coupon)
    renewal = amounts.lasting(version, added_devices, currency, coupon)
    ends_at = periods.add_months(clock.now(), version.term_months)
    if trial:
        if not version.trial_days:
            raise NotForSale
        # A coupon for one payment counts for the first one, which comes when the trial ends.
        renewal, due = due, _nothing(currency, version)
        ends_at = clock.now() + timedelta(days=version.trial_days)
    return Quote(
        purpose=Purpose.TRIAL if trial else Purpose.NEW,
        plan_version=version,
        added_devices=added_devices,
        due=due,
        renewal=renewal,
        tax_rate=taxes.rate_of(country, clock.now().date()),
        tax_country=country,
        ends_at=ends_at,
        trial_days=version.trial_days if trial else 0,
        later=amounts.later(version, added_devices, currency, coupon) if trial else None,
    )


def renewal(*, subscription: Subscription, license_ends_at: datetime) -> Quote:
    """The next term, paid now; it is added behind the paid end, or begins now if that is past.

    A subscription that ran out comes back with it. Raises SubscriptionOver after any other end, and after the licence
    was handed over; ChangePlanned while a change waits for the end of the term; NotForSale.
    """
    is_mine = subscription.handed_over_at is None
    if not is_mine or not (subscription.is_live or subscription.can_come_back):
        raise SubscriptionOver
    if subscription.next_plan_version_id or subscription.next_added_devices is not None:
        raise ChangePlanned
    version, added = subscription.plan_version, subscription.added_devices
    price = amounts.for_term(version, added, subscription.currency, subscription.coupon)
    now, ends_at = clock.now(), license_ends_at
    if ends_at > now and ends_at == subscription.paid_until:
        ends_at = periods.end_of(subscription.anchor, subscription.paid_periods + 1, version.term_months)
    else:
        ends_at = periods.add_months(max(now, ends_at), version.term_months)
    after = amounts.lasting(version, added, subscription.currency, subscription.coupon)
    return _on(subscription, Purpose.RENEWAL, version, added, due=price, renewal=after, ends_at=ends_at)


def term_of(
    *, license: UUID, license_ends_at: datetime, version: PlanVersion, added_devices: int, currency: str, country: str
) -> Quote:
    """One more term of a licence that no subscription of its owner's pays for: it was handed over, or came by a code.

    It is paid once, and nothing renews by itself. Raises NotForSale.
    """
    price, now = amounts.for_term(version, added_devices, currency, None), clock.now()
    return Quote(
        purpose=Purpose.RENEWAL,
        plan_version=version,
        added_devices=added_devices,
        due=price,
        renewal=price,
        tax_rate=taxes.rate_of(country, now.date()),
        tax_country=country,
        ends_at=periods.add_months(max(now, license_ends_at), version.term_months),
        license=license,
    )


def upgrade(*, subscription: Subscription, version: PlanVersion, license_ends_at: datetime) -> Quote:
    """A dearer plan of the same product and term from now to the licence's end: only the difference is paid.

    Raises SwitchNotPossible, also for one with fewer devices or features: that waits for the end of the term.
    """
    _refuse_unless_running(subscription, license_ends_at)
    held = subscription.plan_version
    if version.plan.product_id != held.plan.product_id or version.term_months != held.term_months:
        raise SwitchNotPossible
    _for_sale(version, subscription.added_devices)
    return _difference(subscription, Purpose.UPGRADE, version, subscription.added_devices, license_ends_at)


def upgrades(
    *, subscription: Subscription, offered: Iterable[PlanVersion], license_ends_at: datetime
) -> dict[UUID, Quote]:
    """Which of the plans that are `offered` just now are an upgrade, and its quote, by version. One query for all.

    The prices of the versions are read as they are prefetched.
    """
    held, added = subscription.plan_version, subscription.added_devices
    rate = taxes.rate_of(subscription.tax_country, clock.now().date())
    found: dict[UUID, Quote] = {}
    for version in offered:
        if version.plan.product_id != held.plan.product_id or version.term_months != held.term_months:
            continue
        with suppress(SwitchNotPossible, NotForSale):
            _refuse_unless_running(subscription, license_ends_at)
            found[version.pk] = _difference(subscription, Purpose.UPGRADE, version, added, license_ends_at, rate=rate)
    return found


def devices(*, subscription: Subscription, more: int, license_ends_at: datetime) -> Quote:
    """So many more devices from now to the licence's end. Raises SwitchNotPossible, NotForSale."""
    _refuse_unless_running(subscription, license_ends_at)
    added = subscription.added_devices + more
    if more < 1 or added > MOST_ADDED:
        raise SwitchNotPossible
    return _difference(subscription, Purpose.DEVICES, subscription.plan_version, added, license_ends_at)


def may_try(person: Person, version: PlanVersion) -> bool:
    """Whether the plan has a trial and the person has had none of this product."""
    tried = Order.objects.filter(person=person, purpose=Purpose.TRIAL, paid_at__isnull=False)
    return version.trial_days > 0 and not tried.filter(plan_version__plan__product=version.plan.product_id).exists()


def _for_sale(version: PlanVersion, added_devices: int) -> None:
    plan = version.plan
    if not plan.is_listed or not plan.product.is_listed or not 0 <= added_devices <= MOST_ADDED:
        raise NotForSale
    if plans.current(plan) != version:
        raise NotForSale


def _refuse_unless_running(subscription: Subscription, license_ends_at: datetime) -> None:
    """A part of a term can be bought only where a paid one runs, by who has the licence."""
    past, is_given = license_ends_at <= clock.now(), subscription.handed_over_at is not None
    if past or is_given or not subscription.is_live or subscription.is_trial or subscription.is_past_due:
        raise SwitchNotPossible


def _difference(
    subscription: Subscription,
    purpose: Purpose,
    version: PlanVersion,
    added: int,
    ends_at: datetime,
    *,
    rate: int | None = None,
) -> Quote:
    """(new − old) · remaining / term, rounded once; the part of the old price is subtracted, not rounded too."""
    held, currency, coupon = subscription.plan_version, subscription.currency, subscription.coupon
    if not comparing.is_no_less(held, version) or (version != held and comparing.is_for_nothing(subscription, version)):
        raise SwitchNotPossible
    old = amounts.for_term(held, subscription.added_devices, currency, coupon)
    after = amounts.for_term(version, added, currency, coupon)
    if after.gross_minor < old.gross_minor or (purpose == Purpose.UPGRADE and after.gross_minor == old.gross_minor):
        raise SwitchNotPossible
    more, now = after.gross_minor - old.gross_minor, clock.now()
    due, unused = parts.share(more, now, ends_at, held), parts.share(old.gross_minor, now, ends_at, held)
    lines = [
        Line(_text(version, added), due + unused),
        Line(gettext("Unused time of %(plan)s") % {"plan": _text(held, subscription.added_devices)}, -unused),
    ]
    return _on(
        subscription,
        purpose,
        version,
        added,
        due=Amount(currency, due, 0, due, lines),
        renewal=after,
        ends_at=ends_at,
        due_before=parts.share(more, now - HOLDS, ends_at, held),
        rate=rate,
    )


def _on(
    subscription: Subscription,
    purpose: Purpose,
    version: PlanVersion,
    added: int,
    *,
    due: Amount,
    renewal: Amount,
    ends_at: datetime,
    due_before: int = 0,
    rate: int | None = None,
) -> Quote:
    country = subscription.tax_country
    rate = taxes.rate_of(country, clock.now().date()) if rate is None else rate
    basis = (subscription.plan_version_id, subscription.added_devices, subscription.paid_until)
    is_used_now = purpose == Purpose.RENEWAL  # a coupon for one payment
    later = None if is_used_now else amounts.later(version, added, subscription.currency, subscription.coupon)
    return Quote(
        purpose, version, added, due, renewal, rate, country, ends_at, due_before=due_before, basis=basis, later=later
    )


def _nothing(currency: str, version: PlanVersion) -> Amount:
    text = ngettext("%(plan)s, trial of %(days)d day", "%(plan)s, trial of %(days)d days", version.trial_days)
    return Amount(currency, 0, 0, 0, [Line(text % {"plan": version.plan.name, "days": version.trial_days}, 0)])


def _text(version: PlanVersion, added: int) -> str:
    if not added:
        return str(version.plan.name)
    text = ngettext("%(plan)s with %(count)d more device", "%(plan)s with %(count)d more devices", added)
    return text % {"plan": version.plan.name, "count": added}
