"""Travelling in time: everything that falls due on the way is done at its moment, once, and told in plain words."""

import argparse
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.billing import moments, orders
from frontdesk.billing.models import ChargeNotice, Dispute, Invoice, Order, Payment, PaymentMethod, Subscription
from frontdesk.billing.payments import detaching, paying, settling
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import ProviderError
from frontdesk.billing.providers.sandbox.cards import BY_CODE
from frontdesk.billing.providers.sandbox.models import Card, Intent
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.alone import alone
from frontdesk.core.errors import ClockTravelRefused
from frontdesk.core.models import ClockOffset
from frontdesk.project.commands import clock as command
from frontdesk.project.commands.common import CommandFailed
from frontdesk.project.travel import journey, telling
from frontdesk.support.tickets.models import Conversation
from tests.people import customer
from tests.support import desk, levels, money, sales
from tests.support.bank import bank

__all__ = ["bank"]
pytestmark = pytest.mark.django_db(transaction=True)
YEAR = timedelta(days=370)


@pytest.fixture(autouse=True)
def the_present() -> Iterator[None]:
    """Each test begins in the present, and leaves it to the next one."""
    clock.forget()
    yield
    ClockOffset.objects.all().delete()
    clock.forget()


@pytest.fixture
def ada(db: None) -> Person:
    return customer("ada@example.org", "Ada Brook")


def buy(person: Person, code: str = "good") -> Subscription:
    """Somebody buys a year with a test card, on the bank's page."""
    order = sales.place(person, sales.quoted(sales.for_sale()))
    invoice = Invoice.objects.get(order=order)
    payment = paying.by_page(invoice=invoice, **money.URLS)
    turn = Intent.objects.get(ref=payment.ref).turn
    Client().post(payment.action_url, {"number": BY_CODE[code].number, "turn": turn})
    settling.refresh(payment=payment.pk)
    order.refresh_from_db()
    return sales.of(order)


def travel(by: timedelta = YEAR) -> list[str]:
    """The lines that the journey tells."""
    lines: list[str] = []
    teller = telling.Teller(lines.append)
    journey.travel(by, teller.tell)
    return lines


def words(lines: list[str]) -> list[str]:
    """What was told, without day, name and plan."""
    return [line.split(": ", 1)[1] if "Plus: " in line else line.split("  ")[-1].strip() for line in lines]


def test_a_year_of_a_renewal_is_told_in_its_order(ada: Person) -> None:
    subscription = buy(ada)
    due = subscription.charge_at
    lines = travel()
    day = f"{due.day} {due:%b %Y}"
    assert words(lines) == [
        f"notice sent, €39.95 on {day}",
        "reminder of the charge sent",
        "reminder of the charge sent",
        "€39.95 paid",
        "renewed for another term",
    ]
    assert all("Ada Brook" in line for line in lines)
    assert "Halcyon Shield Plus: notice sent" in lines[0]
    days = [line[:10] for line in lines]
    wanted = [due - timedelta(days=28), due - timedelta(days=7), due - timedelta(days=1), due, due]
    assert days == [f"{moment:%Y-%m-%d}" for moment in wanted]
    assert abs(clock.now() - clock.real_now() - YEAR) < timedelta(seconds=30)


def test_the_mail_server_took_the_notice_when_it_was_sent(ada: Person) -> None:
    buy(ada)
    travel()
    notice = ChargeNotice.objects.get()
    assert notice.accepted_at is not None
    assert abs(notice.accepted_at - notice.created_at) < timedelta(minutes=1)
    assert any("39.95" in letter.body for letter in mail.outbox)


def test_a_declined_card_is_retried_and_ends(ada: Person) -> None:
    buy(ada, "declined_later")
    told = words(travel(timedelta(days=400)))
    assert told.count("charge of €39.95 failed: The bank declined without saying why.") == 4
    assert told[-1] == "ended: The renewal was not paid"
    assert Subscription.objects.get().end_reason == "unpaid"


def test_the_bank_acts_in_time_too(ada: Person) -> None:
    buy(ada, "disputed_lost")
    told = travel(timedelta(days=60))
    assert Dispute.objects.get().status == Dispute.Status.LOST
    assert any("ended: The bank took the money back" in line for line in told)


def test_an_order_nobody_pays_expires(ada: Person) -> None:
    sales.place(ada, sales.quoted(sales.for_sale()))
    travel(timedelta(days=2))
    assert Order.objects.get().canceled_at
    assert moments.next_moment() is None


