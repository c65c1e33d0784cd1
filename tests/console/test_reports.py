"""The pages of the reports: they show what the figures say, and offer it as files."""

import csv
import io

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from tests.licensing.conftest import Time
from tests.support import sales
from tests.support.bank import Bank

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sold(bank: Bank, ada: Person, time: Time) -> None:
    sales.buy(ada, sales.for_sale(11900))  # 100.00 net a year in Germany


def test_figures_as_bars_and_tables(manager: Client, sold: None) -> None:
    page = manager.get("/desk/reports/").content.decode()
    assert "€8.33" in page
    assert '<svg class="bars"' in page
    assert "November 2026" in page
    assert manager.get("/desk/reports/", {"months": "24"}).content.decode().count("<rect") > page.count("<rect")
    assert manager.get("/desk/reports/", {"months": "9999999"}).status_code == 200


def test_figures_as_a_file(manager: Client, sold: None) -> None:
    answer = manager.get("/desk/reports/figures.csv?months=6")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="figures-2026-06-2026-11.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["amount"] for row in rows if row["figure"] == "mrr"] == ["8.33"]


def test_the_ledger_balances_on_the_page_and_in_the_file(manager: Client, sold: None, time: Time) -> None:
    span = {"first": "2026-11-01", "last": "2026-11-30"}
    page = manager.get("/desk/accounting/", span).content.decode()
    assert "balanced" in page
    assert "not balanced" not in page
    assert "DE 19 %" in page
    answer = manager.get("/desk/accounting/ledger.csv", span)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert {row["account"] for row in rows} == {"cash", "receivable", "revenue", "tax"}
    assert [row["credit"] for row in rows if row["account"] == "tax"] == ["19.00"]


def test_last_month_comes_first_and_nonsense_is_explained(manager: Client, sold: None) -> None:
    assert "Nothing was booked then" in manager.get("/desk/accounting/").content.decode()
    for span in (
        {"first": "2026-12-01", "last": "2026-11-01"},
        {"first": "1990-01-01", "last": "2026-11-01"},
        {"first": "yesterday", "last": ""},
    ):
        assert manager.get("/desk/accounting/", span).status_code == 422
        assert manager.get("/desk/accounting/ledger.csv", span).status_code == 422
