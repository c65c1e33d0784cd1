"""Switching the renewal off late: what is said is what happens, and what was promised is kept."""

import html
from datetime import timedelta

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import outlooks
from frontdesk.billing.models import EndReason, Subscription
from frontdesk.billing.subscriptions import changing, schedule
from frontdesk.billing.words import day
from frontdesk.console.words import day as desk_day
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.people import signed_in, staff_browser
from tests.support import sales
from tests.support.bank import Bank, Declines

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def past_due(bank: Bank, ada: Person, time: Time) -> Subscription:
    """A renewal that was declined, a day after the paid end."""
    subscription = sales.buy(ada)
    bank.next("charge", *[Declines("insufficient_funds")] * 9)
    sales.until(time, subscription.paid_until + DAY)
    subscription.refresh_from_db()
    assert subscription.is_past_due
    return subscription


@pytest.fixture
def moved(bank: Bank, ada: Person, time: Time) -> Subscription:
    """A charge that was announced for a day behind the paid end, since the worker was away."""
    subscription = sales.buy(ada)
    sales.deliver()
    time.now = subscription.paid_until + DAY
    sales.after(time, minutes=1)
    subscription.refresh_from_db()
    assert subscription.charge_at > time.now + 14 * DAY
    return subscription


def off(subscription: Subscription) -> Subscription:
    assert subscription.person_id
    return changing.set_auto_renew(actor=Actor.customer(subscription.person_id), subscription=subscription, on=False)


@pytest.mark.parametrize("situation", ["past_due", "moved"])
def test_every_page_and_mail_names_the_day_on_which_it_ends(
    request: pytest.FixtureRequest, situation: str, ada: Person, bank: Bank, time: Time
) -> None:
    subscription: Subscription = request.getfixturevalue(situation)
    end, taken = schedule.ends_at(subscription), bank.taken()
    assert end > time.now, "a day to come"
    page = html.unescape(signed_in(ada).get(f"/billing/subscriptions/{subscription.pk}/auto-renewal/").content.decode())
    assert day(end) in page
    desk = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example")
    page = html.unescape(desk.get(f"/desk/subscriptions/{subscription.pk}/renewal-off/").content.decode())
    assert f"It goes on working until {desk_day(end)}" in page.replace("\xa0", " ")
    off(subscription)
    assert day(end) in Message.objects.get(template="billing/auto_renew_off").text.replace("\xa0", " ")
    assert any(day(end) in text for text in outlooks.outlook_of(ada, subscription.pk).sentences)
    sales.until(time, end - timedelta(minutes=1))
    assert sales.license_of(subscription).is_usable_at(time.now)
    assert Subscription.objects.get().is_live
    sales.until(time, end)
    row = Subscription.objects.get()
    assert (row.end_reason, row.ended_at, bank.taken()) == (EndReason.NOT_RENEWED, end, taken)


def test_on_again_before_that_day_it_goes_on_as_before(past_due: Subscription, bank: Bank, time: Time) -> None:
    off(past_due)
    assert past_due.person_id
    on = changing.set_auto_renew(actor=Actor.customer(past_due.person_id), subscription=past_due, on=True)
    assert on.is_live
    bank._scripts["charge"].clear()
    sales.after(time, days=3)
    row = Subscription.objects.get()
    assert (row.is_past_due, row.paid_periods) == (False, 2)


def test_while_it_is_off_no_try_is_promised(past_due: Subscription, ada: Person, time: Time) -> None:
    changing.retry_now(actor=Actor.system("a test"), subscription=past_due)
    off(past_due)
    said = " ".join(outlooks.outlook_of(ada, past_due.pk).sentences)
    assert "trying again now" not in said
    assert "We do not try again" in said