def test_a_journey_that_is_cut_off_goes_on_where_it_was(ada: Person) -> None:
    buy(ada)
    stops = iter(range(4))

    def arrived() -> None:
        if next(stops, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        journey.travel(YEAR, arrived)
    gone = clock.now() - clock.real_now()
    assert timedelta(days=300) < gone < YEAR
    journey.travel(YEAR - gone, lambda: None)
    assert Payment.objects.filter(status="succeeded").count() == 2
    assert ChargeNotice.objects.count() == 1
    money.assert_balanced()


def test_a_second_journey_finds_nothing_to_do_again(ada: Person) -> None:
    buy(ada)
    travel()
    assert travel(timedelta(days=30)) == []
    assert Payment.objects.filter(status="succeeded").count() == 2


def test_time_is_refused_outside_the_demo_backward_and_with_real_money(ada: Person, settings: Any, bank: Any) -> None:
    with pytest.raises(ClockTravelRefused):  # `bank` is no sandbox
        journey.travel(YEAR, lambda: None)
    registry._providers.pop("bank")
    with pytest.raises(ClockTravelRefused):
        journey.travel(-YEAR, lambda: None)
    settings.FRONTDESK_DEMO = False
    with pytest.raises(ClockTravelRefused):
        journey.travel(YEAR, lambda: None)


def test_where_there_is_no_demo_yet_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "pending_migrations", lambda: True)
    with pytest.raises(CommandFailed, match=r"^frontdesk: there is no demo here yet.* run frontdesk demo run first$"):
        command.run(argparse.Namespace(action="travel", distance=timedelta(days=1)))


def test_nobody_travels_while_somebody_does(capsys: pytest.CaptureFixture[str]) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with alone(command.ALONE):
            held.set()
            done.wait(timeout=30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(timeout=30)
    try:
        with pytest.raises(CommandFailed, match="travelling already"):
            command.run(argparse.Namespace(action="travel", distance=timedelta(days=1)))
    finally:
        done.set()
        other.join()
    assert command.run(argparse.Namespace(action="travel", distance=timedelta(days=1))) == 0
    assert "It is now" in capsys.readouterr().out


def test_what_somebody_else_holds_is_waited_for_and_then_said(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.put(topic="nobody handles it", payload={})  # a topic that nobody handles holds nobody up
    journey.settle()
    monkeypatch.setattr(journey, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(outbox, "due", lambda: True)
    with pytest.raises(journey.NothingMoves, match="a message is being sent"):
        journey.settle()


def test_the_past_is_lived_through_in_the_same_way(ada: Person) -> None:
    began = clock.now()
    with clock.standing_at(-YEAR):
        subscription = buy(ada)
        journey.live_until(began, move=clock.stand_later, arrived=lambda: None)
    subscription.refresh_from_db()
    assert subscription.paid_periods == 2
    assert subscription.charge_at > clock.now()
    assert abs(clock.now() - clock.real_now()) < timedelta(seconds=5)
    with pytest.raises(ClockTravelRefused):
        clock.stand_later(timedelta(days=1))


def test_removed_cards_are_forgotten_by_the_bank(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    buy(ada)
    method = PaymentMethod.objects.get(person=ada)
    assert detaching.forget(method)  # one that is in use is left alone
    assert Card.objects.get(ref=method.ref).detached_at is None
    method.detached_at = clock.now()
    method.save()

    def away(ref: str) -> None:
        raise ProviderError("away")

    with monkeypatch.context() as patched:
        patched.setattr(registry.get("sandbox"), "detach", away)
        assert detaching.sweep() == 0
    assert detaching.sweep() == 1
    assert detaching.sweep() == 0
    assert Card.objects.get(ref=method.ref).detached_at
    method.refresh_from_db()
    assert method.forgotten_at


def test_deeds_of_people_are_told_too(ada: Person) -> None:
    teller_lines: list[str] = []
    teller = telling.Teller(teller_lines.append)
    subscription = buy(ada)
    order = Order.objects.get()
    teller.tell()
    assert any("order placed (new)" in line for line in teller_lines)
    other = sales.place(ada, sales.quoted(sales.for_sale()))
    orders.cancel(actor=Actor.customer(ada.pk), order=other)
    teller.tell()
    assert any("an order was canceled" in line for line in teller_lines)
    assert order.pk != other.pk
    assert subscription.is_live
    count = len(teller_lines)
    teller.tell()
    assert len(teller_lines) == count


def test_promises_to_customers_are_missed_at_their_moment() -> None:
    levels.level(default=True, first=120)
    conversation = desk.conversation("guest@example.org")
    due_at = Conversation.objects.get(pk=conversation.pk).first_due_at
    assert due_at is not None
    travel(timedelta(hours=5))
    line = levels.lines(conversation, "overdue").get()
    assert timedelta() <= line.created_at - due_at < timedelta(minutes=1)
