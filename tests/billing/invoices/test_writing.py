"""Writing invoices: opened once, issued with what is true then, given up, and one for each period."""

from uuid import UUID

import pytest
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import amounts
from frontdesk.billing.errors import NotPayable, PaymentUnderWay
from frontdesk.billing.invoices import numbers, writing
from frontdesk.billing.models import BillingDetails, Invoice, InvoiceKind, NumberSeries, TaxRate
from frontdesk.billing.payments import paying
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import ReasonMissing
from tests.licensing.conftest import Time
from tests.support import bills, money, sales
from tests.support.bank import Bank
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system()


def test_an_order_has_one_open_invoice(ada: Person) -> None:
    invoice = money.demand(ada, 3995)
    assert invoice.order
    assert writing.open_for_order(invoice.order) == invoice
    assert (invoice.net_minor, invoice.tax_minor, invoice.number, invoice.is_open) == (3357, 638, None, True)
    assert invoice.lines == [{"text": "Plus, 1 year", "minor": 3995}]
    assert invoice.plan_version == invoice.order.plan_version


def test_a_period_has_one_invoice_however_many_ask(ada: Person) -> None:
    version = sales.for_sale(3995)
    subscription = bills.subscription(ada, version)
    amount = amounts.for_term(version, 0, "EUR", None)

    def ask() -> UUID:
        with transaction.atomic():
            return writing.open_for_period(subscription, amount, credit_minor=0).pk

    assert len(set(at_once(*[ask] * 4))) == 1
    invoice = Invoice.objects.get()
    assert (invoice.period_anchor, invoice.period_number) == (subscription.anchor, 2)
    assert (invoice.gross_minor, invoice.tax_rate, invoice.tax_country) == (3995, 1900, "DE")


def test_a_period_is_taxed_by_the_table_of_its_day(ada: Person, time: Time) -> None:
    version = sales.for_sale(3995)
    TaxRate.objects.create(country="DE", rate=2000, valid_from=time.now.date())
    amount = amounts.for_term(version, 0, "EUR", None)
    with transaction.atomic():
        invoice = writing.open_for_period(bills.subscription(ada, version), amount, credit_minor=0)
    assert (invoice.tax_rate, invoice.tax_minor) == (2000, 666)


def test_at_issue_it_says_who_buys_and_sells_then(bank: Bank, ada: Person, settings: object) -> None:
    invoice = money.demand(ada)
    BillingDetails.objects.create(person=ada, company="Ada & Co", city="London", country="GB", vat_id="GB123")
    paying.by_method(invoice=invoice, method=money.card(ada), on_session=True)
    BillingDetails.objects.update(company="Later Ltd")
    invoice.refresh_from_db()
    assert invoice.buyer["company"] == "Ada & Co"
    assert (invoice.buyer["name"], invoice.buyer["email"]) == ("Ada", ada.email)
    assert invoice.seller == settings.FRONTDESK_SELLER  # type: ignore[attr-defined]


def test_each_year_and_kind_has_numbers_of_its_own(ada: Person, time: Time) -> None:
    with transaction.atomic():
        taken = [numbers.take(kind) for kind in (InvoiceKind.INVOICE, InvoiceKind.INVOICE, InvoiceKind.CREDIT_NOTE)]
        time.by(days=100)
        taken.append(numbers.take(InvoiceKind.INVOICE))
    assert taken == ["2026-000001", "2026-000002", "C2026-000001", "2027-000001"]


def test_a_number_that_was_not_used_is_given_again(ada: Person) -> None:
    with transaction.atomic():
        lost = numbers.take(InvoiceKind.INVOICE)
        transaction.set_rollback(True)
    with transaction.atomic():
        assert numbers.take(InvoiceKind.INVOICE) == lost
    assert NumberSeries.objects.get().last == 1


def test_giving_up(bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    page = paying.by_page(invoice=invoice, **money.URLS)
    with pytest.raises(PaymentUnderWay):
        writing.void(actor=SYSTEM, invoice=invoice)
    paying.cancel(payment=page)
    with pytest.raises(ReasonMissing):
        writing.void(actor=Actor(ActorKind.STAFF, ada.pk), invoice=invoice)
    agent = Person.objects.create_user(email="sam@desk.example", is_staff=True, role=Role.BILLING_AGENT)
    writing.void(actor=Actor.staff(agent.pk, "never mind"), invoice=invoice)
    assert invoice.void_at
    for gone in (invoice, money.paid(ada).invoice):
        with pytest.raises(NotPayable):
            writing.void(actor=SYSTEM, invoice=gone)


@pytest.mark.parametrize("minor", [0, -1, 3996])
def test_no_more_is_corrected_than_there_is(bank: Bank, ada: Person, minor: int) -> None:
    invoice = money.paid(ada, 3995).invoice
    with pytest.raises(ValueError, match="cannot be corrected"), transaction.atomic():
        writing.correct(invoice, minor)


def test_a_whole_credit_note_takes_everything_back(bank: Bank, ada: Person) -> None:
    invoice = money.paid(ada, 3995).invoice
    with transaction.atomic():
        note = writing.correct(invoice, 3995)
        assert (note.gross_minor, note.net_minor, note.tax_minor) == (3995, 3357, 638)
        assert (note.buyer, note.tax_rate, note.plan_version) == (invoice.buyer, 1900, invoice.plan_version)
        assert writing.left_to_correct(invoice) == 0
