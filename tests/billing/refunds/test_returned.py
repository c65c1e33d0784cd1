"""A refund that the customer's bank sends back after it had gone through: nobody loses it from sight."""

from importlib import import_module

import pytest
from django.db import connection

from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.billing import credits as credit
from frontdesk.billing import disputes, inbox, ledger, processing, reconciling, reports, waiting
from frontdesk.billing.errors import OwedOtherwise, OwnAccount, RefundNotPossible
from frontdesk.billing.models import Account, Dispute, Payment, Refund
from frontdesk.billing.providers.protocol import ObjectKind, Outcome
from frontdesk.billing.refunds import asking, returned
from frontdesk.core import clock
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import PermissionMissing, ReasonMissing
from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.people import customer, signed_in, staff_browser
from tests.support import money
from tests.support.bank import Bank
from tests.support.races import all_behind, at_once

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "was sent back by the bank, and waits for a person"


@pytest.fixture
def refund(bank: Bank, ada: Person) -> Refund:
    """The whole price of a licence, paid back and then sent back by the bank."""
    payment = money.paid(ada)
    made = asking.refund(
        actor=Actor.customer(ada.pk),
        payment=payment,
        amount_minor=3995,
        cause=Refund.Cause.CUSTOMER,
        takes_back=True,
        key="once",
    )
    assert made.status == Refund.Status.SUCCEEDED
    comes_back(bank, made)
    return made


def comes_back(bank: Bank, made: Refund) -> None:
    """The bank sends it back, as two webhooks tell."""
    bank.send_back(made.ref)
    for _ in range(2):
        post = bank.webhook(bank.event(made.ref))
        inbox.receive(provider="bank", headers=post.headers, raw=post.raw)
        processing.process_due()
    made.refresh_from_db()


def balance(account: Account) -> int:
    return ledger.balances().get((account, "EUR"), 0)


def agent(role: Role = Role.BILLING_AGENT, email: str = "agent@halcyon.example") -> Actor:
    person = customer(email, "Sam")
    make_staff(actor=Actor.system(), person=person, role=role)
    return Actor(ActorKind.STAFF, person.pk, reason="by bank transfer")


def good(refund: Refund, *, by: Actor | None = None, as_credit: bool) -> bool:
    """Made good as somebody agreed to who saw it as it is here; whether that was written down."""
    agreed = refund.ours_minor
    return returned.make_good(actor=by or agent(), refund=refund, agreed_minor=agreed, as_credit=as_credit)


def test_it_is_noted_told_booked_and_reported_once(refund: Refund, ada: Person, bank: Bank) -> None:
    assert refund.is_owed
    assert AuditEntry.objects.filter(action="refund.came_back", person=ada.pk).count() == 1
    assert Message.objects.filter(template="billing/refund_failed", person=ada).count() == 1
    assert (balance(Account.CASH), balance(Account.RECEIVABLE)) == (3995, -3995), "we have it, and owe it"
    assert [(each.where, each.what) for each in money.differences()] == [("rows", WAITS)]
    report = reconciling.reconcile(since=clock.real_now())
    assert WAITS in [each.what for each in report.differences]
    assert waiting.count().open_refunds == 1
    assert License.objects.get().refunded_at is not None
    assert asking.refundable(Payment.objects.get()).minor == 0, "it is owed already"
    money.assert_balanced()


def test_the_customer_reads_that_it_came_back(refund: Refund, ada: Person) -> None:
    page = signed_in(ada).get(f"/billing/payments/{refund.payment_id}/").content.decode()
    assert "Sent back by your bank; we find another way" in page


def test_sent_in_another_way_it_is_closed(refund: Refund, ada: Person) -> None:
    sam = agent()
    at_once(*[lambda: good(refund, by=sam, as_credit=False)] * 3)
    assert money.differences() == []
    assert (balance(Account.CASH), balance(Account.RECEIVABLE)) == (0, 0)
    assert Message.objects.filter(template="billing/refund_made_good").count() == 1
    assert AuditEntry.objects.filter(action="refund.made_good").count() == 1
    assert waiting.count().open_refunds == 0
    page = signed_in(ada).get(f"/billing/payments/{refund.payment_id}/").content.decode()
    assert "Sent to you in another way" in page


