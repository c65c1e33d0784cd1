"""Paying an invoice: by page, by a kept card, twice, by another way, and when the provider is away."""

from datetime import timedelta

import pytest
from django.db import transaction

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import ledger, orders
from frontdesk.billing.errors import NotPayable, PaymentProviderAway, PaymentUnderWay
from frontdesk.billing.models import Account, Payment, PaymentMethod
from frontdesk.billing.outside import InsideTransaction
from frontdesk.billing.payments import paying, settling, sweeping
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from tests.licensing.conftest import Time
from tests.support import money
from tests.support.bank import (
    Bank,
    Declines,
    Down,
    Lost,
    NeedsAction,
    TookEffectSilently,
    TookEffectThenRaised,
    new_card,
)

pytestmark = pytest.mark.django_db(transaction=True)
Status = Payment.Status


def test_on_the_page_of_the_provider(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada, 3995)
    waiting = paying.by_page(invoice=invoice, **money.URLS)
    assert waiting.status == Status.REQUIRES_ACTION
    assert waiting.action_url == f"/bank/{waiting.ref}/"
    bank.pay(waiting.ref, card=new_card(ref="card_ada"))
    done = settling.refresh(payment=waiting.pk)
    assert (done.status, done.card_last4, done.check_at) == (Status.SUCCEEDED, "4242", None)
    invoice.refresh_from_db()
    assert invoice.number
    assert invoice.order
    invoice.order.refresh_from_db()
    assert invoice.order.paid_at == invoice.paid_at is not None
    kept = PaymentMethod.objects.get()
    assert (kept.ref, kept.person, kept.is_default) == ("card_ada", ada, True)
    assert done.method == kept
    assert ledger.balances() == {
        (Account.RECEIVABLE, "EUR"): 0,
        (Account.CASH, "EUR"): 3995,
        (Account.REVENUE, "EUR"): -3357,
        (Account.TAX, "EUR"): -638,
    }
    assert Message.objects.filter(template="billing/receipt", person=ada).count() == 1
    assert not money.differences()


def test_with_a_kept_card(bank: Bank, ada: Person) -> None:
    payment = paying.by_method(invoice=money.demand(ada), method=money.card(ada), on_session=True)
    assert (payment.status, bank.taken(), bank.calls["charge"]) == (Status.SUCCEEDED, 3995, 1)


def test_the_statement_names_the_brand_and_the_order(bank: Bank, ada: Person, settings: object) -> None:
    settings.FRONTDESK_BRAND = {"name": "Hälcyon & Söhne"}  # type: ignore[attr-defined]
    payment = money.paid(ada, reference="H7K-2QX-9MA")
    assert payment.statement_text == "HALCYON SO H7K-2QX-9MA"
    assert len(payment.statement_text) <= 22


