"""A mailbox that takes no notice: nothing is charged, nothing goes on for ever, and everybody who can help sees it."""

import html
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from pytest_django import Settings

from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import outlooks, waiting
from frontdesk.billing.models import EndReason, Subscription
from frontdesk.billing.subscriptions import changing, schedule
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.people import signed_in, staff_browser
from tests.support import sales
from tests.support.bank import Bank
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


class Refuses(BaseEmailBackend):
    """A mail server that knows nobody here."""

    def send_messages(self, email_messages: Any) -> int:
        """550 for every recipient."""
        raise SMTPRecipientsRefused({each: (550, b"no such user") for mail in email_messages for each in mail.to})


@pytest.fixture
def dead(settings: Settings) -> Settings:
    """From now on no mail arrives; `settings.EMAIL_BACKEND` changes that again."""
    settings.EMAIL_BACKEND = f"{__name__}.Refuses"
    return settings


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("plan_version").get(pk=subscription.pk)


@pytest.mark.parametrize("is_trial", [False, True])
def test_it_goes_on_for_a_lead_and_the_grace_and_then_ends_unpaid(
    ada: Person, bank: Bank, time: Time, dead: Settings, is_trial: bool
) -> None:
    version = for_sale(trial_days=14)
    subscription = sales.try_out(ada, version) if is_trial else sales.buy(ada, version)
    paid, bound = bank.taken(), (3 if is_trial else 28) + version.grace_days
    end = subscription.paid_until
    sales.until(time, end + (bound - 1) * DAY)
    assert fresh(subscription).is_live
    assert sales.license_of(subscription).is_usable_at(time.now), "nobody is to blame yet"
    sales.until(time, end + bound * DAY)
    row = fresh(subscription)
    assert (row.end_reason, row.ended_at) == (EndReason.UNPAID, end + bound * DAY)
    assert sales.license_of(subscription).status_at(time.now) == License.Status.EXPIRED
    sales.after(time, days=60)
    assert bank.taken() == paid
    assert AuditEntry.objects.filter(action="subscription.unreached", subject=row.pk).count() == 1
    told = Message.objects.get(template="billing/ended")
    assert "No mail about the next charge" in told.text
    assert "no mail about the charge reached you" in outlooks.outlook_of(ada, row.pk).sentences[0]


def test_switching_off_and_on_wins_no_time(ada: Person, bank: Bank, time: Time, dead: Settings) -> None:
    subscription = sales.buy(ada, for_sale(term_months=1, grace_days=7))
    bound = subscription.paid_until + 14 * DAY
    actor = Actor.customer(ada.pk)
    sales.until(time, subscription.paid_until - 4 * DAY)
    while fresh(subscription).is_live and time.now < bound + 10 * DAY:
        sales.after(time, days=2)
        for on in (False, True):
            if fresh(subscription).is_live:
                changing.set_auto_renew(actor=actor, subscription=subscription, on=on)
    ended = fresh(subscription).ended_at
    assert ended is not None
    assert ended <= bound + 2 * DAY


def test_with_an_address_that_works_it_goes_on(ada: Person, bank: Bank, time: Time, dead: Settings) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end + 5 * DAY)
    assert waiting.count().unreached == 1
    dead.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sales.until(time, time.now + DAY)
    assert waiting.count().unreached == 0
    sales.after(time, days=20)
    row = fresh(subscription)
    assert (bank.taken(), row.unreached_since, row.is_live) == (2 * sales.YEAR, None, True)


def test_a_mail_server_that_was_away_for_a_night_is_no_reason_to_worry(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.until(time, subscription.paid_until - 20 * DAY)
    assert fresh(subscription).unreached_since is None
    assert schedule.gives_up_at(fresh(subscription)) is None


def test_the_customer_and_the_desk_are_told(ada: Person, bank: Bank, time: Time, dead: Settings) -> None:
    subscription = sales.buy(ada)
    sales.until(time, subscription.paid_until + DAY)
    browser = signed_in(ada)
    for address in ("/home/", f"/billing/subscriptions/{subscription.pk}/"):
        page = html.unescape(browser.get(address).content.decode())
        assert f"Our mails do not arrive at {ada.email}" in page, address
        assert 'href="/account/email/"' in page
    desk = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example")
    page = html.unescape(desk.get("/desk/failed-payments/").content.decode())
    assert "No mail server has taken a notice since" in page
    assert ada.email in page
    assert "Mail does not arrive" in desk.get(f"/desk/customers/{ada.pk}/").content.decode()