def test_what_a_bank_gave_before_that_was_asked_is_not_given_again(refund: Refund, ada: Person) -> None:
    """As of a dispute that was lost when nobody took it off what is owed yet."""
    Dispute.objects.create(
        payment=refund.payment, ref="d-old", amount_minor=refund.payment.amount_minor, currency="EUR",
        opened_at=clock.now(), status=Dispute.Status.LOST, closed_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(OwedOtherwise):
        good(refund, as_credit=True)
    refund.refresh_from_db()
    assert refund.by_bank_minor == refund.amount_minor, "which is known now, so that the page says so"
    assert credit.balance(ada, "EUR") == 0
    assert not Message.objects.filter(template="billing/credit_given").exists()


def test_as_credit_it_is_theirs_at_once(refund: Refund, ada: Person) -> None:
    for number in range(2):
        good(refund, by=agent(email=f"{number}@halcyon.example"), as_credit=True)
    assert credit.balance(ada, "EUR") == 3995
    assert (balance(Account.CREDIT), balance(Account.RECEIVABLE)) == (-3995, 0)
    assert money.differences() == []
    assert Message.objects.filter(template="billing/credit_given").count() == 1


def test_of_two_ways_at_once_one_is_written_down(refund: Refund, ada: Person) -> None:
    sam, kim = agent(email="sam@halcyon.example"), agent(email="kim@halcyon.example")
    outcomes = all_behind(
        lambda: Refund.objects.select_for_update().get(),
        lambda: good(refund, by=sam, as_credit=True),
        lambda: good(refund, by=kim, as_credit=False),
    )
    assert outcomes in ([True, False], [False, True])
    was_credit = outcomes[0] is True
    refund.refresh_from_db()
    assert credit.replaces(refund) is was_credit
    assert credit.balance(ada, "EUR") == (3995 if was_credit else 0)
    assert Message.objects.filter(template="billing/refund_made_good").exists() is not was_credit
    assert money.differences() == []


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("credit", "otherwise", "It was made good already: as credit, on 1 November 2026."),
        ("otherwise", "credit", "It was made good already: in another way, on 1 November 2026."),
        ("credit", "credit", "It was made good already: as credit, on 1 November 2026."),
    ],
)
def test_who_comes_second_reads_that_it_was_made_good_and_how(
    time: Time, refund: Refund, ada: Person, first: str, second: str, said: str
) -> None:
    address = f"/desk/refunds/{refund.pk}/make-good/"
    sam, kim = (staff_browser(Role.BILLING_AGENT, f"{name}@halcyon.example") for name in ("sam", "kim"))
    forms = [each.get(address).context["form"] for each in (sam, kim)]
    once, again = (
        browser.post(
            address,
            {"once": form["once"].value(), "agreed": form["agreed"].value(), "way": way, "reason": "by telephone"},
            follow=True,
        ).content.decode()
        for browser, form, way in zip((sam, kim), forms, (first, second), strict=True)
    )
    assert "The refund is made good." in once
    assert "The refund is made good." not in again
    assert f"{said} Nothing was written down now." in again
    assert f"Made good {'as credit' if first == 'credit' else 'in another way'}: €39.95" in again
    assert AuditEntry.objects.filter(action="refund.made_good").count() == 1
    assert credit.balance(ada, "EUR") == (3995 if first == "credit" else 0)
    assert f"Nothing of this refund is owed. {said}" in kim.get(address, follow=True).content.decode()


def test_only_what_came_back_and_only_by_an_agent_with_a_reason(refund: Refund, bank: Bank, ada: Person) -> None:
    for actor, refusal in (
        (Actor.customer(ada.pk), PermissionMissing),
        (agent(Role.AGENT, "other@halcyon.example"), PermissionMissing),
        (Actor(ActorKind.STAFF, agent(email="third@halcyon.example").person), ReasonMissing),
    ):
        with pytest.raises(refusal):
            good(refund, by=actor, as_credit=False)
    make_staff(actor=Actor.system(), person=ada, role=Role.MANAGER)
    with pytest.raises(OwnAccount):
        good(refund, by=Actor(ActorKind.STAFF, ada.pk, reason="mine"), as_credit=True)
    Refund.objects.update(came_back_at=None)
    with pytest.raises(RefundNotPossible):
        good(refund, by=agent(email="fourth@halcyon.example"), as_credit=False)