def test_a_declined_card_leaves_the_invoice_open_and_the_next_one_pays(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    bank.next("charge", Declines("insufficient_funds"))
    failed = paying.by_method(invoice=invoice, method=money.card(ada), on_session=True)
    assert (failed.status, failed.decline, failed.check_at) == (Status.FAILED, "insufficient_funds", None)
    invoice.refresh_from_db()
    assert invoice.is_open
    assert invoice.number is None
    again = paying.by_method(invoice=invoice, method=money.card(ada), on_session=True)
    assert (again.status, again.attempt) == (Status.SUCCEEDED, 2)
    assert again.key != failed.key
    assert bank.taken() == 3995


def test_a_card_that_wants_to_be_confirmed(bank: Bank, ada: Person) -> None:
    invoice, card = money.demand(ada), money.card(ada)
    bank.next("charge", NeedsAction())
    waiting = paying.by_method(invoice=invoice, method=card, on_session=True)
    assert waiting.status == Status.REQUIRES_ACTION
    assert waiting.action_url
    assert paying.by_method(invoice=invoice, method=card, on_session=True) == waiting  # a second click
    bank.confirm(waiting.ref)
    assert settling.refresh(payment=waiting.pk).status == Status.SUCCEEDED
    assert (bank.taken(), bank.calls["charge"]) == (3995, 1)


def test_an_open_page_is_given_again(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    first, second = (paying.by_page(invoice=invoice, **money.URLS) for _ in range(2))
    assert first == second
    assert first.action_url == second.action_url != ""
    assert len(bank.records) == 1


def test_a_page_that_was_paid_meanwhile_is_seen_at_the_next_click(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    page = paying.by_page(invoice=invoice, **money.URLS)
    bank.pay(page.ref)
    assert paying.by_page(invoice=invoice, **money.URLS).status == Status.SUCCEEDED
    with pytest.raises(NotPayable):
        paying.by_page(invoice=invoice, **money.URLS)


def test_a_page_that_was_left_and_declined_makes_room_for_the_next(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    page = paying.by_page(invoice=invoice, **money.URLS)
    bank.pay(page.ref, decline="declined")
    again = paying.by_page(invoice=invoice, **money.URLS)
    assert (again.attempt, again.status) == (2, Status.REQUIRES_ACTION)


def test_who_comes_back_without_paying_closes_the_page(bank: Bank, ada: Person) -> None:
    page = paying.by_page(invoice=money.demand(ada), **money.URLS)
    left = paying.cancel(payment=page)
    assert (left.status, left.decline, left.check_at) == (Status.CANCELED, "abandoned", None)
    assert bank.records[page.ref].is_closed
    assert paying.cancel(payment=page).status == Status.CANCELED


def test_who_had_paid_before_coming_back_has_paid(bank: Bank, ada: Person) -> None:
    page = paying.by_page(invoice=money.demand(ada), **money.URLS)
    bank.pay(page.ref)
    assert paying.cancel(payment=page).status == Status.SUCCEEDED


def test_choosing_a_kept_card_closes_the_page_that_was_left_open(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    page = paying.by_page(invoice=invoice, **money.URLS)
    payment = paying.by_method(invoice=invoice, method=money.card(ada), on_session=True)
    assert payment.status == Status.SUCCEEDED
    assert bank.records[page.ref].is_closed
    assert bank.taken() == 3995


def test_a_renewal_does_not_close_the_page_on_which_the_customer_pays(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    page = paying.by_page(invoice=invoice, **money.URLS)
    with pytest.raises(PaymentUnderWay):
        paying.by_method(invoice=invoice, method=money.card(ada), on_session=False)
    assert not bank.records[page.ref].is_closed


def test_nothing_is_called_inside_a_transaction(bank: Bank, ada: Person) -> None:
    invoice, card = money.demand(ada), money.card(ada)
    with transaction.atomic():
        with pytest.raises(InsideTransaction):
            paying.by_page(invoice=invoice, **money.URLS)
        with pytest.raises(InsideTransaction):
            paying.by_method(invoice=invoice, method=card, on_session=True)
    assert not bank.calls
    assert not Payment.objects.exists()


def test_another_ones_card_and_a_removed_one_are_like_none(bank: Bank, ada: Person, bob: Person, time: Time) -> None:
    removed = money.card(ada, detached_at=time.now)
    for card in (money.card(bob), removed):
        with pytest.raises(NotFound):
            paying.by_method(invoice=money.demand(ada), method=card, on_session=True)
    assert not bank.calls


def test_what_is_paid_given_up_or_too_old_cannot_be_paid(bank: Bank, ada: Person, time: Time) -> None:
    card, paid, old, given_up = money.card(ada), money.paid(ada).invoice, money.demand(ada), money.demand(ada)
    assert given_up.order
    orders.cancel(actor=Actor.customer(ada.pk), order=given_up.order)
    time.by(hours=1)
    for invoice in (paid, old, given_up):
        with pytest.raises(NotPayable):
            paying.by_method(invoice=invoice, method=card, on_session=True)
        with pytest.raises(NotPayable):
            paying.by_page(invoice=invoice, **money.URLS)
    assert bank.taken() == 3995


def test_without_a_provider_nothing_is_sold(bank: Bank, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.billing.providers.registry._selling", [])
    with pytest.raises(PaymentProviderAway):
        paying.by_page(invoice=money.demand(ada), **money.URLS)


def test_the_provider_is_down_when_the_page_is_asked_for(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    bank.next("checkout", Down(), TookEffectThenRaised())
    for _ in range(2):
        with pytest.raises(PaymentProviderAway):
            paying.by_page(invoice=invoice, **money.URLS)
    page = paying.by_page(invoice=invoice, **money.URLS)
    assert (page.attempt, page.status, len(bank.records)) == (1, Status.REQUIRES_ACTION, 1)


@pytest.mark.parametrize("way", [Down(), Lost(), TookEffectSilently(), TookEffectThenRaised()])
def test_a_charge_without_an_answer_is_found_out_before_anything_else(
    bank: Bank, ada: Person, time: Time, way: object
) -> None:
    invoice, card = money.demand(ada), money.card(ada)
    bank.next("charge", way)  # type: ignore[arg-type]
    unknown = paying.by_method(invoice=invoice, method=card, on_session=True)
    assert unknown.status == Status.UNKNOWN
    with pytest.raises(PaymentUnderWay):
        paying.by_method(invoice=invoice, method=card, on_session=True)
    assert unknown.check_at
    time.now = unknown.check_at
    assert sweeping.sweep() == 1
    unknown.refresh_from_db()
    assert (unknown.status, bank.taken(), len(bank.records)) == (Status.SUCCEEDED, 3995, 1)
    assert Payment.objects.count() == 1


def test_a_lost_charge_is_finished_by_the_next_call_too(bank: Bank, ada: Person, time: Time) -> None:
    invoice, card = money.demand(ada, expires_at=time.now + timedelta(days=1)), money.card(ada)
    bank.next("charge", Lost())
    unknown = paying.by_method(invoice=invoice, method=card, on_session=True)
    time.by(hours=1)
    finished = paying.by_method(invoice=invoice, method=card, on_session=True)
    assert (finished.pk, finished.status) == (unknown.pk, Status.SUCCEEDED)
    assert (bank.taken(), Payment.objects.count()) == (3995, 1)


@pytest.mark.parametrize("currency", ["JPY", "KWD", "EUR"])
def test_minor_units_are_whole_whatever_the_currency(bank: Bank, ada: Person, currency: str) -> None:
    payment = money.paid(ada, 4000, currency=currency)
    assert payment.invoice.currency == currency
    assert ledger.balances()[Account.CASH, currency] == 4000
    assert str(payment.amount) == {"JPY": "¥4,000", "KWD": "KWD4.000", "EUR": "€40.00"}[currency]
    money.assert_balanced()
