"""A customer who was sent away to wait for the bank is written to, also when it says no."""

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import orders, processing
from frontdesk.billing.models import Invoice, Order, Payment
from frontdesk.billing.payments import paying, sweeping
from frontdesk.billing.providers.protocol import ObjectKind
from frontdesk.billing.refunds import settling as refunds
from frontdesk.core.actors import Actor
from tests.licensing.conftest import Time
from tests.people import signed_in
from tests.support import money, sales
from tests.support.bank import Bank, Declines, Lost, TookEffectSilently

pytestmark = pytest.mark.django_db(transaction=True)


def tried(person: Person) -> Order:
    """An order, and one try to pay it with a kept card."""
    order = sales.place(person, sales.quoted(sales.for_sale()))
    paying.by_method(invoice=Invoice.objects.get(order=order), method=money.card(person), on_session=True)
    return order


def declined() -> list[Message]:
    return list(Message.objects.filter(template="billing/order_declined"))


def waits(order: Order) -> str:
    assert order.person
    return signed_in(order.person).get(f"/orders/{order.pk}/").content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("The account did not hold enough.", "Nothing was charged.", "Your order is kept until")),
        (
            "de",
            ("Das Konto war nicht ausreichend gedeckt.", "Es wurde nichts abgebucht.", "Ihre Bestellung bleibt bis"),
        ),
    ],
)
def test_the_bank_says_no_later(ada: Person, bank: Bank, time: Time, language: str, said: tuple[str, ...]) -> None:
    Person.objects.filter(pk=ada.pk).update(language=language)
    ada.refresh_from_db()
    bank.next("charge", Lost(), Declines("insufficient_funds"))
    order = tried(ada)
    assert Payment.objects.get().status == Payment.Status.UNKNOWN
    time.by(minutes=5)
    sweeping.sweep()
    (letter,) = declined()
    text = " ".join(letter.text.split())
    assert [each for each in said if each not in text] == []
    assert f"/orders/{order.pk}/" in letter.text
    assert letter.person == ada


def test_a_call_that_was_cut_off_is_told_too(ada: Person, bank: Bank, time: Time) -> None:
    order = sales.place(ada, sales.quoted(sales.for_sale()))
    terms = paying._Terms("bank", on_session=True, method=money.card(ada))
    paying._intend(Invoice.objects.get(order=order), terms)  # and the process dies
    bank.down()
    assert "You may close this page: we mail you how it ended." in waits(order)
    bank.down(False)
    bank.next("charge", Declines("expired_card"))
    time.by(minutes=5)
    sweeping.sweep()
    assert len(declined()) == 1


def test_once_the_order_is_closed_it_does_not_say_that_it_is_kept(ada: Person, bank: Bank, time: Time) -> None:
    bank.next("charge", Lost())
    tried(ada)
    time.by(hours=25)
    sweeping.sweep()
    (letter,) = declined()
    assert "closed by now" in letter.text


def test_what_is_seen_at_once_is_not_mailed_too(ada: Person, bank: Bank, time: Time) -> None:
    bank.next("charge", Declines("insufficient_funds"))
    order = tried(ada)
    assert "The payment was declined" in waits(order)
    assert declined() == []


def test_what_succeeds_later_is_confirmed(ada: Person, bank: Bank, time: Time) -> None:
    bank.next("charge", TookEffectSilently())
    order = tried(ada)
    time.by(minutes=5)
    sweeping.sweep()
    order.refresh_from_db()
    assert order.paid_at is not None
    assert declined() == []
    assert "order_confirmed" in sales.letters()


def test_money_that_comes_for_nothing_says_why(ada: Person, bank: Bank, time: Time) -> None:
    """The order was given up while the provider's page was open, and was paid there all the same."""
    order = sales.place(ada, sales.quoted(sales.for_sale()))
    payment = paying.by_page(invoice=Invoice.objects.get(order=order), **money.URLS)
    paying.cancel(payment=payment)
    orders.cancel(actor=Actor.customer(ada.pk), order=order)
    bank.records[payment.ref].is_closed = False
    bank.pay(payment.ref)
    processing.apply(provider="bank", kind=ObjectKind.PAYMENT, ref=payment.ref)
    refunds.sweep()
    text = " ".join(Message.objects.get(template="billing/refunded").text.split())
    assert "It was paid already, or its order was closed" in text
