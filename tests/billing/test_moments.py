"""What a journey through time stops for: never for an order whose payment decides first."""

from datetime import timedelta

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing import moments, orders, quotes
from frontdesk.billing.models import Invoice, Payment
from frontdesk.billing.payments import paying, sweeping
from tests.licensing.conftest import Time
from tests.support import money, sales
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_order_past_its_hour_whose_page_is_open_waits_for_its_payment(ada: Person, bank: Bank, time: Time) -> None:
    held = sales.buy(ada, for_sale(1000))
    quote = quotes.upgrade(subscription=held, version=for_sale(5000), license_ends_at=held.paid_until)
    order = sales.place(ada, quote, subscription=held)
    payment = paying.by_page(invoice=Invoice.objects.get(order=order), **money.URLS)
    Payment.objects.filter(pk=payment.pk).update(check_at=time.now + timedelta(hours=3))
    time.by(hours=2)
    assert orders.expire_open() == 0
    assert moments.next_moment() == time.now + timedelta(hours=1)
    time.by(hours=1)
    sweeping.sweep()
    assert moments.next_moment() == order.expires_at, "its page is closed: now it can expire"
    assert orders.expire_open() == 1
    coming = moments.next_moment()
    assert coming
    assert coming > time.now
