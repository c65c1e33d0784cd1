"""A charge that somebody does not recognise: always the same answer; the explanation goes to who ordered."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import declarations, lookups
from frontdesk.billing.models import Payment
from frontdesk.core import outbox
from frontdesk.core.models import OutboxMessage
from tests.licensing.conftest import Time
from tests.support import bills
from tests.support.queries import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(ada: Person, time: Time) -> Payment:
    """39.95 EUR on 1 November 2026 at noon (UTC) to a card ending in 4242."""
    return bills.payment(bills.invoice(bills.order(ada, paid_at=time.now, reference="H7K-2QX-9MA")))


def ask(last4: str = "4242", amount: str = "39.95", day: str = "2026-11-01") -> Any:
    return Client().post("/charge/", {"last4": last4, "amount": amount, "day": day})


def explained() -> list[Message]:
    outbox.deliver_due(topics=[declarations.CHARGE_ASKED])
    return list(Message.objects.filter(template="billing/charge_explained"))


def test_all_three_right_the_order_is_explained_to_who_made_it(ada: Person, paid: Payment) -> None:
    assert ask().status_code == 200
    (mail,) = explained()
    assert mail.address == ada.email
    text = mail.text.replace("\xa0", " ")
    for expected in ("€39.95", "1 November 2026", "4242", "HALCYON* SHIELD", "H7K-2QX-9MA", "until 1 December 2026"):
        assert expected in text
    assert f"/billing/payments/{paid.pk}/refund/" in text


def test_when_it_cannot_be_refunded_any_more_the_mail_does_not_offer_it(paid: Payment, time: Time) -> None:
    time.by(days=31)
    ask()
    (mail,) = explained()
    assert "/refund/" not in mail.text
    assert "write to us" in mail.text


@pytest.mark.parametrize("day", ["2026-10-31", "2026-11-01", "2026-11-02"])
def test_a_day_more_or_less_is_forgiven(paid: Payment, day: str) -> None:
    ask(day=day)
    assert len(explained()) == 1


@pytest.mark.parametrize(
    "wrong", [{"last4": "4243"}, {"amount": "39.96"}, {"amount": "3995"}, {"day": "2026-10-29"}, {"day": "2026-11-04"}]
)
def test_one_of_three_wrong_nothing_is_mailed_and_the_answer_is_the_same(
    paid: Payment, time: Time, wrong: dict[str, str]
) -> None:
    time.by(days=9)
    right, missed = ask(), ask(**wrong)

    def shape(response: Any) -> str:
        return re.sub(r'(data-now|value)="[^"]*"', "", response.content.decode())

    assert shape(right) == shape(missed)
    assert len(explained()) == 1  # the right one


def test_right_and_wrong_cost_the_same_statements_and_never_look(paid: Payment) -> None:
    ask(last4="0000")
    with CaptureQueriesContext(connection) as right:
        ask()
    with CaptureQueriesContext(connection) as wrong:
        ask(last4="4243")
    assert len(statements(right)) == len(statements(wrong))
    assert not any("billing_payment" in each for each in statements(right))


@pytest.mark.parametrize("status", ["failed", "canceled", "unknown"])
def test_what_was_not_paid_is_no_charge(paid: Payment, status: str) -> None:
    Payment.objects.update(status=status)
    ask()
    assert explained() == []


def test_a_network_is_slowed_down_and_an_order_is_not_flooded(paid: Payment) -> None:
    answers = [ask().status_code for _again in range(12)]
    assert answers == [200] * 10 + [429] * 2
    assert len(explained()) == 3


def test_somebody_who_was_erased_is_not_written_to(paid: Payment) -> None:
    Payment.objects.update(person=None)
    order = paid.invoice.order
    assert order is not None
    order.email = ""
    order.save()
    ask()
    assert explained() == []


@pytest.mark.parametrize(
    "wrong",
    [{"last4": "42"}, {"last4": "424a"}, {"amount": "much"}, {"amount": "1,2,3.4567"}, {"day": "soon"}, {"day": ""}],
)
def test_what_cannot_stand_on_a_statement_is_asked_for_again(wrong: dict[str, str]) -> None:
    assert ask(**wrong).status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "1901-02-03", "9999-12-31"])
def test_no_day_of_the_calendar_stops_the_worker(paid: Payment, day: str) -> None:
    assert ask(day=day).status_code == 422
    declarations.explain_charge(last4="4242", amount="39.95", day=day)  # written by an older version, say
    outbox.deliver_due()
    assert not OutboxMessage.objects.filter(topic=declarations.CHARGE_ASKED, delivered_at=None).exists()
    assert explained() == []


def test_a_day_to_come_is_asked_for_again(time: Time) -> None:
    assert ask(day=(time.now + timedelta(days=3)).date().isoformat()).status_code == 422


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("39.95", {"39.95"}),
        ("39,95 €", {"39.95"}),
        ("€ 39,9", {"39.9"}),
        ("EUR 40", {"40"}),
        ("1.234,56", {"1234.56"}),
        ("1,234.56", {"1234.56"}),
        ("1 234,56", {"1234.56"}),
        ("1'234.56", {"1234.56"}),
        ("4,500", {"4500", "4.5"}),
        ("12.345", {"12345", "12.345"}),
        ("1,234,567", {"1234567"}),
        ("-39.95", {"39.95"}),
        ("", set()),
        (".", set()),
        ("12345678901", set()),
        ("39.9512", set()),
    ],
)
def test_amounts_are_read_as_people_write_them(typed: str, meant: set[str]) -> None:
    assert lookups.amounts(typed) == {Decimal(each) for each in meant}


@pytest.mark.parametrize(("currency", "minor", "typed"), [("JPY", 4500, "4,500"), ("KWD", 12345, "12.345")])
def test_currencies_of_any_number_of_decimals_are_found(paid: Payment, currency: str, minor: int, typed: str) -> None:
    Payment.objects.update(currency=currency, amount_minor=minor)
    ask(amount=typed)
    assert len(explained()) == 1
    Payment.objects.update(currency="EUR")  # 45.00 or 123.45 EUR is another amount
    ask(amount=typed)
    assert len(explained()) == 1