def test_the_desk_lists_it_until_it_is_made_good(refund: Refund) -> None:
    desk = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example")
    listed = desk.get("/desk/failed-payments/").content.decode()
    assert "Refunds that a bank sent back" in listed
    assert f"/desk/refunds/{refund.pk}/make-good/" in listed
    assert "The bank sent €39.95 back" in desk.get(f"/desk/payments/{refund.payment_id}/").content.decode()
    assert "Sent back by the bank" in desk.get(f"/desk/customers/{refund.person_id}/").content.decode()
    address = f"/desk/refunds/{refund.pk}/make-good/"
    once = desk.get(address).context["form"]["once"].value()
    data = {"once": once, "reason": "IBAN by mail", "agreed": "3995"}
    assert desk.post(address, data).status_code == 422, "how is not said"
    answer = desk.post(address, data | {"way": "otherwise"}, follow=True)
    assert "Made good in another way: €39.95" in answer.content.decode()
    assert "Refunds that a bank sent back" not in desk.get("/desk/failed-payments/").content.decode()


def test_only_the_amount_that_the_page_said_is_made_good(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada, 10_000)
    made = refunded(payment, 9000)
    comes_back(bank, made)
    desk, address = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example"), f"/desk/refunds/{made.pk}/make-good/"
    seen = desk.get(address).context["form"]
    data = {"once": seen["once"].value(), "agreed": seen["agreed"].value(), "way": "credit", "reason": "by telephone"}
    decided(bank, payment, 2000)
    answer = desk.post(address, data, follow=True)
    assert "What is owed has changed since you saw it" in answer.content.decode()
    assert "€80.00 are to be made good" in answer.content.decode()
    assert credit.balance(ada, "EUR") == 0
    assert "The refund is made good" in desk.post(
        address, data | {"agreed": answer.context["form"]["agreed"].value()}, follow=True
    ).content.decode()  # fmt: skip
    assert credit.balance(ada, "EUR") == 8000
    assert "Nothing of this refund is owed" in desk.get(address, follow=True).content.decode()


def test_a_refund_that_never_went_through_did_not_come_back(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    made = asking.refund(
        actor=Actor.system("a test"), payment=payment, amount_minor=1000, cause=Refund.Cause.STAFF, takes_back=False,
        key="k",
    )  # fmt: skip
    Refund.objects.update(status=Refund.Status.FAILED)
    snapshot = bank.send_back(made.ref)
    assert (snapshot.kind, snapshot.outcome) == (ObjectKind.REFUND, Outcome.FAILED)
    processing.apply(provider="bank", kind=ObjectKind.REFUND, ref=made.ref)
    assert Refund.objects.get().came_back_at is None


@pytest.mark.parametrize("won", [True, False])
def test_what_the_bank_takes_with_a_dispute_is_not_paid_twice(bank: Bank, ada: Person, won: bool) -> None:
    payment = money.paid(ada)
    made = asking.refund(
        actor=agent(), payment=payment, amount_minor=1000, cause=Refund.Cause.STAFF, takes_back=False, key="a part",
        reason="for the wait",
    )  # fmt: skip
    comes_back(bank, made)
    assert made.is_owed
    ref = bank.open_dispute(payment.ref)
    disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)
    with pytest.raises(RefundNotPossible):
        good(made, by=agent(email="b@halcyon.example"), as_credit=True)
    desk = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example")
    assert f"/desk/refunds/{made.pk}/make-good/" in desk.get(f"/desk/payments/{payment.pk}/").content.decode()
    assert "bank is deciding" in desk.get(f"/desk/refunds/{made.pk}/make-good/").content.decode()
    bank.close_dispute(ref, won=won)
    disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)
    made.refresh_from_db()
    assert made.is_owed == won
    assert balance(Account.LOSS) == (0 if won else 2995)
    assert not AuditEntry.objects.filter(action="dispute.double_loss").exists()
    good(made, by=agent(email="c@halcyon.example"), as_credit=True)
    assert balance(Account.CREDIT) == (-1000 if won else 0)
    assert balance(Account.RECEIVABLE) == 0
    assert not money.differences()
    money.assert_balanced()


def decided(bank: Bank, payment: Payment, minor: int) -> None:
    """The customer's bank takes that much by a dispute."""
    ref = bank.open_dispute(payment.ref, amount_minor=minor)
    bank.close_dispute(ref, won=False)
    disputes.settle(provider="bank", snapshot=bank.records[ref].snapshot)


def refunded(payment: Payment, minor: int, key: str = "a part") -> Refund:
    return asking.refund(
        actor=Actor.system("a test"), payment=payment, amount_minor=minor, cause=Refund.Cause.STAFF, takes_back=False,
        key=key,
    )  # fmt: skip


