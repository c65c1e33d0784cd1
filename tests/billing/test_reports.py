"""The figures of the reports, against books that were computed by hand."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from frontdesk.accounts.models import Person
from frontdesk.billing import accounting, reports
from frontdesk.billing.models import (
    Credit,
    Dispute,
    EndReason,
    Invoice,
    InvoiceKind,
    Payment,
    Purpose,
    Refund,
    Subscription,
)
from frontdesk.billing.reports import Month
from frontdesk.catalog.models import PlanVersion
from tests.people import customer
from tests.support import bills, shop

pytestmark = pytest.mark.django_db

JAN, FEB, MAR = (datetime(2027, month, 1, tzinfo=UTC) for month in (1, 2, 3))
SPAN = [Month(JAN), Month(FEB), Month(MAR)]


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


@pytest.fixture
def ada() -> Person:
    return customer()


@pytest.fixture
def yearly() -> PlanVersion:
    return shop.plan_version(term_months=12)


def bought(
    person: Person,
    version: PlanVersion,
    at: datetime,
    *,
    renewal: int = 11900,
    paper: dict[str, Any] | None = None,
    **values: Any,
) -> tuple[Subscription, Invoice]:
    """A new licence: paid with 39.95, its next terms for `renewal`."""
    order = bills.order(person, version, placed_at=at, paid_at=at, renewal_minor=renewal)
    subscription = bills.subscription(person, version, created_at=at, anchor=at, **values)
    order.subscription = subscription
    order.save()
    return subscription, bills.invoice(order, paid_at=at, issued_at=at, created_at=at, **(paper or {}))


def renewal_invoice(subscription: Subscription, at: datetime, gross: int, *, paid: bool = True) -> Invoice:
    net = gross * 100 // 119
    number = f"R-{Invoice.objects.count():05}" if paid else None
    return Invoice.objects.create(
        person=subscription.person,
        subscription=subscription,
        plan_version=subscription.plan_version,
        purpose=Purpose.RENEWAL,
        period_anchor=subscription.anchor,
        period_number=subscription.paid_periods + 1,
        currency="EUR",
        gross_minor=gross,
        net_minor=net,
        tax_minor=gross - net,
        tax_rate=1900,
        tax_country="DE",
        created_at=at,
        number=number,
        issued_at=at if paid else None,
        paid_at=at if paid else None,
    )


def test_recurring_revenue_is_the_net_price_of_a_term_by_its_months(ada: Person, yearly: PlanVersion) -> None:
    bought(ada, yearly, on(1, 10), renewal=11900)  # 100.00 net a year: 8.33 a month
    bought(ada, yearly, on(2, 3), renewal=23800)  # 200.00 net a year: 16.67 a month
    found = [(row.month, row.currency, row.subscriptions, row.minor) for row in reports.recurring_revenue(SPAN)]
    # 833.33 in January; 833.33 + 1,666.67 = 2,500 from February on: rounded once, not each.
    assert found == [(Month(JAN), "EUR", 1, 833), (Month(FEB), "EUR", 2, 2500), (Month(MAR), "EUR", 2, 2500)]


def test_plans_and_currencies_stand_apart(ada: Person, yearly: PlanVersion) -> None:
    monthly = shop.plan_version(term_months=1)
    bought(ada, yearly, on(1, 10), renewal=11900)
    bought(ada, monthly, on(1, 11), renewal=1190)
    bought(ada, monthly, on(1, 12), renewal=2000, paper={"currency": "USD", "tax_rate": 0})
    rows = {(row.plan, row.currency, row.minor) for row in reports.recurring_revenue(SPAN[:1])}
    assert rows == {(str(yearly.plan), "EUR", 833), (str(monthly.plan), "EUR", 1000), (str(monthly.plan), "USD", 2000)}


def test_a_dearer_renewal_counts_from_the_day_it_is_paid(ada: Person, yearly: PlanVersion) -> None:
    subscription, _invoice = bought(ada, yearly, on(1, 10), renewal=11900)
    renewal_invoice(subscription, on(2, 20), 23800)
    assert [row.minor for row in reports.recurring_revenue(SPAN)] == [833, 1667, 1667]


def test_what_has_ended_or_was_never_paid_brings_nothing(ada: Person, yearly: PlanVersion) -> None:
    bought(ada, yearly, on(1, 10), ended_at=on(2, 15), end_reason=EndReason.REFUNDED)
    bills.subscription(ada, yearly, created_at=on(1, 5), is_trial=True, paid_periods=0)
    assert [(row.month, row.minor) for row in reports.recurring_revenue(SPAN)] == [(Month(JAN), 833)]


def test_an_open_renewal_changes_nothing(ada: Person, yearly: PlanVersion) -> None:
    subscription, _invoice = bought(ada, yearly, on(1, 10), renewal=11900)
    renewal_invoice(subscription, on(2, 20), 23800, paid=False)
    assert [row.minor for row in reports.recurring_revenue(SPAN)] == [833, 833, 833]


def test_movements_count_who_pays_and_churn_is_of_those_at_the_beginning(ada: Person, yearly: PlanVersion) -> None:
    for day in (5, 6, 7):
        bought(ada, yearly, on(1, day))
    bought(ada, yearly, on(1, 8), ended_at=on(2, 2), end_reason=EndReason.UNPAID)
    bought(ada, yearly, on(2, 9), ended_at=on(2, 20), end_reason=EndReason.REFUNDED)
    bills.subscription(ada, yearly, created_at=on(1, 5), is_trial=True, ended_at=on(1, 12))
    bills.order(ada, yearly, purpose=Purpose.TRIAL, paid_at=on(1, 5))
    january, february, march = reports.movements(SPAN)
    assert (january.at_start, january.new, january.trials, january.ended, january.churn) == (0, 4, 1, 0, None)
    assert (february.at_start, february.new, february.ended) == (4, 1, 2)
    assert february.churn == Decimal("50.0")
    assert february.reasons == {"unpaid": 1, "refunded": 1}
    assert (march.at_start, march.new, march.ended, march.churn) == (3, 0, 0, Decimal(0))


def test_the_first_moment_of_a_month_belongs_to_it(ada: Person, yearly: PlanVersion) -> None:
    bought(ada, yearly, FEB, ended_at=MAR, end_reason=EndReason.UNPAID)
    january, february, march = reports.movements(SPAN)
    assert (january.new, february.new, february.ended) == (0, 1, 0)
    assert (march.at_start, march.ended) == (1, 1)
    assert [row.month for row in reports.recurring_revenue(SPAN)] == [Month(FEB)]


def failed_try(invoice: Invoice, at: datetime, *, on_session: bool = False) -> Payment:
    values = {"status": Payment.Status.FAILED, "settled_at": at, "started_at": at, "on_session": on_session}
    return bills.payment(invoice, **values)


def test_recovered_are_those_whose_first_automatic_charge_failed(ada: Person, yearly: PlanVersion) -> None:
    subscriptions = [bought(ada, yearly, on(1, day))[0] for day in (1, 2, 3)]
    paid, open_one, by_hand = (
        renewal_invoice(subscription, on(2, 10), gross, paid=gross != 5000)
        for subscription, gross in zip(subscriptions, (4000, 5000, 6000), strict=True)
    )
    failed_try(paid, on(1, 31))
    failed_try(paid, on(2, 2))  # the second failure of the same renewal counts no more
    failed_try(open_one, on(1, 30))
    failed_try(by_hand, on(1, 30), on_session=True)  # somebody's own try is no automatic charge
    (row,) = reports.recoveries(SPAN)
    assert (row.month, row.failed, row.failed_minor) == (Month(JAN), 2, 9000)
    assert (row.recovered, row.recovered_minor, row.share) == (1, 4000, Decimal("50.0"))


def refund_of(payment: Payment, minor: int, at: datetime, status: str = Refund.Status.SUCCEEDED) -> Refund:
    return Refund.objects.create(
        payment=payment, person=payment.person, cause=Refund.Cause.STAFF, amount_minor=minor, currency="EUR",
        status=status, key=f"{payment.pk}{minor}", requested_at=at, settled_at=at,
    )  # fmt: skip


def test_refunds_and_disputes_by_their_month(ada: Person, yearly: PlanVersion) -> None:
    _subscription, invoice = bought(ada, yearly, on(1, 1))
    payment = bills.payment(invoice)
    refund_of(payment, 500, on(2, 1))
    refund_of(payment, 700, on(2, 28, 23))
    refund_of(payment, 900, on(2, 5), Refund.Status.FAILED)
    for ref, status in (("a", Dispute.Status.WON), ("b", Dispute.Status.LOST), ("c", Dispute.Status.OPEN)):
        Dispute.objects.create(
            payment=payment, ref=ref, amount_minor=1000, currency="EUR", status=status, opened_at=on(3, 3)
        )
    (back,) = reports.refunds(SPAN)
    assert (back.month, back.refunds, back.minor) == (Month(FEB), 2, 1200)
    (disputed,) = reports.disputes(SPAN)
    assert (disputed.month, disputed.opened, disputed.minor) == (Month(MAR), 3, 3000)
    assert (disputed.won, disputed.lost, disputed.lost_minor) == (1, 1, 1000)


def test_a_credit_note_is_no_price(ada: Person, yearly: PlanVersion) -> None:
    subscription, invoice = bought(ada, yearly, on(1, 1))
    bills.invoice(
        bills.order(ada, yearly, subscription=subscription, renewal_minor=1), kind=InvoiceKind.CREDIT_NOTE,
        corrects=invoice, paid_at=on(1, 20),
    )  # fmt: skip
    assert [row.minor for row in reports.recurring_revenue(SPAN[:1])] == [833]


def test_months_end_with_the_one_that_is_asked_for() -> None:
    assert [str(month) for month in reports.months(on(1, 31), 3)] == ["2026-11", "2026-12", "2027-01"]
    assert [month.end - month.start for month in reports.months(on(2, 3), 1)] == [timedelta(days=28)]


def test_the_csv_has_every_figure_on_a_line(ada: Person, yearly: PlanVersion) -> None:
    bought(ada, yearly, on(1, 10), renewal=11900, ended_at=on(3, 5), end_reason=EndReason.UNPAID)
    rows = list(csv.DictReader(io.StringIO(accounting.figures_csv(SPAN))))
    assert {"month": "2027-01", "figure": "mrr", "plan": str(yearly.plan), "currency": "EUR", "count": "1",
            "amount": "8.33"} in rows  # fmt: skip
    assert {row["count"] for row in rows if row["figure"] == "churn_percent" and row["month"] == "2027-03"} == {"100.0"}
    assert [row["count"] for row in rows if row["figure"] == "ended_unpaid"] == ["1"]


def test_a_plans_name_is_no_formula(ada: Person, yearly: PlanVersion) -> None:
    product = yearly.plan.product
    product.name = "=1+1"
    product.save()
    bought(ada, yearly, on(1, 10))
    rows = list(csv.DictReader(io.StringIO(accounting.figures_csv(SPAN[:1]))))
    assert rows[0]["plan"].startswith("'=1+1")


@pytest.mark.parametrize("how", ["refund", "dispute", "credit"])
def test_an_upgrade_that_was_taken_back_counts_until_then(ada: Person, yearly: PlanVersion, how: str) -> None:
    subscription, _invoice = bought(ada, yearly, on(1, 10), renewal=11900)
    order = bills.order(
        ada, yearly, subscription=subscription, purpose=Purpose.UPGRADE, renewal_minor=23800, paid_at=on(1, 20)
    )
    paper = bills.invoice(order, paid_at=on(1, 20), issued_at=on(1, 20), purpose=Purpose.UPGRADE)
    payment = bills.payment(paper, settled_at=on(1, 20))
    amount = {"amount_minor": payment.amount_minor, "currency": "EUR"}
    match how:
        case "refund":
            moments = {"requested_at": on(2, 5), "settled_at": on(2, 5)}
            Refund.objects.create(payment=payment, status="succeeded", takes_back=True, key="r", **moments, **amount)
        case "dispute":
            moments = {"opened_at": on(2, 1), "closed_at": on(2, 5)}
            Dispute.objects.create(payment=payment, status="lost", ref="d", **moments, **amount)
        case _:
            Credit.objects.create(person=ada, invoice=paper, key=f"refunded:{paper.pk}", created_at=on(2, 5), **amount)
    assert [row.minor for row in reports.recurring_revenue(SPAN)] == [1667, 833, 833]


def test_money_that_came_back_has_not_left(ada: Person, yearly: PlanVersion) -> None:
    _subscription, paper = bought(ada, yearly, on(1, 10))
    payment = bills.payment(paper, settled_at=on(1, 10))
    amount = {"amount_minor": 500, "currency": "EUR", "requested_at": on(2, 5), "settled_at": on(2, 5)}
    back = Refund.objects.create(payment=payment, status="succeeded", key="r", came_back_at=on(2, 9), **amount)
    assert reports.refunds(SPAN) == []
    back.made_good_at = on(2, 12)
    back.save()
    assert [row.minor for row in reports.refunds(SPAN)] == [500]
