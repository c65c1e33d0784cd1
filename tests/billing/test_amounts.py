"""Amounts: whole minor units, one rounding, never less than nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.billing import amounts
from frontdesk.billing.amounts import Amount, Line
from frontdesk.billing.errors import CouponUnknown, NotForSale
from frontdesk.billing.models import Coupon, CouponKind
from frontdesk.catalog.models import PlanVersion, Price
from tests.support import shop

MONEY = st.integers(0, 10**12)


def percent(value: int) -> Coupon:
    return Coupon(code="SPRING", kind=CouponKind.PERCENT, percent=value, created_at=datetime.now(UTC))


def off(minor: int, currency: str = "EUR") -> Coupon:
    return Coupon(code="FIVER", kind=CouponKind.AMOUNT, amount_minor=minor, currency=currency)


@pytest.fixture
def version(db: None) -> PlanVersion:
    made = shop.plan_version(term_months=12)
    Price.objects.create(plan_version=made, currency="EUR", minor=3995, device_minor=500)
    Price.objects.create(plan_version=made, currency="JPY", minor=5000)
    return made


def test_a_term_with_devices_and_a_coupon(version: PlanVersion) -> None:
    found = amounts.for_term(version, 2, "EUR", percent(15))
    assert [(line.text, line.minor) for line in found.lines] == [
        ("Halcyon Shield Plus, 1 year", 3995),
        ("2 more devices", 1000),
        ("Coupon SPRING", -749),
    ]
    assert (found.list_minor, found.discount_minor, found.gross_minor) == (4995, 749, 4246)


@pytest.mark.parametrize(
    ("coupon", "gross"), [(percent(100), 0), (percent(1), 3955), (off(500), 3495), (off(3995), 0), (off(9999), 0)]
)
def test_a_coupon_never_takes_more_than_there_is(version: PlanVersion, coupon: Coupon, gross: int) -> None:
    assert amounts.for_term(version, 0, "EUR", coupon).gross_minor == gross


def test_a_currency_without_minor_units(version: PlanVersion) -> None:
    assert amounts.for_term(version, 0, "JPY", percent(33)).gross_minor == 3350


def test_what_has_no_price_is_not_for_sale(version: PlanVersion) -> None:
    for devices, currency in ((0, "USD"), (1, "JPY"), (-1, "EUR")):
        with pytest.raises(NotForSale):
            amounts.for_term(version, devices, currency, None)
    with pytest.raises(CouponUnknown):
        amounts.for_term(version, 0, "JPY", off(500, "EUR"))


@pytest.mark.parametrize(
    ("gross", "rate", "tax"),
    [(3995, 1900, 638), (100, 2550, 20), (1, 1900, 0), (3, 2000, 1), (0, 1900, 0), (500, 0, 0)],
)
def test_tax_is_taken_out_of_the_gross_rounded_half_up(gross: int, rate: int, tax: int) -> None:
    assert amounts.split_tax(gross, rate) == (gross - tax, tax)


@given(MONEY, st.integers(0, 5000))
def test_net_and_tax_are_the_gross(gross: int, rate: int) -> None:
    net, tax = amounts.split_tax(gross, rate)
    assert net + tax == gross
    assert 0 <= tax <= gross
    assert abs(2 * (net * rate - tax * 10_000)) <= 2 * (10_000 + rate)  # the rate holds to half a unit either way


@given(MONEY, st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_part_and_the_rest_are_the_whole(minor: int, part: int, whole: int) -> None:
    part = min(part, whole)
    used = amounts.share(minor, part, whole)
    assert 0 <= used <= minor
    assert abs(used * whole - minor * part) * 2 <= whole
    assert amounts.share(minor, whole, whole) == minor
    assert amounts.share(minor, 0, whole) == 0


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.integers(0, 5000))
def test_the_tax_of_parts_adds_up_to_the_tax_of_all(parts: list[int], rate: int) -> None:
    """As credit notes take it: each the share of all so far, less what was taken before."""
    gross = sum(parts)
    tax = amounts.split_tax(gross, rate)[1]
    taken = before = 0
    for part in parts:
        before += part
        share = amounts.share(tax, before, gross) - taken
        assert 0 <= share <= part
        taken += share
    assert taken == tax


def test_impossible_parts_and_amounts_are_refused() -> None:
    for part, whole in ((1, 0), (-1, 10), (11, 10)):
        with pytest.raises(ValueError, match="no part"):
            amounts.share(100, part, whole)
    for gross, rate in ((-1, 1900), (1, -1)):
        with pytest.raises(ValueError, match="negative"):
            amounts.split_tax(gross, rate)
    for gross, lines in ((-1, [Line("", -1)]), (5, [Line("", 4)])):
        with pytest.raises(ValueError, match="add up"):
            Amount("EUR", 5, 0, gross, lines)