def test_what_comes_back_after_its_dispute_was_lost_is_owed_to_nobody(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    made = refunded(payment, 3995)
    decided(bank, payment, 3995)
    comes_back(bank, made)
    assert not made.is_owed
    assert (made.by_bank_minor, made.ours_minor) == (3995, 0)
    assert not Message.objects.filter(template="billing/refund_failed").exists()
    assert (balance(Account.CASH), balance(Account.RECEIVABLE), balance(Account.LOSS)) == (0, 0, 0)
    assert waiting.count().open_refunds == 0
    assert not money.differences()
    page = signed_in(ada).get(f"/billing/payments/{payment.pk}/").content.decode()
    assert "Given to you by your bank" in page
    assert "Sent to you in another way" not in page
    story = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example").get(f"/desk/payments/{payment.pk}/")
    assert "The bank has given the customer €39.95 of the refund" in story.content.decode()
    assert "Made good in another way" not in story.content.decode()


@pytest.mark.parametrize("comes_first", [True, False])
@pytest.mark.parametrize("as_credit", [True, False])
def test_a_part_that_the_bank_took_leaves_the_rest_owed(
    bank: Bank, ada: Person, comes_first: bool, as_credit: bool
) -> None:
    payment = money.paid(ada, 10_000)
    made = refunded(payment, 9000)
    if comes_first:
        comes_back(bank, made)
        decided(bank, payment, 2000)
        made.refresh_from_db()
    else:
        decided(bank, payment, 2000)
        comes_back(bank, made)
    assert made.is_owed
    assert (made.by_bank_minor, made.ours_minor) == (1000, 8000)
    assert (balance(Account.RECEIVABLE), balance(Account.LOSS)) == (-8000, 1000)
    desk = staff_browser(Role.BILLING_AGENT, "billing@halcyon.example")
    for address in (f"/desk/payments/{payment.pk}/", f"/desk/refunds/{made.pk}/make-good/", "/desk/failed-payments/"):
        assert "€80.00" in desk.get(address).content.decode()
    assert "The other €80.00 are still yours" in signed_in(ada).get(f"/billing/payments/{payment.pk}/").content.decode()
    assert [each.what for each in money.differences()] == [WAITS]
    good(made, as_credit=as_credit)
    assert balance(Account.RECEIVABLE) == 0
    assert balance(Account.CREDIT if as_credit else Account.CASH) == (-8000 if as_credit else 0)
    assert credit.balance(ada, "EUR") == (8000 if as_credit else 0)
    assert not money.differences()
    money.assert_balanced()


def test_two_disputes_take_their_parts_one_after_the_other(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada, 10_000)
    made = refunded(payment, 9000)
    comes_back(bank, made)
    for minor, left in ((3000, 7000), (4000, 3000)):
        decided(bank, payment, minor)
        made.refresh_from_db()
        assert made.ours_minor == left
    assert AuditEntry.objects.filter(action="refund.taken_by_bank").count() == 2
    assert [each.what for each in money.differences()] == [WAITS]


def test_what_the_bank_took_is_not_counted_as_refunded_too(bank: Bank, ada: Person) -> None:
    payment = money.paid(ada)
    made = refunded(payment, 1000)
    comes_back(bank, made)
    decided(bank, payment, 3995)
    assert asking.refundable(payment).minor == 0
    month = reports.months(clock.now(), 1)
    assert reports.refunds(month) == []
    assert [each.lost_minor for each in reports.disputes(month)] == [3995]


def test_what_was_booked_as_the_banks_before_is_known_from_the_books(bank: Bank, ada: Person) -> None:
    made = refunded(money.paid(ada), 1000)
    comes_back(bank, made)
    ledger.book(
        booking=f"refund:{made.pk}:good", currency="EUR", invoice=made.payment.invoice,
        entries={Account.RECEIVABLE: 1000, Account.LOSS: -1000},
    )  # fmt: skip
    Refund.objects.update(made_good_at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute(import_module("frontdesk.billing.migrations.0009_taken_by_bank").FROM_THE_BOOKS)
    made.refresh_from_db()
    assert (made.by_bank_minor, made.by_bank_at) == (1000, made.made_good_at)
    assert not money.differences()


def test_what_is_counted_beside_may_have_signs_of_its_own_or_be_nothing() -> None:
    for rows, number in ((Refund.objects.filter(key__contains="50%"), 0), (Refund.objects.none(), 0)):
        found, beside = waiting.count_beside(rows, Person.objects.filter(is_active=True))
        assert beside == [number, Person.objects.filter(is_active=True).count()]
        assert found.open_refunds == waiting.count().open_refunds
