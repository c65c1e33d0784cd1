"""Credit is promised once: of several charges to come each takes its share, and none moves for another's."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontdesk.accounts.models import Person
from frontdesk.billing import credits as credit
from frontdesk.billing import outlooks
from frontdesk.billing.models import ChargeNotice, Invoice, Subscription
from frontdesk.billing.subscriptions import changing
from frontdesk.billing.subscriptions.crediting import Claim, split
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.support import money, sales
from tests.support.bank import Bank

needs_database = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        gross = draw(st.integers(0, 100))
        made.append(Claim(UUID(int=number), gross, draw(st.integers(0, gross)), draw(st.booleans())))
    return made


@given(balance=st.integers(-10, 400), asked=claims())
def test_no_cent_is_promised_twice_and_none_is_kept_back(balance: int, asked: list[Claim]) -> None:
    shares = split(balance, asked)
    given_away = sum(shares.values())
    assert given_away <= max(0, balance)
    assert all(0 <= shares[each.subscription] <= each.gross_minor for each in asked)
    for each in asked:
        if not each.may_grow:
            assert shares[each.subscription] <= each.promised_minor
    hungry = [each for each in asked if each.may_grow and shares[each.subscription] < each.gross_minor]
    if hungry:
        assert given_away == max(0, balance), "something is left although a charge could use it"
    if sum(each.promised_minor for each in asked) <= balance:
        assert all(shares[each.subscription] >= each.promised_minor for each in asked), "a promise was broken"


def _two(ada: Person, time: Time) -> tuple[Subscription, Subscription]:
    """Two subscriptions of a year that are charged two days apart."""
    first = sales.buy(ada)
    sales.after(time, days=2)
    return first, sales.buy(ada)


def _give(ada: Person, minor: int, key: str = "sorry") -> None:
    credit.give(actor=SYSTEM, person=ada, amount_minor=minor, currency="EUR", key=key)


def _announced() -> list[int]:
    return list(ChargeNotice.objects.order_by("created_at", "charge_at").values_list("amount_minor", flat=True))


@needs_database
def test_each_of_two_charges_takes_what_was_announced_on_the_day_that_was_said(
    ada: Person, bank: Bank, time: Time
) -> None:
    first, second = _two(ada, time)
    _give(ada, 5000)
    sales.until(time, first.paid_until - 20 * DAY)
    assert _announced() == [0, 2990]
    assert [each.charge.minor for each in outlooks.outlooks_of(ada) if each.charge] == [2990, 0]
    sales.until(time, second.paid_until)
    assert bank.taken() == 2 * sales.YEAR + 2990
    assert _announced() == [0, 2990], "no charge was announced anew"
    renewals = Invoice.objects.filter(period_number=2, paid_at__isnull=False).order_by("paid_at")
    assert [(each.credit_minor, each.paid_at) for each in renewals] == [
        (3995, first.paid_until),
        (1005, second.paid_until),
    ]
    assert credit.balance(ada, "EUR") == 0
    money.assert_balanced()


@needs_database
def test_what_one_gives_up_early_goes_to_the_other(ada: Person, bank: Bank, time: Time) -> None:
    first, second = _two(ada, time)
    _give(ada, 5000)
    sales.until(time, first.paid_until - 20 * DAY)
    changing.set_auto_renew(actor=Actor.customer(ada.pk), subscription=first, on=False)
    sales.until(time, time.now)
    assert _announced() == [0, 2990, 0]
    sales.until(time, second.paid_until)
    assert bank.taken() == 2 * sales.YEAR
    assert Invoice.objects.get(period_number=2).paid_at == second.paid_until
    assert credit.balance(ada, "EUR") == 1005


@needs_database
def test_shortly_before_a_charge_more_credit_neither_moves_nor_changes_it(ada: Person, bank: Bank, time: Time) -> None:
    first, second = _two(ada, time)
    sales.until(time, second.paid_until - 10 * DAY)
    _give(ada, 5000)
    changing.set_auto_renew(actor=Actor.customer(ada.pk), subscription=first, on=False)
    sales.until(time, second.paid_until)
    assert _announced() == [3995, 3995]
    assert bank.taken() == 3 * sales.YEAR, "as it was said"
    assert credit.balance(ada, "EUR") == 5000, "it waits for the next"
    sales.until(time, second.paid_until + 366 * DAY)
    assert (bank.taken(), credit.balance(ada, "EUR")) == (3 * sales.YEAR, 1005)


@needs_database
def test_a_promise_stands_when_somebody_buys_a_subscription_that_is_charged_sooner(
    ada: Person, bank: Bank, time: Time
) -> None:
    year = sales.buy(ada)
    sales.until(time, year.paid_until - 40 * DAY)
    month = sales.buy(ada, sales.for_sale(1000, term_months=1))
    _give(ada, 1500)
    sales.until(time, year.paid_until - 27 * DAY)
    sales.until(time, year.paid_until)
    assert Invoice.objects.get(period_number=2, subscription=year).paid_at == year.paid_until
    assert credit.balance(ada, "EUR") == 0
    taken = sum(each.due_minor for each in Invoice.objects.filter(period_number=2))
    assert taken == 3995 + 1000 - 1500
    assert month.charge_at < year.paid_until
