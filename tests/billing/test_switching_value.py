"""No sequence of switches makes money: what was paid is what was used and what is left, to a cent for each switch."""

from datetime import datetime, timedelta
from fractions import Fraction
from unittest.mock import patch
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontdesk.accounts.models import Person
from frontdesk.billing import amounts, periods, quotes
from frontdesk.billing.errors import SwitchNotPossible
from frontdesk.billing.models import Subscription
from frontdesk.billing.subscriptions import changing, sweeping
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.support import money, sales
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a property")
switches = st.lists(
    st.tuples(st.sampled_from(["upgrade", "devices", "renew", "downgrade"]), st.integers(0, 3), st.floats(0.01, 0.6)),
    min_size=2,
    max_size=6,
)


def price_of(subscription: Subscription) -> int:
    """What the plan that it has now costs a term."""
    version, added = subscription.plan_version, subscription.added_devices
    return amounts.for_term(version, added, subscription.currency, None).gross_minor


def value(minor: int, start: datetime, end: datetime) -> Fraction:
    """What a plan at this price a year is for a while, exactly, by the length of the terms that it lies in."""
    total, at = Fraction(0), end
    while at > start:
        begin = periods.add_months(at, -12)
        part = at - max(begin, start)
        total += Fraction(minor) * Fraction(int(part.total_seconds()), int((at - begin).total_seconds()))
        at = begin
    return total


@given(steps=switches)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
def test_what_was_paid_is_what_was_used_and_what_is_left(bank: Bank, steps: list[tuple[str, int, float]]) -> None:
    time = Time()
    with patch.object(clock, "now", lambda: time.now):
        person = Person.objects.create_user(email=f"{uuid4().hex}@mail.example")
        card = money.card(person)
        plans = [for_sale(minor, device_minor=700) for minor in (1999, 3995, 9990, 24_999)]
        subscription = sales.buy(person, plans[0], card=card)
        used, since, taken_before, done = Fraction(0), time.now, bank.taken() - 1999, 1
        for kind, which, part in steps:
            end = sales.license_of(subscription).expires_at
            subscription = Subscription.objects.get(pk=subscription.pk)
            # Before its end, so that no step of the sweep comes between.
            time.now += (end - time.now) * part
            left_before, left_now = (
                value(price_of(subscription), since, end),
                value(price_of(subscription), time.now, end),
            )
            used, since = used + left_before - left_now, time.now
            done += switch(person, subscription, kind, plans[which])
            subscription = Subscription.objects.get(pk=subscription.pk)
            license = sales.license_of(subscription)
            assert (license.plan_version, license.expires_at) == (subscription.plan_version, subscription.paid_until)
            left = value(price_of(subscription), time.now, license.expires_at)
            paid = bank.taken() - taken_before
            assert abs(paid - used - left) <= done, (kind, paid, float(used), float(left))
    Subscription.objects.update(next_action_at=None)


def switch(person: Person, subscription: Subscription, kind: str, version: object) -> int:
    """One more payment, if the switch is possible; a downgrade is planned and dropped: it takes and gives nothing."""
    ends_at = sales.license_of(subscription).expires_at
    facts: dict[str, object] = {"subscription": subscription, "license_ends_at": ends_at}
    makers = {
        "upgrade": lambda: quotes.upgrade(version=version, **facts),  # type: ignore[arg-type]  # by name
        "devices": lambda: quotes.devices(more=1, **facts),  # type: ignore[arg-type]
        "renew": lambda: quotes.renewal(**facts),  # type: ignore[arg-type]
    }
    try:
        if kind == "downgrade":
            planned = {"version": version, "added_devices": 0}
            changing.plan_switch(actor=SYSTEM, subscription=subscription, **planned)  # type: ignore[arg-type]
            changing.drop_switch(actor=SYSTEM, subscription=subscription)
            return 0
        quote = makers[kind]()
    except SwitchNotPossible:
        return 0
    sales.pay(sales.place(person, quote, subscription=subscription))
    return 1


def test_a_downgrade_gives_back_nothing_and_an_upgrade_after_it_costs_its_difference(
    ada: Person, bank: Bank, time: Time
) -> None:
    small, large = for_sale(2000), for_sale(4000)
    subscription = sales.buy(ada, small)
    end = subscription.paid_until
    time.now = end - timedelta(days=73)
    quote = quotes.upgrade(subscription=subscription, version=large, license_ends_at=end)
    assert quote.due.gross_minor == 400
    sales.pay(sales.place(ada, quote, subscription=subscription))
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=small, added_devices=0)
    sales.until(time, end)
    assert bank.taken() == 2000 + 400 + 2000
    assert sweeping.sweep() == 0
    again = Subscription.objects.get()
    quote = quotes.upgrade(subscription=again, version=large, license_ends_at=again.paid_until)
    assert quote.due.gross_minor == 2000
