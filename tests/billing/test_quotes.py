"""What is quoted is what is charged: new licences, renewals, upgrades and devices, to the cent."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, coupons, quotes
from frontdesk.billing.errors import (
    ChangePlanned,
    CouponUnknown,
    NotForSale,
    QuoteOutdated,
    SubscriptionOver,
    SwitchNotPossible,
)
from frontdesk.billing.models import EndReason, Invoice, Purpose, Subscription
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog.models import Plan, PlanVersion
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.support import sales
from tests.support.bank import Bank
from tests.support.sales import for_sale, quoted

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")


def upgrade(subscription: Subscription, version: PlanVersion) -> quotes.Quote:
    ends_at = sales.license_of(subscription).expires_at
    return quotes.upgrade(subscription=subscription, version=version, license_ends_at=ends_at)


def test_a_new_licence_says_what_is_paid_now_and_then(time: Time) -> None:
    quote = quoted(for_sale(term_months=1), added_devices=2)
    assert (quote.due.gross_minor, quote.renewal.gross_minor) == (4995, 4995)
    assert quote.ends_at == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert (quote.tax_country, quote.trial_days, quote.renews_at) == ("DE", 0, quote.ends_at)


def test_a_coupon_counts_once_or_for_ever(time: Time) -> None:
    version = for_sale()
    coupons.create(actor=SYSTEM, code="once", percent=25)
    coupons.create(actor=SYSTEM, code="ever", amount_minor=995, currency="EUR", is_forever=True)
    once, ever = quoted(version, coupon_code=" on ce"), quoted(version, coupon_code="EVER")
    assert (once.due.gross_minor, once.renewal.gross_minor) == (2996, 3995)
    assert (ever.due.gross_minor, ever.renewal.gross_minor) == (3000, 3000)
    assert len({once.digest, ever.digest, quoted(version).digest}) == 3
    with pytest.raises(CouponUnknown):
        quoted(version, coupon_code="never")


def test_a_trial_costs_nothing_now_and_keeps_the_coupon_for_later(time: Time) -> None:
    version = for_sale(trial_days=14)
    coupons.create(actor=SYSTEM, code="once", percent=50)
    quote = quoted(version, trial=True, coupon_code="once")
    assert (quote.due.gross_minor, quote.renewal.gross_minor, quote.trial_days) == (0, 1997, 14)
    assert quote.ends_at == time.now + timedelta(days=14)
    with pytest.raises(NotForSale):
        quoted(for_sale(), trial=True)


def test_only_what_is_on_offer_is_quoted(time: Time) -> None:
    version = for_sale()
    with pytest.raises(NotForSale):
        quoted(version, currency="USD")
    with pytest.raises(NotForSale):
        quoted(version, added_devices=-1)
    PlanVersion.objects.create(plan=version.plan, number=2, device_limit=5)
    with pytest.raises(NotForSale):
        quoted(version)
    hidden = for_sale()
    Plan.objects.filter(pk=hidden.plan_id).update(is_listed=False)
    hidden.plan.refresh_from_db()
    with pytest.raises(NotForSale):
        quoted(hidden)


def test_an_upgrade_costs_the_difference_for_the_time_left(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(3650))
    dearer = for_sale(7300)
    time.by(days=73)  # a fifth of the year
    quote = upgrade(subscription, dearer)
    assert (quote.due.gross_minor, quote.renewal.gross_minor) == (2920, 7300)
    assert [line.minor for line in quote.due.lines] == [5840, -2920]
    assert quote.ends_at == sales.license_of(subscription).expires_at
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    assert bank.taken() == 3650 + 2920 == 3650 + Invoice.objects.get(order=order).gross_minor
    after = sales.of(order)
    assert (after.plan_version, after.paid_until) == (dearer, subscription.paid_until)
    assert sales.license_of(after).plan_version == dearer


def test_more_devices_cost_their_price_for_the_time_left(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(3650, device_minor=730), added_devices=1)
    time.by(days=73)
    ends_at = sales.license_of(subscription).expires_at
    quote = quotes.devices(subscription=subscription, more=2, license_ends_at=ends_at)
    assert (quote.due.gross_minor, quote.renewal.gross_minor, quote.added_devices) == (1168, 3650 + 3 * 730, 3)
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    license = sales.license_of(sales.of(order))
    assert (sales.of(order).added_devices, license.added_devices, license.expires_at) == (3, 3, ends_at)


def test_what_is_no_upgrade_is_not_quoted(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    other_product = for_sale(9000, product="halcyon-vault")
    for version in (for_sale(4000), for_sale(3999), for_sale(9000, term_months=1), other_product):
        with pytest.raises(SwitchNotPossible):
            upgrade(subscription, version)
    dearer, ends_at = for_sale(9000), sales.license_of(subscription).expires_at
    for more in (0, -1, quotes.MOST_ADDED + 1):
        with pytest.raises(SwitchNotPossible):
            quotes.devices(subscription=subscription, more=more, license_ends_at=ends_at)
    time.now = ends_at
    with pytest.raises(SwitchNotPossible):
        upgrade(subscription, dearer)
    sold_singly = sales.buy(ada, for_sale(4000, device_minor=None))
    with pytest.raises(NotForSale):
        quotes.devices(subscription=sold_singly, more=1, license_ends_at=sales.license_of(sold_singly).expires_at)


def test_a_prorated_price_holds_for_half_an_hour(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(10_000))
    dearer = for_sale(110_000)
    shown = upgrade(subscription, dearer)
    time.by(minutes=29)
    now = upgrade(subscription, dearer)
    assert now.due.gross_minor < shown.due.gross_minor
    order = sales.place(ada, now, agreed_digest=shown.digest, subscription=subscription)
    assert order.due_minor == shown.due.gross_minor == sum(line["minor"] for line in order.quote)
    assert Invoice.objects.get(order=order).gross_minor == shown.due.gross_minor
    time.by(minutes=31)
    later = upgrade(subscription, dearer)
    with pytest.raises(QuoteOutdated):
        sales.place(ada, later, agreed_digest=shown.digest, subscription=subscription)


def test_a_quote_on_a_subscription_that_has_changed_since_is_refused(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    stale = upgrade(subscription, for_sale(8000))
    sales.pay(sales.place(ada, upgrade(subscription, for_sale(6000)), subscription=subscription))
    with pytest.raises(QuoteOutdated):
        sales.place(ada, stale, subscription=subscription)


def test_a_renewal_is_added_behind_the_paid_end(ada: Person, bank: Bank, time: Time) -> None:
    time.now = datetime(2027, 1, 31, 12, tzinfo=UTC)
    subscription = sales.buy(ada, for_sale(term_months=1))
    time.by(days=3)
    ends_at = sales.license_of(subscription).expires_at
    quote = quotes.renewal(subscription=subscription, license_ends_at=ends_at)
    assert (quote.due.gross_minor, quote.ends_at) == (3995, datetime(2027, 3, 31, 12, tzinfo=UTC))
    order = sales.pay(sales.place(ada, quote, subscription=subscription))
    after = sales.of(order)
    assert after.paid_until == sales.license_of(after).expires_at == after.charge_at == quote.ends_at
    assert (after.anchor, after.paid_periods) == (subscription.anchor, 2)


def test_no_renewal_while_a_change_waits_or_after_money_went_back(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    ends_at = sales.license_of(subscription).expires_at
    changed = changing.plan_switch(actor=SYSTEM, subscription=subscription, version=for_sale(2000), added_devices=0)
    with pytest.raises(ChangePlanned):
        quotes.renewal(subscription=changed, license_ends_at=ends_at)
    subscription.ended_at, subscription.end_reason = time.now, EndReason.REFUNDED
    subscription.anchor, subscription.paid_periods = time.now, 0  # nothing is left of the licence
    with pytest.raises(SubscriptionOver):
        quotes.renewal(subscription=subscription, license_ends_at=ends_at)
    with pytest.raises(SwitchNotPossible):
        quotes.devices(subscription=subscription, more=1, license_ends_at=ends_at)


def test_one_trial_for_each_product(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    version, other = for_sale(trial_days=14), for_sale(trial_days=14, product="halcyon-vault")
    assert quotes.may_try(ada, version)
    sales.try_out(ada, version)
    assert not quotes.may_try(ada, for_sale(trial_days=7))
    assert quotes.may_try(ada, other)
    assert quotes.may_try(bob, version)
    assert not quotes.may_try(bob, for_sale())


def test_a_digest_tells_all_that_is_agreed_to(time: Time) -> None:
    version = for_sale()
    base = quoted(version)
    time.by(minutes=5)
    assert quoted(version).digest == base.digest, "moments move while one reads"
    others = [quoted(version, added_devices=1), quoted(version, country="AT"), quoted(for_sale())]
    assert len({base.digest, *[each.digest for each in others]}) == 4
    assert base.as_agreed(uuid4().hex) is None
    assert base.purpose == Purpose.NEW


@given(
    old=st.integers(0, 10**6),
    more=st.integers(0, 10**6),
    whole=st.integers(1, 400 * 86_400),
    part=st.floats(0, 1),
)
@settings(deadline=None, max_examples=200)
def test_parts_of_a_term_add_up_and_never_make_money(old: int, more: int, whole: int, part: float) -> None:
    """Upgrade for the rest of the term, with one rounding: between nothing and the whole difference, monotonic."""
    left = int(whole * part)
    due = amounts.share(more, left, whole)
    assert 0 <= due <= more
    assert amounts.share(more, whole, whole) == more
    assert due <= amounts.share(more, min(whole, left + 1), whole)
    # What is not used is subtracted, not rounded a second time: the two lines of the quote are the price.
    unused = amounts.share(old, left, whole)
    assert (due + unused) - unused == due
