"""Withdrawing and canceling without signing in: written down at once, carried out by the mailed link's button."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import declarations, quotes
from frontdesk.billing.errors import DeclarationGone, RefundNotPossible, RefundTooLate
from frontdesk.billing.models import Declaration, DeclarationKind, Order, Payment, Refund, Subscription
from frontdesk.core import outbox
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, ReasonMissing
from frontdesk.core.models import AuditEntry
from tests.licensing.conftest import Time
from tests.people import customer, signed_in
from tests.support import bills, sales
from tests.support.bank import Bank, Lost, Slow
from tests.support.mailbox import secret_sent_to
from tests.support.queries import statements
from tests.support.races import at_once

pytestmark = pytest.mark.django_db

REFERENCE = "H7K-2QX-9MA"


@pytest.fixture
def paid(ada: Person, time: Time) -> Payment:
    """A paid order, as rows: enough where no money goes back."""
    return bills.payment(bills.invoice(bills.order(ada, reference=REFERENCE, paid_at=time.now)))


@pytest.fixture
def charged(transactional_db: None, ada: Person, time: Time, bank: Bank) -> Payment:
    """An order that was really paid, at the bank of the tests."""
    bought = sales.buy(ada)
    Order.objects.filter(subscription=bought).update(reference=REFERENCE)
    return Payment.objects.select_related("invoice__order").get()


def typed(ada: Person, contract: str = REFERENCE, **values: str) -> dict[str, str]:
    return {"name": "Ada Lovelace", "email": ada.email, "contract": contract, "note": ""} | values


def link_after(response: Any, address: str) -> str:
    """The mailed link's path, once the worker has looked."""
    assert response.status_code == 200
    outbox.deliver_due(topics=[declarations.DECLARED])
    found = re.search(r"/declarations/[\w-]+/", secret_sent_to(address))
    assert found
    return found.group()


def mails_to(address: str) -> list[str]:
    return list(Message.objects.filter(address=address).order_by("created_at").values_list("template", flat=True))


# --- What is written down --------------------------------------------------------------------------------------------
def test_it_is_recorded_and_receipted_at_once(ada: Person, paid: Payment) -> None:
    response = Client().post("/withdraw/", typed(ada))

    declared = Declaration.objects.get()
    assert (declared.kind, declared.contract, declared.done_at) == ("withdrawal", "H7K-2QX-9MA", None)
    receipt = Message.objects.get(template="billing/declaration_received")
    assert receipt.address == ada.email
    assert f"{declared.declared_at:%H:%M} (UTC)" in receipt.text
    assert "/declarations/" not in receipt.text
    assert f"{declared.declared_at:%H:%M} (UTC)" in response.content.decode()


def test_known_and_unknown_contracts_look_and_cost_alike(ada: Person, paid: Payment) -> None:
    """Same words but for what was typed, the same statements; what is found is found by the worker."""
    known, unknown = typed(ada), typed(ada, "ZZZ-ZZZ-ZZZ", email="nobody@example.org")
    Client().post("/withdraw/", typed(ada, "warm", email="warm@example.org"))
    with CaptureQueriesContext(
        connection,
    ) as for_known:
        first = Client().post("/withdraw/", known)
    with CaptureQueriesContext(connection) as for_unknown:
        second = Client().post("/withdraw/", unknown)

    def shape(response: Any, email: str) -> str:
        text = re.sub(r"\d{1,2} \w+ \d{4}, \d\d:\d\d", "<at>", response.content.decode())
        return re.sub(r'(data-now|nonce|value)="[^"]*"', "", text).replace(email, "<email>")

    assert shape(first, known["email"]) == shape(second, unknown["email"])
    assert len(statements(for_known)) == len(statements(for_unknown))
    assert not any("billing_order" in each or "billing_payment" in each for each in statements(for_known))


