"""What agents do about money: with a reason, once, never beyond what there is, also when two do it at the same time."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import coupons, outlooks
from frontdesk.billing import credits as credit
from frontdesk.billing.models import Credit, Declaration, DeclarationKind, Invoice, Refund, Subscription
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.console.conftest import press
from tests.licensing.conftest import Time
from tests.people import signed_in, staff_browser
from tests.support import bills, desk, money, sales
from tests.support.bank import Bank, Declines
from tests.support.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def reasons(action: str) -> list[str]:
    return [audit.reason_of(row) for row in AuditEntry.objects.filter(action=action).order_by("id")]


def test_a_part_goes_back_and_the_customer_reads_why(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    answer = press(billing, f"/desk/payments/{payment.pk}/refund/", amount="10,00")
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status, refund.takes_back, refund.cause) == (1000, "succeeded", False, "staff")
    assert "€10.00 is on its way back" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/desk/payments/{payment.pk}/"
    page = answer.content.decode()
    assert "Refund of €10.00 asked for" in page
    assert "Reason given: conversation 4711" in page
    assert "conversation 4711" in signed_in(ada).get("/account/history/").content.decode()


def test_the_whole_with_what_it_paid_for(billing: Client, bank: Bank, ada: Person) -> None:
    subscription = sales.buy(ada)
    payment = Invoice.objects.get().payments.get()
    press(billing, f"/desk/payments/{payment.pk}/refund/", takes_back="on")
    assert Refund.objects.get().takes_back
    subscription.refresh_from_db()
    assert subscription.end_reason == "refunded"
    assert sales.license_of(subscription).refunded_at


def test_pressed_twice_it_goes_back_once(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    once = {"once": str(uuid4()), "amount": "5.00"}
    for _ in range(2):
        press(billing, f"/desk/payments/{payment.pk}/refund/", **once)
    assert Refund.objects.count() == 1


def test_pressed_twice_at_the_same_moment_it_goes_back_once(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    address = f"/desk/payments/{payment.pk}/refund/"
    form = {"once": str(uuid4()), "amount": "10", "reason": "conversation 4711"}
    answers = at_once(*[lambda: billing.post(address, form).status_code] * 3)
    assert set(map(str, answers)) == {"302"}
    assert [refund.amount_minor for refund in Refund.objects.all()] == [1000]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "This field is required"),
        ("0", "more than nothing"),
        ("-5", "Write an amount"),
        ("5.001", "Write an amount"),
        ("a lot", "Write an amount"),
        ("39.96", "cannot be refunded"),
    ],
)
def test_no_more_than_there_is_and_nothing_senseless(
    billing: Client, bank: Bank, ada: Person, typed: str, said: str
) -> None:
    payment = money.paid(ada)
    answer = press(billing, f"/desk/payments/{payment.pk}/refund/", amount=typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Refund.objects.exists()


def test_nothing_without_a_reason(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    for reason in ("", "   "):
        answer = press(billing, f"/desk/payments/{payment.pk}/refund/", amount="1", reason=reason)
        assert answer.status_code == 422
    assert not Refund.objects.exists()


def test_above_the_limit_only_managers_refund(billing: Client, manager: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada, 50_000)
    address = f"/desk/payments/{payment.pk}/refund/"
    assert "up to €200.00" in billing.get(address).content.decode()
    assert "needs a manager" in press(billing, address, amount="200.01").content.decode()
    press(billing, address, amount="150")
    assert "needs a manager" in press(billing, address, amount="50.01").content.decode()  # not in slices either
    press(manager, address, amount="350")
    assert sorted(Refund.objects.values_list("amount_minor", flat=True)) == [15_000, 35_000]


def test_two_agents_at_once_send_back_no_more_than_was_paid(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    other = staff_browser(Role.BILLING_AGENT, "second@halcyon.example")
    address = f"/desk/payments/{payment.pk}/refund/"

    def send(browser: Client) -> int:
        form = {"once": str(uuid4()), "amount": "39.95", "reason": "conversation 4711"}
        return browser.post(address, form).status_code

    answers = at_once(*[lambda b=b: send(b) for b in (billing, other)])
    assert sorted(map(str, answers)) == ["302", "422"]
    assert [refund.amount_minor for refund in Refund.objects.exclude(status="failed")] == [3995]


def test_credit_is_given_once_and_shown(billing: Client, bank: Bank, ada: Person) -> None:
    money.paid(ada)  # something is sold in euros
    address = f"/desk/customers/{ada.pk}/credit/"
    once = {"once": str(uuid4()), "amount": "7.50", "currency": "EUR"}
    for _ in range(2):
        answer = press(billing, address, **once)
    assert "€7.50" in answer.content.decode()
    assert (credit.balance(ada, "EUR"), Credit.objects.count()) == (750, 1)
    assert reasons("credit.given") == ["conversation 4711"]
    assert press(billing, address, amount="7.505", currency="EUR").status_code == 422
    assert press(billing, address, amount="5", currency="XXX").status_code == 422


def test_an_open_invoice_is_written_off_once(billing: Client, bank: Bank, ada: Person) -> None:
    invoice = money.demand(ada)
    address = f"/desk/invoices/{invoice.pk}/write-off/"
    assert "written off" in press(billing, address).content.decode()
    invoice.refresh_from_db()
    assert invoice.void_at
    assert "nothing to pay here any more" in press(billing, address).content.decode()
    assert reasons("invoice.voided") == ["conversation 4711"]


def test_an_order_goes_with_its_invoice_and_its_coupon_is_free_again(billing: Client, bank: Bank, ada: Person) -> None:
    coupon = coupons.create(actor=Actor.system("a test"), code="ONCE", percent=10, max_uses=1)
    order = sales.place(ada, sales.quoted(sales.for_sale(), coupon_code="ONCE"), coupon_code="ONCE")
    coupon.refresh_from_db()
    assert coupon.uses == 1
    press(billing, f"/desk/invoices/{Invoice.objects.get().pk}/write-off/")
    order.refresh_from_db()
    coupon.refresh_from_db()
    assert (order.is_open, coupon.uses, outlooks.open_orders(ada)) == (False, 0, [])
    assert reasons("order.canceled") == ["conversation 4711"]


def test_a_renewal_that_is_written_off_is_not_offered_to_be_tried(
    billing: Client, bank: Bank, ada: Person, time: Time
) -> None:
    subscription = sales.buy(ada)
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, subscription.charge_at + timedelta(days=1))
    customer = f"/desk/customers/{ada.pk}/"
    assert "Try the charge again" in billing.get(customer).content.decode()
    press(billing, f"/desk/invoices/{Invoice.objects.get(subscription=subscription, paid_at=None).pk}/write-off/")
    page = billing.get(customer).content.decode()
    assert "Try the charge again" not in page
    answer = press(billing, f"/desk/subscriptions/{subscription.pk}/retry/").content.decode()
    assert "nothing to pay here any more" in answer


def test_a_paid_invoice_is_not_written_off(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    assert press(billing, f"/desk/invoices/{payment.invoice_id}/write-off/").status_code == 422


def test_renewal_is_switched_off_and_not_on(billing: Client, bank: Bank, ada: Person) -> None:
    subscription = sales.buy(ada)
    address = f"/desk/subscriptions/{subscription.pk}/renewal-off/"
    page = press(billing, address).content.decode()
    assert "Automatic renewal is off" in page
    assert Subscription.objects.get().auto_renew is False
    assert reasons("subscription.renewal_off") == ["conversation 4711"]
    press(billing, address)
    assert reasons("subscription.renewal_off") == ["conversation 4711"]


def test_nothing_failed_so_nothing_is_tried_again(billing: Client, bank: Bank, ada: Person) -> None:
    subscription = sales.buy(ada)
    answer = press(billing, f"/desk/subscriptions/{subscription.pk}/retry/")
    assert answer.status_code == 422
    assert not AuditEntry.objects.filter(action="subscription.retried").exists()


def declared(ada: Person, kind: DeclarationKind) -> Declaration:
    order = Subscription.objects.get(person=ada).orders.get()
    return Declaration.objects.create(
        kind=kind, name="Ada", email=ada.email, contract=order.reference, order=order, token_hash=uuid4().bytes,
        declared_at=order.placed_at,
    )  # fmt: skip


def test_a_declaration_is_carried_out(billing: Client, bank: Bank, ada: Person) -> None:
    sales.buy(ada)
    declaration = declared(ada, DeclarationKind.CANCELLATION)
    assert "Ada" in billing.get("/desk/declarations/").content.decode()
    press(billing, f"/desk/declarations/{declaration.pk}/carry-out/")
    declaration.refresh_from_db()
    assert declaration.done_at
    assert Subscription.objects.get().auto_renew is False
    assert "No declaration waits" in billing.get("/desk/declarations/").content.decode()


def test_a_withdrawal_from_a_trial_is_carried_out(billing: Client, bank: Bank, ada: Person) -> None:
    subscription = sales.try_out(ada, sales.for_sale(trial_days=7))
    declaration = declared(ada, DeclarationKind.WITHDRAWAL)
    for _ in range(2):
        press(billing, f"/desk/declarations/{declaration.pk}/carry-out/")
    declaration.refresh_from_db()
    subscription.refresh_from_db()
    assert declaration.done_at
    assert (subscription.end_reason, subscription.next_action_at) == ("withdrawn", None)
    assert sales.license_of(subscription).refunded_at


def test_a_declaration_is_dismissed(billing: Client, bank: Bank, ada: Person) -> None:
    sales.buy(ada)
    declaration = declared(ada, DeclarationKind.WITHDRAWAL)
    press(billing, f"/desk/declarations/{declaration.pk}/dismiss/")
    declaration.refresh_from_db()
    assert declaration.dismissed_at
    assert not Refund.objects.exists()
    assert reasons("declaration.dismissed") == ["conversation 4711"]


def test_pages_that_only_ask_change_nothing(billing: Client, bank: Bank, ada: Person) -> None:
    payment, invoice = money.paid(ada), money.demand(ada)
    subscription = bills.subscription(ada)
    for address in (
        f"/desk/payments/{payment.pk}/refund/",
        f"/desk/customers/{ada.pk}/credit/",
        f"/desk/invoices/{invoice.pk}/write-off/",
        f"/desk/subscriptions/{subscription.pk}/renewal-off/",
    ):
        assert billing.get(address).status_code == 200
    invoice.refresh_from_db()
    assert (Refund.objects.count(), Credit.objects.count(), invoice.void_at) == (0, 0, None)


def test_a_refund_from_a_conversation_leads_back_there_and_is_told(billing: Client, bank: Bank, ada: Person) -> None:
    payment, matter, others = money.paid(ada), desk.conversation(ada), desk.conversation("bob@mail.example")
    address = f"/desk/payments/{payment.pk}/refund/?conversation={matter.pk}"
    assert address in billing.get(f"/desk/inbox/{matter.pk}/customer/").content.decode()
    answer = press(billing, address, amount="10,00")
    assert answer.redirect_chain[-1][0].startswith(f"/desk/inbox/{matter.pk}/")
    assert [each.data["what"] for each in matter.messages.filter(kind="event")] == ["refunded"]
    assert "refunded €10.00 · reason: conversation 4711" in billing.get(f"/desk/inbox/{matter.pk}/").content.decode()
    press(billing, f"/desk/payments/{payment.pk}/refund/?conversation={others.pk}", amount="5")
    assert not others.messages.filter(kind="event").exists()
