"""Licences that move, change hands or lose their owner, and what their payments do then."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

import pytest
from django.core import mail
from django.db import connection, connections, transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.services import erasing
from frontdesk.billing import outlooks
from frontdesk.billing.events import InvoicePaid
from frontdesk.billing.models import EndReason, Order, Subscription
from frontdesk.billing.subscriptions import planning, renewing
from frontdesk.core import clock, events, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage
from frontdesk.fulfilment import following
from frontdesk.fulfilment.reactions import REACTIONS
from frontdesk.licensing import hand_overs, licenses, redemption, terms
from frontdesk.licensing.models import License, TermKind
from tests.licensing.conftest import Time
from tests.licensing.test_hand_overs import offered
from tests.support import sales, shop
from tests.support.bank import Bank
from tests.support.races import at_once
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def lengthen(license: License, days: int, ref: str = "a gift") -> None:
    terms.grant(
        actor=SYSTEM,
        license=license,
        kind=TermKind.ADJUSTMENT,
        plan_version=license.plan_version,
        grant_ref=ref,
        days=days,
    )


def hand_over(giver: Person, license: License, taker: Person) -> None:
    token = offered(giver, license, taker)
    hand_overs.accept(actor=Actor.customer(taker.pk), person=taker, token=token)


@contextmanager
def in_other_hands(subscription: Subscription) -> Iterator[None]:
    """Another thread holds the subscription's lock meanwhile."""
    held, done = threading.Event(), threading.Event()

    def holds() -> None:
        try:
            with transaction.atomic():
                planning.locked(subscription.pk)
                held.set()
                assert done.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=holds)
    thread.start()
    assert held.wait(20)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_every_reaction_is_bound_once_and_billings_own_come_first() -> None:
    for event, reaction in REACTIONS:
        assert events._reactions[event].count(reaction) == 1
    assert events._reactions[InvoicePaid][0] == renewing.paid


def test_a_licence_without_subscription_moves_alone(ada: Person, bank: Bank, time: Time) -> None:
    license = shop.new_license(owner=ada)
    lengthen(license, 10)
    assert not OutboxMessage.objects.exclude(topic="mail").exists()


def test_following_never_waits_for_a_subscription_in_other_hands(ada: Person, bank: Bank, time: Time) -> None:
    """Whoever changes a licence holds its lock, and billing locks the other way round: waiting could deadlock."""
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)
    with in_other_hands(subscription):
        lengthen(license, 10)
        assert OutboxMessage.objects.filter(topic=following.FOLLOW).count() == 1
        assert fresh(subscription).charge_at == subscription.charge_at
        outbox.deliver_due(topics={following.FOLLOW})
        assert OutboxMessage.objects.get(topic=following.FOLLOW).delivered_at is None
    OutboxMessage.objects.filter(topic=following.FOLLOW).update(due_at="2020-01-01T00:00:00Z")
    outbox.deliver_due(topics={following.FOLLOW})
    assert fresh(subscription).charge_at == subscription.charge_at + 10 * DAY


def test_codes_and_renewals_at_once_never_deadlock(ada: Person, bank: Bank) -> None:
    """Redeeming locks the licence first, renewing the subscription; both want the other's row."""
    version = for_sale(code_days=10)
    subscription = sales.buy(ada, version)
    license = sales.license_of(subscription)
    found = [shop.new_code(version) for _ in range(3)]

    def renews() -> None:
        with transaction.atomic():
            planning.locked(subscription.pk)
            lengthen(License.objects.get(pk=license.pk), 1, "billing")

    def redeems(text: str) -> None:
        redemption.redeem(actor=SYSTEM, person=ada, code_text=text, ip_prefix="192.0.2.0", license=license)

    outcomes = at_once(renews, *[lambda code=code: redeems(code.text) for code in found])
    assert outcomes == [None] * 4
    OutboxMessage.objects.update(due_at="2020-01-01T00:00:00Z")
    sales.deliver()
    license.refresh_from_db()
    assert fresh(subscription).charge_at == license.expires_at
    assert license.expires_at - subscription.paid_until == 31 * DAY