def test_sending_the_form_twice_is_one_declaration_and_one_mail(ada: Person, paid: Payment) -> None:
    for _press in range(2):
        assert Client().post("/withdraw/", typed(ada)).status_code == 200
    assert Declaration.objects.count() == 1
    assert mails_to(ada.email).count("billing/declaration_received") == 1


def test_a_flood_at_one_address_is_written_down_but_not_mailed(ada: Person, paid: Payment) -> None:
    for place in range(8):
        Client().post("/withdraw/", typed(ada, contract=f"H7K-2QX-9MA {place}"), REMOTE_ADDR=f"198.51.{place}.7")
    outbox.deliver_due(topics=[declarations.DECLARED])
    assert Declaration.objects.count() == 8
    assert mails_to(ada.email).count("billing/declaration_received") == 5
    assert mails_to(ada.email).count("billing/declaration_link") == 5


def test_a_flood_from_one_network_is_slowed_down(ada: Person) -> None:
    answers = [Client().post("/cancel/", typed(ada, contract=f"nr {n}")).status_code for n in range(22)]
    assert answers == [200] * 20 + [429] * 2
    assert Declaration.objects.count() == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"name": ""},
        {"name": "Win at http://x.example"},
        {"contract": ""},
        {"contract": "x" * 101},
        {"contract": "see www.x.example"},
        {"contract": "see x.example/win"},
    ],
)
def test_what_is_missing_is_asked_for(ada: Person, wrong: dict[str, str]) -> None:
    assert Client().post("/withdraw/", typed(ada, **wrong)).status_code == 422
    assert not Declaration.objects.exists()


# --- What the worker finds ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("contract", ["H7K-2QX-9MA", "order h7k 2qx 9ma", "H7K2QX9MA, Halcyon Shield", "the product"])
def test_the_contract_is_found_as_people_write_it(ada: Person, paid: Payment, contract: str) -> None:
    Client().post("/withdraw/", typed(ada, contract))
    outbox.deliver_due(topics=[declarations.DECLARED])
    assert Declaration.objects.get().order == paid.invoice.order


def test_an_invoice_and_a_licence_lead_to_it_too(ada: Person, paid: Payment) -> None:
    begun = bills.subscription(ada)
    order = paid.invoice.order
    assert order is not None
    order.subscription = begun
    order.save()
    bills.order(ada, reference="AAA-AAA-AAA", paid_at=paid.settled_at)  # so that it is not the only one
    for contract in (f"invoice {paid.invoice.number}", f"licence {begun.license}"):
        Client().post("/withdraw/", typed(ada, contract))
    outbox.deliver_due(topics=[declarations.DECLARED])
    assert [each.order for each in Declaration.objects.all()] == [order, order]


def test_somebody_elses_number_opens_nothing(ada: Person, paid: Payment) -> None:
    customer("mallory@example.org", "Mallory")
    Client().post("/withdraw/", typed(ada, email="mallory@example.org"))
    outbox.deliver_due(topics=[declarations.DECLARED])
    assert Declaration.objects.get().order is None
    assert mails_to("mallory@example.org") == ["billing/declaration_received"]
    assert "billing/declaration_link" not in mails_to(ada.email)


def test_the_link_goes_to_the_account_of_the_order(ada: Person, paid: Payment) -> None:
    """Whoever reads only the address that was typed learns nothing but that it was received."""
    order = paid.invoice.order
    assert order is not None
    order.email = "old@example.org"  # ordered with it; the account has another now
    order.save()
    Client().post("/withdraw/", typed(ada, email="old@example.org"))
    outbox.deliver_due(topics=[declarations.DECLARED])
    assert mails_to("old@example.org") == ["billing/declaration_received"]
    assert mails_to(ada.email)[-1] == "billing/declaration_link"


