"""The process dies before or after any call to the outside; afterwards everything ends as if it had not.

Each scenario is played once undisturbed and once with a death at one of its points; then sweeps run, the customer
presses the button again where there is one, and the two stories are compared: rows, books, papers, mails, licences.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import inbox, outside, processing
from frontdesk.billing.errors import NotPayable, RefundNotPossible
from frontdesk.billing.models import (
    Credit,
    Dispute,
    Invoice,
    LedgerEntry,
    Order,
    Payment,
    PaymentMethod,
    ProviderEvent,
    Refund,
)
from frontdesk.billing.payments import paying, settling, sweeping
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds import settling as refunds
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.licensing.models import License
from tests.licensing.conftest import Time
from tests.support import money
from tests.support.bank import Bank, Declines, NeedsAction, TookEffectSilently, TookEffectThenRaised

pytestmark = pytest.mark.django_db(transaction=True)


class Death(BaseException):
    """The process is gone: nothing catches this."""


class Reaper:
    """Notes the points that are passed, and dies at one of them."""

    def __init__(self, at: int = -1) -> None:
        self.at, self.passed = at, list[str]()

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if len(self.passed) - 1 == self.at:
            raise Death(point)


@dataclass(frozen=True)
class Scenario:
    """What somebody does. `again` is what people and the worker do after a death; `points` are all that it passes."""

    points: tuple[str, ...]
    play: Callable[[Bank, Person], None]
    again: Callable[[Bank, Person], None] = lambda _bank, _person: None
    told: tuple[str, ...] = ()  # mails to who never saw the answer, since it died


def _charge(bank: Bank, person: Person) -> None:
    paying.by_method(invoice=_invoice(person), method=_card(person), on_session=True)


def _charge_declined(bank: Bank, person: Person) -> None:
    bank.next("charge", Declines("expired_card"))
    _charge(bank, person)


def _charge_confirmed(bank: Bank, person: Person) -> None:
    bank.next("charge", NeedsAction())
    _charge(bank, person)
    _confirm(bank, person)


def _confirm(bank: Bank, person: Person) -> None:
    payment = Payment.objects.filter(person=person).exclude(ref="").first()
    if payment and payment.status == Payment.Status.REQUIRES_ACTION:
        bank.confirm(payment.ref)
        settling.refresh(payment=payment.pk)


def _unknown(bank: Bank, person: Person) -> None:
    bank.next("charge", TookEffectSilently())
    _charge(bank, person)


def _raised(bank: Bank, person: Person) -> None:
    bank.next("charge", TookEffectThenRaised())
    _charge(bank, person)


def _page(bank: Bank, person: Person) -> None:
    page = paying.by_page(invoice=_invoice(person), **money.URLS)
    if page.status == Payment.Status.REQUIRES_ACTION:
        bank.pay(page.ref)
    settling.refresh(payment=page.pk)


def _left(bank: Bank, person: Person) -> None:
    paying.cancel(payment=paying.by_page(invoice=_invoice(person), **money.URLS))


def _left_again(bank: Bank, person: Person) -> None:
    if not Payment.objects.filter(person=person, status=Payment.Status.CANCELED).exclude(ref="").exists():
        _left(bank, person)


def _refund(bank: Bank, person: Person) -> None:
    invoice = _invoice(person)
    if invoice.is_open:
        _charge(bank, person)
    payment = Payment.objects.get(person=person, status=Payment.Status.SUCCEEDED)
    asking.refund(
        actor=Actor.customer(person.pk),
        payment=payment,
        amount_minor=payment.amount_minor,
        cause=Refund.Cause.CUSTOMER,
        takes_back=True,
        key=f"click:{person.pk}",
    )


def _refund_unknown(bank: Bank, person: Person) -> None:
    bank.next("refund", TookEffectSilently())
    _refund(bank, person)


def _webhook(bank: Bank, person: Person) -> None:
    page = paying.by_page(invoice=_invoice(person), **money.URLS)
    if page.status == Payment.Status.REQUIRES_ACTION:
        bank.pay(page.ref)
    post = bank.webhook(bank.event(page.ref))
    inbox.receive(provider="bank", headers=post.headers, raw=post.raw)
    processing.process_due()


def _dispute(bank: Bank, person: Person) -> None:
    if _invoice(person).is_open:
        _charge(bank, person)
    payment = Payment.objects.get(person=person, status=Payment.Status.SUCCEEDED)
    found = [ref for ref, each in bank.records.items() if each.snapshot.payment_ref == payment.ref]
    ref = found[0] if found else bank.open_dispute(payment.ref)
    bank.close_dispute(ref, won=False)
    post = bank.webhook(bank.event(ref))
    inbox.receive(provider="bank", headers=post.headers, raw=post.raw)
    processing.process_due()


CHARGE, FETCH, REFUND = (
    tuple(f"{when} {what}" for when in ("before", "after")) for what in ("charge", "fetch", "refund")
)
PAGE, CLOSE = (tuple(f"{when} {what}" for when in ("before", "after")) for what in ("checkout", "close"))
SCENARIOS = {
    "charge": Scenario(CHARGE, _charge),
    "declined": Scenario(CHARGE, _charge_declined, told=("billing/order_declined",)),
    "confirmed": Scenario(CHARGE + FETCH, _charge_confirmed, _confirm),
    "unknown": Scenario(CHARGE + CHARGE, _unknown),
    "raised": Scenario(("before charge", *CHARGE), _raised),
    "page": Scenario(PAGE + FETCH, _page, _page),
    "left": Scenario(PAGE + CLOSE, _left, _left_again),
    "refund": Scenario(CHARGE + REFUND, _refund, _refund),
    "refund unknown": Scenario(CHARGE + REFUND + REFUND, _refund_unknown, _refund),
    "webhook": Scenario(PAGE + FETCH, _webhook, _webhook),
    "dispute": Scenario(CHARGE + FETCH, _dispute, _dispute),
}
EVERY = [(name, at) for name, each in SCENARIOS.items() for at in range(len(each.points))]


def _invoice(person: Person) -> Invoice:
    found = Invoice.objects.filter(person=person, kind="invoice").first()
    return found or money.demand(person)


def _card(person: Person) -> PaymentMethod:
    return PaymentMethod.objects.filter(person=person).first() or money.card(person)


def recover(time: Time) -> None:
    """The worker lives on: it sweeps again and again."""
    for _ in range(4):
        time.by(minutes=10)
        sweeping.sweep()
        refunds.sweep()
        for event in ProviderEvent.objects.filter(processed_at=None):
            processing.process(event.pk)


def story(person: Person) -> dict[str, Any]:
    """Everything that a person's money did, without what differs by nature (ids, moments, numbers)."""
    tries = Payment.objects.filter(person=person).order_by("attempt")
    # A try that died before anybody was sent to its page has moved nothing, and the next one takes its place.
    payments = [each for each in tries if each.ref or each.status != Payment.Status.CANCELED]
    entries = LedgerEntry.objects.filter(invoice__person=person).order_by("id")
    refunded = Refund.objects.filter(person=person)
    return {
        "orders": [bool(each.paid_at) for each in Order.objects.filter(person=person)],
        "invoices": sorted(
            (each.kind, bool(each.number), bool(each.paid_at), bool(each.void_at), each.gross_minor, each.tax_minor)
            for each in Invoice.objects.filter(person=person)
        ),
        "payments": [
            (each.status, each.decline, bool(each.ref), bool(each.settled_at), each.check_at) for each in payments
        ],
        "cards": PaymentMethod.objects.filter(person=person).count(),
        "refunds": [(each.status, each.amount_minor, bool(each.ref), bool(each.credit_note_id)) for each in refunded],
        "disputes": [each.status for each in Dispute.objects.filter(payment__person=person)],
        "books": sorted((each.booking.partition(":")[0], each.account, each.amount_minor) for each in entries),
        "credits": list(Credit.objects.filter(person=person).values_list("amount_minor", flat=True)),
        "mails": sorted(Message.objects.filter(person=person).values_list("template", flat=True)),
        "history": sorted(AuditEntry.objects.filter(person=person.pk).values_list("action", flat=True)),
        "licences": [
            (bool(each.refunded_at), bool(each.suspended_at)) for each in License.objects.filter(owner=person)
        ],
    }


