"""Coupons: which ones can be made, and which can be used for what."""

from datetime import timedelta
from typing import Any

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing import coupons
from frontdesk.billing.errors import CouponUnknown
from frontdesk.billing.models import Coupon, CouponKind
from frontdesk.catalog.errors import NameTaken
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.models import AuditEntry
from tests.licensing.conftest import Time
from tests.support import sales
from tests.support.bank import Bank
from tests.support.sales import for_sale, place, quoted

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")


def test_a_coupon_is_found_however_it_is_typed(time: Time) -> None:
    made = coupons.create(actor=SYSTEM, code="spring-26", percent=10)
    assert (made.code, made.kind) == ("SPRING-26", CouponKind.PERCENT)
    assert coupons.find("  Spring -26 ", version=for_sale(), currency="EUR") == made
    with pytest.raises(NameTaken):
        coupons.create(actor=SYSTEM, code="SPRING-26", percent=20)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("code", {"code": "a", "percent": 5}),
        ("code", {"code": "with/slash", "percent": 5}),
        ("percent", {"percent": 0}),
        ("percent", {"percent": 101}),
        ("amount_minor", {"percent": 10, "amount_minor": 5}),
        ("amount_minor", {"amount_minor": 0, "currency": "EUR"}),
        ("amount_minor", {}),
        ("currency", {"amount_minor": 500}),
        ("currency", {"percent": 5, "currency": "euro"}),
        ("max_uses", {"percent": 5, "max_uses": 0}),
    ],
)
def test_what_makes_no_sense_is_refused(field: str, values: dict[str, Any], time: Time) -> None:
    with pytest.raises(RequestInvalid) as refused:
        coupons.create(**{"actor": SYSTEM, "code": "SPRING", **values})
    assert refused.value.members["field"] == field
    assert not Coupon.objects.exists()


def test_a_coupon_is_not_made_for_the_past(time: Time) -> None:
    with pytest.raises(RequestInvalid):
        coupons.create(actor=SYSTEM, code="LATE", percent=5, valid_until=time.now)


def test_a_coupon_fits_its_product_currency_and_time(time: Time) -> None:
    shield, vault = for_sale(), for_sale(product="halcyon-vault")
    coupons.create(actor=SYSTEM, code="SHIELD", percent=5, product=shield.plan.product)
    coupons.create(actor=SYSTEM, code="EURO", amount_minor=5, currency="EUR")
    until = time.now + timedelta(days=1)
    coupons.create(actor=SYSTEM, code="SHORT", percent=5, valid_until=until)
    assert coupons.find("SHIELD", version=shield, currency="EUR")
    assert coupons.find("SHORT", version=vault, currency="EUR")
    for code, version, currency in (("SHIELD", vault, "EUR"), ("EURO", shield, "USD"), ("NONE", shield, "EUR")):
        with pytest.raises(CouponUnknown):
            coupons.find(code, version=version, currency=currency)
    time.now = until
    with pytest.raises(CouponUnknown):
        coupons.find("SHORT", version=vault, currency="EUR")


def test_a_stopped_coupon_stays_with_whoever_has_it(ada: Person, bank: Bank, time: Time) -> None:
    coupon = coupons.create(actor=SYSTEM, code="EVER", percent=50, is_forever=True)
    subscription = sales.buy(ada, coupon_code="EVER")
    for _ in range(2):
        coupons.stop(actor=SYSTEM, coupon=coupon)
    assert coupon.stopped_at == time.now
    assert AuditEntry.objects.filter(action="coupon.stopped").count() == 1
    with pytest.raises(CouponUnknown):
        quoted(for_sale(), coupon_code="EVER")
    sales.until(time, subscription.paid_until)
    assert bank.taken() == 2 * 1997


def test_a_coupon_used_up_between_quote_and_order_is_refused(ada: Person, bob: Person, bank: Bank) -> None:
    coupons.create(actor=SYSTEM, code="LAST", percent=5, max_uses=1)
    version = for_sale()
    quote = quoted(version, coupon_code="LAST")
    place(bob, quote, coupon_code="LAST")
    with pytest.raises(CouponUnknown):
        place(ada, quote, coupon_code="LAST")