def test_the_worker_may_look_twice(ada: Person, paid: Payment) -> None:
    Client().post("/withdraw/", typed(ada))
    outbox.deliver_due(topics=[declarations.DECLARED])
    declared = Declaration.objects.get()
    declarations.look_up(outbox.Delivery(declared.pk, {"declaration": str(declared.pk)}, "token", declared.declared_at))
    assert mails_to(ada.email).count("billing/declaration_link") == 1


# --- The mailed link -------------------------------------------------------------------------------------------------
def test_opening_the_link_does_nothing_and_its_button_does(ada: Person, charged: Payment, bank: Bank) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    browser = Client()

    for _look in range(2):
        page = browser.get(link)
        assert page.status_code == 200
        assert "H7K-2QX-9MA" in page.content.decode()
    assert not Refund.objects.exists()

    for _press in range(2):  # the second press says the same and does no more
        assert "carried out" in browser.post(link).content.decode()
    refund = Refund.objects.get()
    assert (refund.status, refund.cause, refund.takes_back) == ("succeeded", "withdrawal", True)
    assert bank.returned() == 3995
    declared = Declaration.objects.get()
    assert declared.confirmed_at is not None
    assert declared.done_at is not None
    assert mails_to(ada.email).count("billing/declaration_done") == 1
    assert "carried out" in browser.get(link).content.decode()


def test_a_link_that_was_altered_is_gone(ada: Person, paid: Payment) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    for method in ("get", "post"):
        assert getattr(Client(), method)(link[:-3] + "AA/").status_code == 410
    assert not Refund.objects.exists()


def test_a_link_is_open_for_thirty_days(ada: Person, paid: Payment, time: Time) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    time.by(days=30, seconds=1)
    assert Client().post(link).status_code == 410
    assert not Refund.objects.exists()


def test_the_date_of_the_declaration_counts(ada: Person, charged: Payment, time: Time) -> None:
    """Declared on the last day, confirmed a week after the time for refunds: it is in time."""
    time.by(days=29)
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    time.by(days=8)
    assert Client().post(link).status_code == 200
    assert Refund.objects.get().status == "succeeded"


def test_declared_too_late_it_is_refused_and_stays_open_for_an_agent(ada: Person, paid: Payment, time: Time) -> None:
    time.by(days=30, seconds=1)
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    assert Client().post(link).status_code == 409
    declared = Declaration.objects.get()
    assert declared.confirmed_at is not None
    assert declared.done_at is None
    assert not Refund.objects.exists()


def test_a_protected_account_lets_no_money_out(ada: Person, charged: Payment, time: Time) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    ada.frozen_until = time.now + timedelta(days=1)
    ada.save()
    refused = Client().post(link)
    assert refused.status_code == 409
    assert "protected" in refused.content.decode()
    assert not Refund.objects.exists()
    time.by(days=2)
    assert Client().post(link).status_code == 200
    assert Refund.objects.count() == 1


def test_a_crash_after_the_refund_is_finished_by_the_next_press(
    ada: Person, charged: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)

    def dies(*_args: object) -> Declaration:
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as patched:
        patched.setattr(declarations, "_done", dies)
        with pytest.raises(RuntimeError):
            Client().post(link)
    assert Refund.objects.count() == 1
    assert Client().post(link).status_code == 200
    assert Refund.objects.count() == 1
    assert Declaration.objects.get().done_at is not None


def test_two_at_once_carry_it_out_once(ada: Person, charged: Payment, bank: Bank) -> None:
    """Customer and agent, or a double click: one refund, one mail, and nobody sees an error."""
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    declared = Declaration.objects.get()

    def by_link() -> int:
        return Client().post(link).status_code

    def by_agent() -> int:
        done = declarations.carry_out(actor=Actor.system(), declaration=declared.pk)
        return 200 if done.done_at else 500

    bank.next("refund", Slow())
    assert at_once(by_link, by_link, by_agent) == [200, 200, 200]
    assert Refund.objects.count() == 1
    assert bank.returned() == sales.YEAR
    assert mails_to(ada.email).count("billing/declaration_done") == 1


