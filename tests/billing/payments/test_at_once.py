"""Several at once, on real connections: clicks, webhook with return page and sweep, and numbers without a gap."""

from collections import Counter

import pytest
from django.db import connections

from frontdesk.accounts.models import Person
from frontdesk.billing import inbox, processing
from frontdesk.billing.errors import NotPayable, PaymentUnderWay
from frontdesk.billing.events import InvoicePaid
from frontdesk.billing.models import Invoice, InvoiceKind, LedgerEntry, NumberSeries, Payment, ProviderEvent
from frontdesk.billing.payments import paying, settling, sweeping
from frontdesk.core import events
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.support import money
from tests.support.bank import Bank, Declines, Slow
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Status = Payment.Status


def test_webhook_return_page_and_sweep_at_once_settle_once(
    bank: Bank, ada: Person, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[InvoicePaid] = []
    monkeypatch.setitem(events._reactions, InvoicePaid, [*events._reactions[InvoicePaid], told.append])
    payment = paying.by_page(invoice=money.demand(ada), **money.URLS)
    bank.pay(payment.ref)
    post = bank.webhook(bank.event(payment.ref, event_id="evt_1"))
    inbox.receive(provider="bank", headers=post.headers, raw=post.raw)
    event = ProviderEvent.objects.get()
    time.by(minutes=20)
    outcomes = at_once(
        lambda: processing.process(event.pk),
        lambda: settling.refresh(payment=payment.pk),
        sweeping.sweep,
        lambda: settling.refresh(payment=payment.pk),
        lambda: paying.cancel(payment=payment),
    )
    assert not [each for each in outcomes if isinstance(each, Exception)]
    assert Payment.objects.get().status == Status.SUCCEEDED
    assert told == [InvoicePaid(invoice=payment.invoice_id)]
    assert License.objects.count() == 1
    assert LedgerEntry.objects.filter(booking=f"payment:{payment.pk}").count() == 2
    assert not money.differences()


def test_two_who_settle_two_payments_of_one_invoice(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    tries = []
    for _ in range(2):
        page = paying.by_page(invoice=invoice, **money.URLS)
        Payment.objects.filter(pk=page.pk).update(status=Status.CANCELED)  # closed here, and still open there
        bank.pay(page.ref)
        tries.append(page)
    at_once(*[lambda page=page: settling.refresh(payment=page.pk) for page in tries])
    found = Counter(Payment.objects.values_list("status", flat=True))
    assert found == {Status.SUCCEEDED: 1, Status.SURPLUS: 1}
    assert Invoice.objects.filter(number__isnull=False).count() == 1
    assert not money.differences()


def test_pressing_pay_many_times_at_once_charges_once(bank: Bank, ada: Person) -> None:
    invoice, card = money.demand(ada), money.card(ada)
    bank.next("charge", *[Slow(0.2)] * 6)
    outcomes = at_once(
        *[lambda: paying.by_method(invoice=invoice, method=card, on_session=True).status for _ in range(6)]
    )
    paid = [each for each in outcomes if each == Status.SUCCEEDED]
    refused = [each for each in outcomes if isinstance(each, PaymentUnderWay | NotPayable)]
    assert len(paid) == 1
    assert len(paid) + len(refused) == 6, outcomes
    assert (bank.taken(), Payment.objects.count(), bank.calls["charge"]) == (3995, 1, 1)


def test_opening_the_page_many_times_at_once_opens_one(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    outcomes = at_once(*[lambda: paying.by_page(invoice=invoice, **money.URLS).action_url for _ in range(5)])
    assert len(set(outcomes)) == 1, outcomes
    assert len(bank.records) == Payment.objects.count() == 1


def test_a_card_and_a_page_at_once_take_the_money_once(bank: Bank, ada: Person) -> None:
    invoice, card = money.demand(ada), money.card(ada)
    at_once(
        lambda: paying.by_method(invoice=invoice, method=card, on_session=True),
        lambda: paying.by_page(invoice=invoice, **money.URLS),
        lambda: paying.by_method(invoice=invoice, method=card, on_session=True),
    )
    for payment in Payment.objects.filter(status=Status.REQUIRES_ACTION):
        bank.pay(payment.ref)
        settling.refresh(payment=payment.pk)
    assert Payment.objects.filter(status=Status.SUCCEEDED).count() == 1
    assert bank.taken() == 3995


def test_sixteen_issued_at_once_have_numbers_without_a_gap(
    bank: Bank, ada: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four are declined, and four fail in a reaction after they had their number."""
    # They wait for each other's number; on a busy machine the last of twenty does so longer than a page may.
    monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "options", "-c lock_timeout=60s")
    unlucky = {money.demand(bob).pk for _ in range(4)}

    def fault(event: InvoicePaid) -> None:
        if event.invoice in unlucky:
            raise RuntimeError

    monkeypatch.setitem(events._reactions, InvoicePaid, [*events._reactions[InvoicePaid], fault])
    declined = [money.demand(ada) for _ in range(4)]
    bank.next("charge", *[Declines()] * 4)
    card, other = money.card(ada), money.card(bob)
    for invoice in declined:
        paying.by_method(invoice=invoice, method=card, on_session=True)
    good = [money.demand(ada) for _ in range(16)]
    bad = list(Invoice.objects.filter(pk__in=unlucky))
    outcomes = at_once(
        *[
            lambda invoice=invoice, card=card: paying.by_method(invoice=invoice, method=card, on_session=True).status
            for invoice, card in [*[(each, card) for each in good], *[(each, other) for each in bad]]
        ]
    )
    assert outcomes.count(Status.SUCCEEDED) == 16
    assert sum(isinstance(each, RuntimeError) for each in outcomes) == 4
    numbers = sorted(str(each.number) for each in Invoice.objects.filter(number__isnull=False))
    year = numbers[0].partition("-")[0]
    assert numbers == [f"{year}-{n:06}" for n in range(1, 17)]
    assert NumberSeries.objects.get(name__startswith=InvoiceKind.INVOICE.value).last == 16
