"""Billing in the back office: coupons and rates by verbs with a reason, everything else to be looked at."""

from datetime import date, timedelta

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import coupons
from frontdesk.billing.models import Coupon, Subscription, TaxRate
from frontdesk.catalog import plans
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry
from frontdesk.core.money import Money
from tests.backoffice.conftest import SYSTEM, Enter
from tests.support import bills

pytestmark = pytest.mark.django_db
COUPONS = "/backoffice/billing/coupon/"
RATES = "/backoffice/billing/taxrate/"
SPRING = {
    "code": "spring 27",
    "kind": "percent",
    "percent": "20",
    "is_forever": "on",
    "max_uses": "100",
    "reason": "Fair",
}


def test_a_coupon_is_made_and_stopped(administrator: Client) -> None:
    assert administrator.post(f"{COUPONS}add/", SPRING).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.code, coupon.percent, coupon.is_forever, coupon.max_uses) == ("SPRING27", 20, True, 100)
    made = AuditEntry.objects.get(action="coupon.created")
    assert (made.reason, made.subject) == ("Fair", coupon.pk)
    assert administrator.post(f"{COUPONS}{coupon.pk}/do/stop/", {"reason": "Over"}).status_code == 302
    coupon.refresh_from_db()
    assert coupon.stopped_at
    assert "Stopped" in administrator.get(COUPONS).content.decode()
    assert administrator.get(f"{COUPONS}{coupon.pk}/do/stop/").status_code == 302  # there is nothing to stop any more


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"percent": ""}, "needs it"),
        ({"percent": "101"}, "between 1 and 100"),
        ({"amount": "EUR 5"}, "has none"),
        ({"kind": "amount", "percent": "", "amount": "5"}, "Write an amount with its currency"),
        ({"kind": "amount", "percent": "", "amount": "XYZ 5"}, "Write an amount with its currency"),
        ({"kind": "amount", "percent": "", "amount": "EUR 5.001"}, "Write an amount with its currency"),
        ({"kind": "amount", "percent": "", "amount": "EUR 0"}, "more than nothing"),
        ({"kind": "amount", "percent": "", "amount": "EUR 5", "currency": "USD"}, "in another currency"),
        ({"kind": "amount", "percent": ""}, "needs it"),
        ({"currency": "XYZ"}, "There is no such currency"),
        ({"code": "no"}, "form we cannot read"),
        ({"reason": ""}, "This field is required"),
    ],
)
def test_nonsense_makes_no_coupon(administrator: Client, wrong: dict[str, str], said: str) -> None:
    page = administrator.post(f"{COUPONS}add/", SPRING | wrong, follow=True)
    assert said in page.content.decode()
    assert not Coupon.objects.exists()


@pytest.mark.parametrize(("written", "kept"), [("EUR 5", 500), ("eur 5,50", 550), ("JPY 500", 500)])
def test_money_is_typed_as_in_the_prices_of_plans(administrator: Client, written: str, kept: int) -> None:
    form = SPRING | {"kind": "amount", "percent": "", "amount": written}
    assert administrator.post(f"{COUPONS}add/", form).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.amount_minor, coupon.currency, coupon.percent) == (kept, written[:3].upper(), None)
    page = administrator.get(f"{COUPONS}{coupon.pk}/change/").content.decode()
    assert str(Money(kept, coupon.currency)) in page


def test_a_code_is_given_once(administrator: Client) -> None:
    coupons.create(actor=SYSTEM, code="SPRING27", percent=5)
    administrator.post(f"{COUPONS}add/", SPRING)
    assert Coupon.objects.get().percent == 5


def test_a_coupon_is_never_changed(administrator: Client) -> None:
    coupon = coupons.create(actor=SYSTEM, code="SPRING27", percent=5)
    administrator.post(f"{COUPONS}{coupon.pk}/change/", SPRING | {"percent": "50"})
    coupon.refresh_from_db()
    assert coupon.percent == 5


def test_a_rate_is_entered_and_corrected(administrator: Client) -> None:
    TaxRate.objects.filter(country="DE").delete()
    asked = {"country": "de", "rate": "1600", "valid_from": "2020-07-01", "reason": "A law"}
    assert administrator.post(f"{RATES}add/", asked).status_code == 302
    rate = TaxRate.objects.get(country="DE")
    assert (rate.rate, rate.valid_from) == (1600, date(2020, 7, 1))
    administrator.post(f"{RATES}{rate.pk}/change/", asked | {"rate": "1900", "reason": "A typo"})
    rate.refresh_from_db()
    assert rate.rate == 1900
    assert list(AuditEntry.objects.filter(action="tax_rate.entered").values_list("reason", flat=True)) == [
        "A law",
        "A typo",
    ]