def test_an_unknown_outcome_is_carried_out_and_settled_later(ada: Person, charged: Payment, bank: Bank) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    bank.next("refund", Lost())
    assert Client().post(link).status_code == 200
    assert Refund.objects.get().status == Refund.Status.UNKNOWN
    assert Client().post(link).status_code == 200
    assert Refund.objects.count() == 1


def test_a_later_payment_of_the_same_licence_goes_back_with_it(ada: Person, charged: Payment, bank: Bank) -> None:
    begun = Subscription.objects.get()
    early = quotes.renewal(subscription=begun, license_ends_at=begun.paid_until)
    sales.pay(sales.place(ada, early, subscription=begun))
    assert bank.taken() == 2 * sales.YEAR
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    assert Client().post(link).status_code == 200
    assert bank.returned() == 2 * sales.YEAR
    assert sales.license_of(begun).refunded_at is not None


# --- Canceling -------------------------------------------------------------------------------------------------------
def test_a_cancellation_switches_the_renewal_off(ada: Person, paid: Payment, bank: Bank) -> None:
    begun = bills.subscription(ada)
    order = paid.invoice.order
    assert order is not None
    order.subscription = begun
    order.save()
    link = link_after(Client().post("/cancel/", typed(ada)), ada.email)
    assert Subscription.objects.get().auto_renew is True
    for _press in range(2):
        assert Client().post(link).status_code == 200
    assert Subscription.objects.get().auto_renew is False
    assert bank.returned() == 0
    assert mails_to(ada.email).count("billing/declaration_done") == 1


# --- Agents ----------------------------------------------------------------------------------------------------------
def test_an_agent_sets_one_aside_with_a_reason(ada: Person, paid: Payment) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    declared = Declaration.objects.get()
    agent = customer("agent@example.org", "Sam")
    with pytest.raises(ReasonMissing):
        declarations.dismiss(actor=Actor(ActorKind.STAFF, agent.pk), declaration=declared.pk)
    declarations.dismiss(actor=Actor.staff(agent.pk, "Sent twice"), declaration=declared.pk)
    assert Client().post(link).status_code == 410
    with pytest.raises(NotFound):
        declarations.carry_out(actor=Actor.system(), declaration=declared.pk)
    assert AuditEntry.objects.filter(action="declaration.dismissed", person=ada.pk).count() == 1
    told = Message.objects.get(template="billing/declaration_dismissed")
    assert "Sent twice" in told.text
    assert "found nothing to carry out" in told.text


def test_without_a_contract_nothing_can_be_carried_out(ada: Person) -> None:
    Client().post("/withdraw/", typed(ada))
    outbox.deliver_due(topics=[declarations.DECLARED])
    with pytest.raises(NotFound):
        declarations.carry_out(actor=Actor.system(), declaration=Declaration.objects.get().pk)


def test_what_went_back_already_does_not_go_back_again(ada: Person, charged: Payment) -> None:
    link = link_after(Client().post("/withdraw/", typed(ada)), ada.email)
    signed_in(ada).post(f"/billing/payments/{charged.pk}/refund/", {"key": "0198c2a4-0000-7000-8000-000000000001"})
    assert Client().post(link).status_code == 409
    assert Refund.objects.count() == 1
    with pytest.raises(RefundNotPossible):
        declarations.carry_out(actor=Actor.system(), declaration=Declaration.objects.get().pk)


def test_refusals_name_themselves(ada: Person, paid: Payment, time: Time) -> None:
    with pytest.raises(DeclarationGone):
        declarations.find("nothing")
    time.by(days=31)
    made = declarations.declare(kind=DeclarationKind.WITHDRAWAL, **typed(ada))
    outbox.deliver_due(topics=[declarations.DECLARED])
    with pytest.raises(RefundTooLate):
        declarations.carry_out(actor=Actor.system(), declaration=made.pk)
