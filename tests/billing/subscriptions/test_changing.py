"""What customers change: at once where it must be, never on another's subscription, and off stays off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing.errors import (
    NotForSale,
    NotPayable,
    PaymentUnderWay,
    SubscriptionOver,
    SwitchNotPossible,
)
from frontdesk.billing.models import EndReason, Invoice, Step, Subscription
from frontdesk.billing.payments import paying
from frontdesk.billing.subscriptions import changing
from frontdesk.catalog.models import Plan
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, ReasonMissing
from frontdesk.core.models import AuditEntry
from tests.licensing.conftest import Time
from tests.support import money, sales
from tests.support.bank import Bank, Declines
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def switch(subscription: Subscription, on: bool, **values: str) -> Subscription:
    actor = Actor.customer(subscription.person_id or uuid4())
    return changing.set_auto_renew(actor=actor, subscription=subscription, on=on, **values)


def sent(template: str) -> int:
    return Message.objects.filter(template=f"billing/{template}").count()


def test_everybody_reaches_their_own_only(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    over, live = sales.buy(ada), sales.buy(ada)
    Subscription.objects.filter(pk=over.pk).update(ended_at=clock.now())
    assert [each.pk for each in changing.access_subscriptions(ada)] == [live.pk, over.pk]
    assert changing.access_subscriptions(bob) == []
    assert changing.access_subscription(ada, live.pk) == live
    for missing in (live.pk, uuid4()):
        with pytest.raises(NotFound):
            changing.access_subscription(bob, missing)


def test_off_is_off_at_once_and_stays_off(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    off = switch(subscription, on=False, why=" too dear ")
    assert (off.auto_renew, off.next_step, off.next_action_at) == (False, Step.REMINDER, end - 7 * DAY)
    switch(off, on=False)
    entry = AuditEntry.objects.get(action="subscription.renewal_off")
    assert audit.personal_values(entry) == {"why": "too dear"}
    assert sent("auto_renew_off") == 1
    sales.until(time, end)
    row = Subscription.objects.get()
    assert (row.end_reason, row.auto_renew, bank.taken()) == (EndReason.NOT_RENEWED, False, 3995)
    assert (sent("ending_reminder"), sent("ended"), sent("price_notice")) == (1, 1, 0)
    with pytest.raises(SubscriptionOver):
        switch(row, on=True)


def test_off_shortly_before_the_end_is_told_once(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.until(time, subscription.paid_until - 2 * DAY)
    switch(subscription, on=False)
    sales.until(time, subscription.paid_until)
    assert (sent("auto_renew_off"), sent("ending_reminder"), sent("ended")) == (1, 0, 1)
    assert bank.taken() == 3995


def test_on_again_before_the_end_charges_as_announced(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.until(time, subscription.paid_until - 10 * DAY)
    switch(switch(subscription, on=False), on=True)
    sales.until(time, subscription.paid_until)
    assert (bank.taken(), sent("price_notice")) == (2 * 3995, 1)


def test_a_switch_is_planned_replaced_and_dropped(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    small, smaller = for_sale(2000), for_sale(1000)
    actor = Actor.customer(ada.pk)
    for version in (small, smaller):
        row = changing.plan_switch(actor=actor, subscription=subscription, version=version, added_devices=0)
        assert (row.coming_plan_version, row.plan_version) == (version, subscription.plan_version)
    with pytest.raises(SwitchNotPossible):
        changing.plan_switch(actor=actor, subscription=subscription, version=smaller, added_devices=0)
    for _ in range(2):
        row = changing.drop_switch(actor=actor, subscription=subscription)
    assert row.next_plan_version is None
    assert (sent("switch_planned"), sent("switch_dropped")) == (2, 1)
    changing.plan_switch(actor=actor, subscription=subscription, version=small, added_devices=1, keep=[uuid4()])
    back = changing.plan_switch(
        actor=actor, subscription=subscription, version=subscription.plan_version, added_devices=0
    )
    assert (back.next_plan_version, back.next_added_devices, back.keep_devices) == (None, None, [])


def test_fewer_devices_of_the_same_plan_from_the_next_term_on(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000, device_minor=500), added_devices=2)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=subscription.plan_version, added_devices=1)
    sales.until(time, subscription.paid_until)
    assert bank.taken() == 5000 + 4500
    assert sales.license_of(subscription).added_devices == 1


def test_what_cannot_be_switched_to(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    hidden = for_sale(1000)
    Plan.objects.filter(pk=hidden.plan_id).update(is_listed=False)
    hidden.plan.refresh_from_db()

    def refused(refusal: type[Exception], **values: Any) -> None:
        facts: dict[str, Any] = {
            "actor": SYSTEM,
            "subscription": subscription,
            "version": for_sale(1000),
            "added_devices": 0,
        }
        with pytest.raises(refusal):
            changing.plan_switch(**(facts | values))

    refused(SwitchNotPossible, version=for_sale(1000, product="halcyon-vault"))
    refused(SwitchNotPossible, added_devices=-1)
    refused(SwitchNotPossible, version=for_sale(1000, device_limit=1), keep=[uuid4(), uuid4()])
    refused(SwitchNotPossible, version=subscription.plan_version)
    refused(NotForSale, version=hidden)
    refused(NotForSale, version=for_sale(1000, currency="USD"))
    refused(NotForSale, version=for_sale(1000, device_minor=None), added_devices=1)


def test_nothing_is_switched_once_the_charge_is_due(ada: Person, bank: Bank, time: Time) -> None:
    """So nobody puts a charge off again and again by announcing another change."""
    subscription = sales.buy(ada, for_sale(4000))
    smaller = for_sale(1000)
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, subscription.paid_until)
    with pytest.raises(SwitchNotPossible):
        changing.plan_switch(actor=SYSTEM, subscription=subscription, version=smaller, added_devices=0)
    with pytest.raises(SwitchNotPossible):
        changing.drop_switch(actor=SYSTEM, subscription=subscription)


def test_a_card_is_chosen_among_ones_own(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    mine, theirs, gone = money.card(ada), money.card(bob), money.card(ada, detached_at=time.now)
    for method in (theirs, gone):
        with pytest.raises(NotFound):
            changing.set_method(actor=SYSTEM, subscription=subscription, method=method)
    for _ in range(2):
        assert changing.set_method(actor=SYSTEM, subscription=subscription, method=mine).method == mine
    assert AuditEntry.objects.filter(action="subscription.method_changed").count() == 1
    before = Subscription.objects.get()
    assert before.retry_at is None, "nothing has failed, so nothing is tried"


def test_nothing_is_changed_on_what_is_over(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    Subscription.objects.filter(pk=subscription.pk).update(ended_at=clock.now())
    card, version = money.card(ada), for_sale()
    attempts: list[Callable[[], object]] = [
        lambda: switch(subscription, on=False),
        lambda: changing.drop_switch(actor=SYSTEM, subscription=subscription),
        lambda: changing.set_method(actor=SYSTEM, subscription=subscription, method=card),
        lambda: changing.retry_now(actor=SYSTEM, subscription=subscription),
        lambda: changing.plan_switch(actor=SYSTEM, subscription=subscription, version=version, added_devices=0),
    ]
    for attempt in attempts:
        with pytest.raises(SubscriptionOver):
            attempt()


def test_an_agent_says_why_and_tries_only_what_failed(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    silent = Actor(ActorKind.STAFF, ada.pk)
    with pytest.raises(ReasonMissing):
        changing.retry_now(actor=silent, subscription=subscription)
    with pytest.raises(NotPayable):
        changing.retry_now(actor=SYSTEM, subscription=subscription)
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, subscription.paid_until)
    paying.by_page(invoice=Invoice.objects.get(subscription=subscription), **money.URLS)
    with pytest.raises(PaymentUnderWay):
        changing.retry_now(actor=SYSTEM, subscription=subscription)
