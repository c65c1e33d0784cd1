"""What differs from the provider's amounts is looked at again from the desk, since nobody asks by itself any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import reconciling, waiting
from frontdesk.billing.errors import PaymentUnderWay
from frontdesk.billing.models import Payment, Refund
from frontdesk.billing.payments import paying, settling
from frontdesk.billing.payments.settling import Differs
from frontdesk.billing.providers.protocol import ObjectKind, Outcome, Snapshot
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds import settling as refund_settling
from frontdesk.console.words import difference_of
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.console.conftest import press
from tests.people import signed_in
from tests.support import money
from tests.support.bank import Bank, TookEffectSilently

pytestmark = pytest.mark.django_db(transaction=True)
STILL = "The provider still says another amount or object. Nothing was changed."


@pytest.fixture
def differing(bank: Bank, ada: Person) -> Payment:
    """A payment over another amount than the bank says."""
    started = _started(bank, ada)
    Payment.objects.update(ref=bank.ref_of(started.key))
    bank._change(bank.ref_of(started.key), amount_minor=4000)
    with pytest.raises(Differs):
        settling.refresh(payment=started.pk)
    started.refresh_from_db()
    assert (started.status, started.check_at) == (Payment.Status.UNKNOWN, None)
    return started


def _started(bank: Bank, ada: Person) -> Payment:
    bank.next("charge", TookEffectSilently())
    return paying.by_method(invoice=money.demand(ada), method=money.card(ada), on_session=True)


def test_a_payment_is_looked_at_again_until_it_agrees(billing: Client, differing: Payment, bank: Bank) -> None:
    listed = billing.get("/desk/failed-payments/").content.decode()
    assert "Another amount than the provider says" in listed
    assert "It is asked again by itself" not in listed
    address = f"/desk/payments/{differing.pk}/look-again/"
    assert address in listed
    assert STILL in press(billing, address).content.decode()
    differing.refresh_from_db()
    assert differing.status == Payment.Status.UNKNOWN
    bank._change(bank.ref_of(differing.key), amount_minor=3995)
    assert "It stands as: Paid." in press(billing, address).content.decode()
    differing.refresh_from_db()
    assert differing.status == Payment.Status.SUCCEEDED
    assert AuditEntry.objects.filter(action="payment.asked_again").count() == 2
    assert "Another amount" not in billing.get("/desk/failed-payments/").content.decode()


def test_so_is_a_refund(billing: Client, bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    bank.next("refund", TookEffectSilently())
    made = asking.refund(
        actor=Actor.system("a test"), payment=payment, amount_minor=1000, cause=Refund.Cause.STAFF, takes_back=False,
        key="k",
    )  # fmt: skip
    Refund.objects.update(ref=bank.ref_of(made.key))
    bank._change(bank.ref_of(made.key), amount_minor=900)
    with pytest.raises(Differs):
        refund_settling.refresh(refund=made.pk)
    assert waiting.count().open_refunds == 1
    address = f"/desk/refunds/{made.pk}/look-again/"
    assert address in billing.get("/desk/failed-payments/").content.decode()
    assert STILL in press(billing, address).content.decode()
    bank._change(bank.ref_of(made.key), amount_minor=1000)
    assert "It stands as: Paid back." in press(billing, address).content.decode()
    assert waiting.count().open_refunds == 0


def test_agents_who_see_no_money_do_not_look(agent: Client, differing: Payment) -> None:
    for deed in ("look-again", "give-up"):
        assert agent.get(f"/desk/payments/{differing.pk}/{deed}/").status_code == 403


def test_a_payment_that_came_too_late_hinders_no_page(billing: Client, bank: Bank, ada: Person) -> None:
    money.paid(ada)
    Payment.objects.update(status=Payment.Status.SURPLUS)
    assert billing.get(f"/desk/customers/{ada.pk}/").status_code == 200
    assert billing.get(f"/desk/payments/{Payment.objects.get().pk}/").status_code == 200


def test_a_payment_that_never_agrees_is_given_up_and_paid_anew(
    billing: Client, differing: Payment, bank: Bank, ada: Person
) -> None:
    order = f"/orders/{differing.invoice.order_id}/"
    browser = signed_in(ada)
    assert "We look into your payment" in browser.get(order).content.decode()
    assert browser.get(f"{order}back/")["Location"] == order
    assert browser.post(f"{order}cancel/").status_code == 409
    with pytest.raises(PaymentUnderWay):
        paying.by_page(invoice=differing.invoice, **money.URLS)
    address = f"/desk/payments/{differing.pk}/give-up/"
    for page in ("/desk/failed-payments/", f"/desk/payments/{differing.pk}/"):
        assert address in billing.get(page).content.decode()
    for _ in range(2):
        assert "The payment was given up." in press(billing, address).content.decode()
    differing.refresh_from_db()
    assert (differing.status, differing.decline) == (Payment.Status.FAILED, "set_aside")
    assert AuditEntry.objects.filter(action="payment.given_up").count() == 1
    assert Message.objects.filter(template="billing/order_declined", person=ada).count() == 1
    assert money.differences() == []
    assert waiting.count().unknown_payments == 0
    for page in (order, f"/billing/payments/{differing.pk}/"):
        told = browser.get(page).content.decode()
        assert "our team closed it" in told
        assert "it goes back to you" in told
        assert "Nothing was charged" not in told
        assert "was declined" not in told
    letter = Message.objects.get(template="billing/order_declined", person=ada).text
    assert "it goes back to you" in letter
    assert "Nothing was charged" not in letter
    assert paying.by_page(invoice=differing.invoice, **money.URLS).action_url


def test_money_in_our_amount_counts_although_it_was_given_up(billing: Client, differing: Payment, bank: Bank) -> None:
    press(billing, f"/desk/payments/{differing.pk}/give-up/")
    assert settling.refresh(payment=differing.pk).status == Payment.Status.FAILED
    bank._change(bank.ref_of(differing.key), amount_minor=3995)
    assert settling.refresh(payment=differing.pk).status == Payment.Status.SUCCEEDED


def _told_of(payment: Payment) -> list[str]:
    report = reconciling.reconcile(since=clock.real_now() - timedelta(hours=1))
    return [each.what for each in report.differences if str(payment.pk) in f"{each.subject} {each.what}"]


def test_what_was_given_up_is_not_told_again_until_the_bank_takes_more(
    billing: Client, differing: Payment, bank: Bank
) -> None:
    assert "EUR 40.00 instead of EUR 39.95" in " ".join(_told_of(differing))
    press(billing, f"/desk/payments/{differing.pk}/give-up/")
    assert _told_of(differing) == []
    bank._change(bank.ref_of(differing.key), amount_minor=4100)
    assert "EUR 41.00 instead of EUR 39.95" in " ".join(_told_of(differing))
    differing.refresh_from_db()
    assert (differing.status, differing.difference) == (Payment.Status.FAILED, "EUR 40.00 instead of EUR 39.95")


def test_it_is_given_up_over_what_the_page_said_only(
    billing: Client, differing: Payment, bank: Bank, ada: Person
) -> None:
    payment, address = f"/desk/payments/{differing.pk}/", f"/desk/payments/{differing.pk}/give-up/"
    for page in (payment, address):
        assert "The provider took €40.00 instead of €39.95." in billing.get(page).content.decode()
    seen = billing.get(address).context["form"]
    data = {"once": seen["once"].value(), "agreed": seen["agreed"].value(), "reason": "repaid by hand"}
    bank._change(bank.ref_of(differing.key), amount_minor=9000)
    assert STILL in press(billing, f"{payment}look-again/").content.decode()
    answer = billing.post(address, data, follow=True)
    assert answer.redirect_chain == [(address, 302)]
    page = answer.content.decode()
    assert "The provider says something else by now" in page
    assert "The provider took €90.00 instead of €39.95." in page
    differing.refresh_from_db()
    assert differing.status == Payment.Status.UNKNOWN
    assert "EUR 90.00 instead of EUR 39.95" in " ".join(_told_of(differing))
    data["agreed"] = answer.context["form"]["agreed"].value()
    assert "The payment was given up." in billing.post(address, data, follow=True).content.decode()
    assert _told_of(differing) == []
    entry = AuditEntry.objects.get(action="payment.given_up")
    assert entry.data["difference"] == "EUR 90.00 instead of EUR 39.95"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("EUR 40.00 instead of EUR 39.95", "Der Zahlungsdienst hat 40,00\xa0€ statt 39,95\xa0€ genommen."),
        ("another reference, with EUR 40.00", "Der Zahlungsdienst hat 40,00\xa0€ unter einer anderen Nummer genommen."),
        ("another reference", "Der Zahlungsdienst führt sie unter einer anderen Nummer und hat dort nichts genommen."),
        ("something that no word is there for", "something that no word is there for"),
        ("", ""),
    ],
)
def test_what_differs_is_said_in_the_readers_language(kept: str, said: str) -> None:
    with translation.override("de"):
        assert difference_of(Payment(difference=kept)) == said


def test_money_taken_for_what_was_given_up_before_it_was_is_told(billing: Client, bank: Bank, ada: Person) -> None:
    """It was given up over another object of the bank's, which had brought nothing then."""
    payment = _started(bank, ada)
    Payment.objects.update(ref=bank.ref_of(payment.key))
    other = Snapshot(ObjectKind.PAYMENT, "another", Outcome.UNKNOWN, 3995, "EUR")
    with pytest.raises(Differs):
        settling.settle(payment=payment.pk, snapshot=other)
    press(billing, f"/desk/payments/{payment.pk}/give-up/")
    assert settling.settle(payment=payment.pk, snapshot=other).status == Payment.Status.FAILED
    with pytest.raises(Differs, match=r"with EUR 39\.95"):
        settling.settle(payment=payment.pk, snapshot=replace(other, outcome=Outcome.SUCCEEDED))


def test_what_has_an_outcome_to_come_is_not_given_up(billing: Client, bank: Bank, ada: Person) -> None:
    started = _started(bank, ada)
    answer = press(billing, f"/desk/payments/{started.pk}/give-up/").content.decode()
    assert "A payment is already under way" in answer
    started.refresh_from_db()
    assert started.status in Payment.UNDER_WAY


def test_the_page_on_which_a_difference_comes_out_says_so(bank: Bank, ada: Person) -> None:
    started = _started(bank, ada)
    Payment.objects.update(ref=bank.ref_of(started.key))
    bank._change(bank.ref_of(started.key), amount_minor=4000)
    answer = signed_in(ada).get(f"/orders/{started.invoice.order_id}/")
    assert "We look into your payment" in answer.content.decode()