def moved(bank: Bank) -> tuple[int, int]:
    return bank.taken(), bank.returned()


@pytest.mark.parametrize(
    ("name", "at"), EVERY, ids=[f"{name}: {SCENARIOS[name].points[at]} {at}" for name, at in EVERY]
)
def test_a_death_at_any_point_changes_nothing_in_the_end(
    bank: Bank, ada: Person, bob: Person, time: Time, name: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = SCENARIOS[name]
    undisturbed = Reaper()
    monkeypatch.setattr(outside, "at_point", undisturbed)
    scenario.play(bank, bob)
    recover(time)
    assert tuple(undisturbed.passed) == scenario.points, "a point has come or gone: say so in the scenario"
    once = moved(bank)

    monkeypatch.setattr(outside, "at_point", Reaper(at))
    died_in_worker = False
    try:
        scenario.play(bank, ada)
    except Death:
        pass
    else:  # the point lies in the sweep
        with pytest.raises(Death):
            recover(time)
        died_in_worker = True
    monkeypatch.setattr(outside, "at_point", Reaper())
    recover(time)
    if not died_in_worker:
        _press_again(scenario, bank, ada)
        recover(time)
    expected = story(bob)
    expected["mails"] = sorted([*expected["mails"], *scenario.told])
    assert story(ada) == expected
    assert moved(bank) == (2 * once[0], 2 * once[1])
    assert not money.differences()


def _press_again(scenario: Scenario, bank: Bank, person: Person) -> None:
    """The customer sees no answer and does it again; by then it may be done."""
    with suppress(NotPayable, RefundNotPossible):
        scenario.again(bank, person)