def test_a_rate_above_half_of_the_price_is_a_typo(administrator: Client) -> None:
    before = TaxRate.objects.count()
    asked = {"country": "DE", "rate": "19000", "valid_from": "2031-07-01", "reason": "A law"}
    administrator.post(f"{RATES}add/", asked)
    assert TaxRate.objects.count() == before


@pytest.mark.parametrize("page", [COUPONS, RATES])
def test_only_administrators_change_them(staff: Enter, page: str) -> None:
    manager = staff(Role.MANAGER)
    assert manager.get(page).status_code == 200
    assert manager.get(f"{page}add/").status_code == 403


@pytest.mark.parametrize("model", ["order", "invoice", "payment", "subscription", "coupon", "taxrate"])
def test_agents_do_not_see_money(agent: Client, model: str) -> None:
    assert agent.get(f"/backoffice/billing/{model}/").status_code == 403


def test_rows_are_found_looked_at_and_told_to_the_customer(staff: Enter, ada: Person) -> None:
    order = bills.order(ada, reference="H7K-2QX-9MA")
    invoice = bills.invoice(order, number="INV-7")
    payment = bills.payment(invoice, ref="pi_7")
    subscription = bills.subscription(ada)
    browser = staff(Role.BILLING_AGENT)
    for model, row, term, shown in (
        ("order", order, "H7K-2QX-9MA", "H7K-2QX-9MA"),
        ("invoice", invoice, "INV-7", "INV-7"),
        ("payment", payment, "pi_7", "39.95"),
        ("subscription", subscription, str(subscription.pk), "Ada"),
    ):
        listed = browser.get(f"/backoffice/billing/{model}/", {"q": term}).content.decode()
        assert shown in listed, model
        assert "Ada" in listed, model
        assert browser.get(f"/backoffice/billing/{model}/", {"q": "nothing of that kind"}).status_code == 200
        page = browser.get(f"/backoffice/billing/{model}/{row.pk}/change/")
        assert page.status_code == 200
        assert "_save" not in page.content.decode()
    told = AuditEntry.objects.filter(action="staff.looked", person=ada.pk).values_list("data__page", flat=True)
    assert set(told) == {
        f"{model}{more}" for model in ("order", "invoice", "payment", "subscription") for more in ("", " list")
    }


def test_a_subscription_is_not_edited(administrator: Client, ada: Person) -> None:
    subscription = bills.subscription(ada)
    administrator.post(f"/backoffice/billing/subscription/{subscription.pk}/change/", {"auto_renew": ""})
    assert Subscription.objects.get().auto_renew


def test_a_plan_gets_a_trial_and_a_price_for_devices(administrator: Client, version: PlanVersion) -> None:
    plan, before = version.plan, version
    form = {
        "slug": plan.slug, "name": plan.name, "is_listed": "on", "position": "0", "device_limit": before.device_limit,
        "term_months": "12", "code_days": "365", "grace_days": "14", "lease_days": "14", "offline_lease_days": "90",
        "swap_limit": "4", "prices": "EUR 39.95\nUSD 42.95", "device_prices": "EUR 10", "trial_days": "14",
        "features": "", "reason": "Trials", "versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0",
    }  # fmt: skip
    address = f"/backoffice/catalog/plan/{plan.pk}/change/"
    assert administrator.post(address, form).status_code == 302
    made = plans.current(plan)
    assert made is not None
    assert (made.number, made.trial_days) == (before.number + 1, 14)
    assert {price.currency: price.device_minor for price in made.prices.all()} == {"EUR": 1000, "USD": None}
    administrator.post(address, form)  # nothing changed: no further version
    newest = plans.current(plan)
    assert newest is not None
    assert newest.number == made.number
    assert "10.00" in administrator.get(address).content.decode()
    answer = administrator.post(address, form | {"device_prices": "GBP 10"})
    assert "needs a price of the plan" in answer.content.decode()


def test_a_coupon_that_is_over_says_so(administrator: Client) -> None:
    coupon = coupons.create(actor=SYSTEM, code="SPRING27", amount_minor=500, currency="EUR", max_uses=3)
    Coupon.objects.filter(pk=coupon.pk).update(valid_until=clock.now() - timedelta(days=1))
    listed = administrator.get(COUPONS).content.decode()
    assert "Over" in listed
    assert "5.00" in listed
