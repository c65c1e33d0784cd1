"""The lists of what waits, and the story of a payment."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing import waiting
from frontdesk.billing.models import Dispute, Payment, PaymentMethod, ProviderEvent, Subscription
from frontdesk.billing.waiting import Waiting
from frontdesk.core import clock
from tests.console.conftest import press
from tests.licensing.conftest import Time
from tests.support import bills, money, sales
from tests.support.bank import Bank, Declines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def past_due(bank: Bank, ada: Person, time: Time) -> Subscription:
    """A renewal whose first charge was declined."""
    subscription = sales.buy(ada)
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, subscription.charge_at + timedelta(hours=1))
    subscription.refresh_from_db()
    assert subscription.is_past_due
    return subscription


def test_a_failed_renewal_is_listed_explained_and_tried_again(
    billing: Client, past_due: Subscription, ada: Person, time: Time
) -> None:
    page = billing.get("/desk/failed-payments/").content.decode()
    assert "Ada" in page
    assert "The account did not hold enough." in page
    assert "It is tried again on" in page
    press(billing, f"/desk/subscriptions/{past_due.pk}/retry/")
    sales.until(time, time.now)
    past_due.refresh_from_db()
    assert not past_due.is_past_due
    assert "Every renewal is paid" in billing.get("/desk/failed-payments/").content.decode()


def test_the_story_of_a_renewal_names_notice_tries_and_what_comes_next(
    billing: Client, past_due: Subscription, time: Time
) -> None:
    failed = Payment.objects.get(status=Payment.Status.FAILED)
    page = billing.get(f"/desk/payments/{failed.pk}/").content.decode()
    told = ["Price notice: €39.95", "Charge of €39.95 started", "Declined: The account did not hold enough.",
            "What comes next"]  # fmt: skip
    assert [page.count(each) > 0 for each in told] == [True] * 4
    assert sorted(told, key=page.index) == told
    sales.after(time, days=3)  # the second try succeeds
    page = billing.get(f"/desk/payments/{failed.pk}/").content.decode()
    assert "Paid: €39.95" in page
    assert "The price notice goes out on" in page


def test_the_desk_names_the_card_that_is_charged(billing: Client, past_due: Subscription, ada: Person) -> None:
    PaymentMethod.objects.update(detached_at=clock.now())
    retry = f"/desk/subscriptions/{past_due.pk}/retry/"
    assert "to no card" in billing.get(retry).content.decode()
    money.card(ada, last4="1881")
    assert "to Visa •••• 1881 within" in billing.get(retry).content.decode()
    assert "<dt>Paid with</dt><dd>Visa •••• 1881</dd>" in billing.get(f"/desk/customers/{ada.pk}/").content.decode()


def test_the_side_counts_what_waits(billing: Client, past_due: Subscription, ada: Person) -> None:
    payment = Payment.objects.filter(status="succeeded").get()
    Dispute.objects.create(
        payment=payment, ref="d1", amount_minor=3995, currency="EUR", opened_at=clock.now(), reason="fraudulent"
    )
    assert waiting.count() == Waiting(past_due=1, open_disputes=1)
    side = billing.get("/desk/customers/").content.decode()
    assert side.count('class="count">1</b>') == 4  # two entries, in the side and in the menu of narrow screens
    page = billing.get("/desk/disputes/").content.decode()
    assert "fraudulent" in page
    assert "Ada" in page


def test_a_subscription_that_nobody_sweeps_is_late(past_due: Subscription, time: Time) -> None:
    time.now = (past_due.next_action_at or time.now) + timedelta(minutes=59)
    assert waiting.count().late_subscriptions == 0
    time.by(minutes=2)
    assert waiting.count().late_subscriptions == 1


def test_an_event_that_failed_is_replayed(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    event = ProviderEvent.objects.create(
        provider="bank", event_id="evt_1", kind="payment.changed", object_kind="payment", object_ref=payment.ref,
        raw="{}", received_at=clock.real_now(), attempts=2, verdict="ProviderError", due_at=clock.real_now(),
    )  # fmt: skip
    assert "ProviderError" in billing.get("/desk/webhooks/").content.decode()
    assert waiting.count().failed_webhooks == 1
    answer = billing.post(f"/desk/webhooks/{event.pk}/replay/", follow=True)
    assert "asked the provider again" in answer.content.decode()
    event.refresh_from_db()
    assert event.processed_at
    assert "Everything is settled" in answer.content.decode()
    assert billing.post("/desk/webhooks/999999/replay/").status_code == 404
    assert billing.get(f"/desk/webhooks/{event.pk}/replay/").status_code == 405


def test_an_outcome_nobody_knows_is_listed(billing: Client, bank: Bank, ada: Person) -> None:
    facts = {"status": Payment.Status.UNKNOWN, "settled_at": None, "ref": "", "check_at": clock.now()}
    payment = bills.payment(money.demand(ada), **facts)
    page = billing.get("/desk/failed-payments/").content.decode()
    assert "Outcome unknown" in page
    assert f"/desk/payments/{payment.pk}/" in page


def test_somebody_erased_leaves_readable_lists(billing: Client, past_due: Subscription, ada: Person) -> None:
    Subscription.objects.update(person=None)
    Payment.objects.update(person=None)
    for page in ("/desk/failed-payments/", "/desk/disputes/", f"/desk/payments/{Payment.objects.first().pk}/"):  # type: ignore[union-attr] # there are some
        assert billing.get(page).status_code == 200, page


def test_each_step_is_explained(bank: Bank, ada: Person, time: Time) -> None:
    from frontdesk.console.words import views_of

    subscription = sales.buy(ada)

    def next_words() -> str:
        rows = Subscription.objects.select_related("method", "plan_version__plan__product", "next_plan_version__plan")
        (view,) = views_of(list(rows.filter(pk=subscription.pk)))
        return view.next

    assert next_words().startswith("The price notice goes out on")
    sales.until(time, subscription.charge_at - timedelta(days=20))
    assert "A reminder goes out on" in next_words()
    assert "€39.95 is charged to" in next_words()
    sales.until(time, subscription.charge_at - timedelta(hours=5))
    assert "is charged to" in next_words()
    assert "as told on" in next_words()
    with patch.object(bank, "charge", side_effect=AssertionError("not yet")):
        assert "as told on" in next_words()