def test_who_gives_a_licence_away_does_not_go_on_paying(ada: Person, bob: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    hand_over(ada, sales.license_of(subscription), bob)
    sales.deliver()
    row = fresh(subscription)
    assert (row.auto_renew, row.person, row.is_live) == (False, ada, True)
    told = {letter.to[0] for letter in mail.outbox if "renew" in str(letter.subject).lower()}
    assert told == {ada.email, bob.email}
    sales.until(time, end + DAY)
    assert fresh(subscription).end_reason == EndReason.NOT_RENEWED
    assert bank.taken() == sales.YEAR
    assert sales.license_of(subscription).owner == bob


def test_a_handed_over_licence_that_did_not_renew_tells_nobody_anew(
    ada: Person, bob: Person, bank: Bank, time: Time
) -> None:
    subscription = sales.buy(ada, auto_renew=False)
    hand_over(ada, sales.license_of(subscription), bob)
    before = len(mail.outbox)
    sales.deliver()
    told = [letter for letter in mail.outbox[before:] if "renew" in str(letter.subject).lower()]
    assert [letter for letter in told if letter.to == [bob.email]] == []


def test_handing_over_what_ends_meanwhile_or_comes_back_changes_nothing(
    ada: Person, bob: Person, bank: Bank, time: Time
) -> None:
    subscription = sales.buy(ada)
    hand_over(ada, sales.license_of(subscription), bob)
    hand_over(bob, sales.license_of(subscription), ada)
    delivery = outbox._delivery(OutboxMessage.objects.filter(topic=following.HANDED_OVER).order_by("id")[0])
    following.stop_renewal_later(delivery)
    assert fresh(subscription).auto_renew, "it is back before the worker came by"


def test_an_erased_account_renews_nothing(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.try_out(ada, for_sale(trial_days=14, product="halcyon-vault"))
    unpaid = sales.place(ada, sales.quoted(for_sale()))
    Person.objects.filter(pk=ada.pk).update(deletion_due_at=time.now)
    assert erasing.erase_if_due(ada.pk)
    rows = Subscription.objects.all()
    assert {(row.end_reason, row.person_id, row.next_action_at) for row in rows} == {(EndReason.ERASED, None, None)}
    sales.after(time, days=800)
    assert bank.taken() == sales.YEAR
    assert Order.objects.get(pk=unpaid.pk).canceled_at is not None
    assert sales.license_of(subscription).owner is None
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from billing_subscription where person_id is not null")
        assert cursor.fetchone()[0] == 0


def test_a_suspended_licence_is_neither_announced_nor_charged(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)
    end = subscription.paid_until
    time.now = end - 40 * DAY
    licenses.suspend(actor=SYSTEM, license=license, reason="it was shared in public")
    licenses.suspend(actor=SYSTEM, license=license, reason="and again")
    assert outlooks.outlook_of(ada, subscription.pk).state == "held"
    sales.deliver()
    mails = len(mail.outbox)
    sales.until(time, end + DAY)
    assert (bank.taken(), len(mail.outbox)) == (sales.YEAR, mails)
    assert fresh(subscription).is_live


def test_a_licence_that_works_again_is_charged_after_a_new_notice(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)
    end = subscription.paid_until
    sales.until(time, end - 5 * DAY)  # announced by now
    licenses.suspend(actor=SYSTEM, license=license, reason="a doubt")
    sales.until(time, end + 3 * DAY)
    licenses.restore(actor=SYSTEM, license=license, reason="it was none")
    sales.until(time, end + 4 * DAY)
    row = fresh(subscription)
    assert (row.held_at, bank.taken()) == (None, sales.YEAR)
    assert row.charge_at >= end + 3 * DAY + 15 * DAY, "the announced day went by: the customer hears of another"
    sales.until(time, row.charge_at + DAY)
    assert bank.taken() == 2 * sales.YEAR


def test_a_licence_that_works_again_in_time_is_charged_as_announced(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)
    end = subscription.paid_until
    sales.until(time, end - 5 * DAY)
    licenses.suspend(actor=SYSTEM, license=license, reason="a doubt")
    sales.until(time, end - 2 * DAY)
    licenses.restore(actor=SYSTEM, license=license, reason="it was none")
    sales.until(time, end + DAY)
    assert bank.taken() == 2 * sales.YEAR


def test_suspending_never_waits_for_a_subscription_in_other_hands(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)

    def suspends() -> None:
        licenses.suspend(actor=SYSTEM, license=license, reason="a doubt")

    with in_other_hands(subscription):
        suspends()
        assert fresh(subscription).held_at is None
        outbox.deliver_due(topics={following.HOLD})
        assert OutboxMessage.objects.get(topic=following.HOLD).delivered_at is None
    OutboxMessage.objects.filter(topic=following.HOLD).update(due_at="2020-01-01T00:00:00Z")
    outbox.deliver_due(topics={following.HOLD})
    assert fresh(subscription).held_at is not None


def test_a_licence_that_stays_suspended_ends_with_its_grace(ada: Person, bank: Bank, time: Time) -> None:
    """However late it is restored, nobody pays for a term that is over."""
    subscription = sales.buy(ada)
    license = sales.license_of(subscription)
    end = subscription.paid_until
    time.now = end - 60 * DAY  # before any notice
    licenses.suspend(actor=SYSTEM, license=license, reason="it was shared in public")
    sales.until(time, end + 60 * DAY)
    row = fresh(subscription)
    assert (row.end_reason, row.next_action_at) == (EndReason.RESTED, None)
    assert row.ended_at is not None
    assert row.ended_at < end + 20 * DAY
    licenses.restore(actor=SYSTEM, license=license, reason="it was none")
    sales.until(time, end + 120 * DAY)
    assert bank.taken() == sales.YEAR


def test_a_suspended_licence_that_does_not_renew_ends_on_its_day(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, auto_renew=False)
    end = subscription.paid_until
    time.now = end - 60 * DAY
    licenses.suspend(actor=SYSTEM, license=sales.license_of(subscription), reason="a doubt")
    sales.until(time, end + 2 * DAY)
    assert fresh(subscription).end_reason == EndReason.NOT_RENEWED


def test_what_ended_while_it_was_held_is_told_whether_it_still_is(ada: Person, bob: Person, bank: Bank) -> None:
    ended = {"ended_at": clock.now(), "end_reason": EndReason.RESTED}
    works, rests = sales.buy(ada), sales.buy(bob)
    licenses.suspend(actor=SYSTEM, license=sales.license_of(rests), reason="a doubt")
    Subscription.objects.filter(pk=works.pk).update(held_at=clock.now(), **ended)
    Subscription.objects.filter(pk=rests.pk).update(held_at=None, **ended)
    with connection.cursor() as cursor:
        cursor.execute(import_module("frontdesk.fulfilment.migrations.0004_held_ended").HOLD)
    assert fresh(works).held_at is None
    assert fresh(rests).held_at == sales.license_of(rests).suspended_at
