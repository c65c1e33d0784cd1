"""Each mail of billing, in both languages: amount, day, link; nothing left unfilled."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import resolve
from django.utils import translation

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import declines, mails
from frontdesk.billing.mails import Left
from frontdesk.billing.models import (
    ChargeNotice,
    Credit,
    Declaration,
    Dispute,
    Invoice,
    Order,
    Payment,
    PaymentMethod,
    Refund,
    Subscription,
)
from tests.people import customer
from tests.support import bills, shop

pytestmark = pytest.mark.django_db

TEXTS = Path(mails.__file__).parent.parent / "templates/billing/mail"
# Late in the evening in UTC, and a day later in Berlin: mails must say the day that it is where the customer lives.
EVENING = datetime(2027, 3, 2, 23, 30, tzinfo=UTC)
DAY = {"en": "3 March 2027", "de": "3. März 2027"}
PAID = {"en": "€39.95", "de": "39,95 €"}
RENEWAL = {"en": "€44.95", "de": "44,95 €"}


@dataclass
class Case:
    """Rows of one customer, for all mails."""

    person: Person
    order: Order
    subscription: Subscription
    notice: ChargeNotice
    invoice: Invoice
    payment: Payment
    card: PaymentMethod
    refund: Refund
    dispute: Dispute
    credit: Credit
    withdrawal: Declaration
    cancellation: Declaration


@pytest.fixture(params=["en", "de"])
def case(request: pytest.FixtureRequest) -> Case:
    person = customer()
    person.language = request.param
    person.time_zone = "Europe/Berlin"
    person.save()
    version = shop.plan_version()
    order = bills.order(person, version)
    card = bills.card(person, exp_month=2, exp_year=2027)
    anchor = EVENING.replace(year=2026)
    subscription = bills.subscription(person, version, anchor=anchor, charge_at=EVENING, method=card)
    invoice = bills.invoice(order)
    payment = bills.payment(invoice, settled_at=EVENING)
    facts = {"amount_minor": 3995, "currency": "EUR"}
    declared = {"name": "Ada", "email": person.email, "contract": order.reference, "declared_at": EVENING}
    return Case(
        person=person,
        order=order,
        subscription=subscription,
        notice=bills.notice(subscription),
        invoice=invoice,
        payment=payment,
        card=card,
        refund=Refund.objects.create(
            payment=payment, person=person, cause="customer", key="r", requested_at=EVENING, takes_back=True, **facts
        ),
        dispute=Dispute.objects.create(payment=payment, ref="d", opened_at=EVENING, **facts),
        credit=Credit.objects.create(person=person, key="c", created_at=EVENING, **facts),
        withdrawal=Declaration.objects.create(kind="withdrawal", token_hash=b"1", order=order, **declared),
        cancellation=Declaration.objects.create(kind="cancellation", token_hash=b"2", order=order, **declared),
    )


def _off(subscription: Subscription) -> Subscription:
    subscription.auto_renew = False
    return subscription


def _won(dispute: Dispute) -> Dispute:
    dispute.status = Dispute.Status.WON
    return dispute


# What each mail must say, beside its link: P the amount paid, R that of the renewal, D the day, C the card.
MAILS: dict[str, tuple[Callable[[Case], Message | None], str, str]] = {
    "order_confirmed": (lambda c: mails.order_confirmed(c.order, c.subscription), "PRD", "/billing/"),
    "order_declined": (lambda c: mails.order_declined(c.payment, c.order), "PC", "/orders/"),
    "trial_started": (lambda c: mails.trial_started(c.order, c.subscription), "RD", "/billing/"),
    "receipt": (lambda c: mails.receipt(c.invoice, c.payment), "PC", "/billing/invoices/"),
    "price_notice": (lambda c: mails.price_notice(c.subscription, c.notice), "RDC", "/billing/subscriptions/"),
    "charge_reminder": (lambda c: mails.charge_reminder(c.subscription, c.notice), "RDC", "/billing/subscriptions/"),
    "ending_reminder": (lambda c: mails.ending_reminder(c.subscription), "D", "/billing/subscriptions/"),
    "ended": (lambda c: mails.ended(c.subscription), "", "/shop/"),
    "payment_failed": (
        lambda c: mails.payment_failed(c.subscription, c.payment, retry_at=EVENING),
        "PDC",
        "/billing/methods/",
    ),
    "last_warning": (lambda c: mails.last_warning(c.subscription, lapses_at=EVENING), "D", "/billing/methods/"),
    "confirmation_needed": (
        lambda c: mails.confirmation_needed(c.subscription, c.payment),
        "PC",
        "/billing/payments/",
    ),
    "card_expiring": (lambda c: mails.card_expiring(c.subscription, c.card), "DC", "/billing/methods/"),
    "auto_renew_on": (lambda c: mails.auto_renew_changed(c.subscription), "D", "/billing/subscriptions/"),
    "auto_renew_off": (lambda c: mails.auto_renew_changed(_off(c.subscription)), "D", "/billing/subscriptions/"),
    "switch_planned": (lambda c: mails.switch_planned(c.subscription), "D", "/billing/subscriptions/"),
    "switch_dropped": (lambda c: mails.switch_dropped(c.subscription), "", "/billing/subscriptions/"),
    "plan_switched": (lambda c: mails.plan_switched(c.subscription), "", "/billing/subscriptions/"),
    "refunded": (lambda c: mails.refunded(c.refund), "PC", "/billing/payments/"),
    "refund_asked": (lambda c: mails.refund_asked(c.refund), "PD", "/billing/payments/"),
    "refund_failed": (lambda c: mails.refund_failed(c.refund), "P", "/billing/payments/"),
    "refund_made_good": (lambda c: mails.refund_made_good(c.refund), "P", "/billing/payments/"),
    "credit_given": (lambda c: mails.credit_given(c.credit), "P", "/billing/"),
    "dispute_opened": (lambda c: mails.dispute_opened(c.dispute, rests=True), "PD", "/billing/payments/"),
    "dispute_lost": (lambda c: mails.dispute_closed(c.dispute, leaves=Left.NOTHING), "P", "/billing/payments/"),
    "dispute_won": (lambda c: mails.dispute_closed(_won(c.dispute), leaves=Left.WORKS), "P", "/billing/payments/"),
    "declaration_received": (lambda c: mails.declaration_received(c.withdrawal), "", ""),
    "declaration_link": (lambda c: mails.declaration_link(c.withdrawal, c.order, "tok"), "D", "[[secret]]"),
    "declaration_dismissed": (lambda c: mails.declaration_dismissed(c.withdrawal, "Sent twice"), "", "/contact/"),
    "declaration_done": (
        lambda c: mails.declaration_done(c.cancellation, c.order, c.subscription),
        "D",
        "/billing/",
    ),
    "charge_explained": (
        lambda c: mails.charge_explained(c.payment, refund_until=EVENING + timedelta(days=20)),
        "PD",
        "/billing/payments/",
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_says_amount_day_and_link(case: Case, name: str) -> None:
    write, says, link = MAILS[name]

    message = write(case)

    assert message is not None
    assert message.template == f"billing/{name}"
    language = case.person.language
    wanted = {"P": PAID[language], "R": RENEWAL[language], "D": DAY[language], "C": "•••• 4242"}
    for body in (message.text, _words(message.html)):
        flat = body.replace("\xa0", " ")
        assert [wanted[each] for each in says if wanted[each] not in flat] == []
        assert link in body
        assert not re.search(r"\bNone\b|\{\{|\{%|&amp;|&lt;", body), body
    assert message.subject.strip()
    assert "\n\n\n" not in message.text


def test_every_mail_is_tried_here() -> None:
    written = {path.name.removesuffix(".body.txt") for path in TEXTS.glob("*.body.txt")}
    assert written == set(MAILS) | {"change_confirmed"}
    assert all((TEXTS / f"{name}.subject.txt").exists() for name in written)


@pytest.mark.parametrize("name", [name for name, (_write, _says, link) in MAILS.items() if link.startswith("/")])
def test_its_link_leads_to_a_page(case: Case, name: str) -> None:
    message = MAILS[name][0](case)
    assert message is not None
    links = re.findall(rf"{re.escape(settings.FRONTDESK_URL)}(/[^\s]*)", message.text)
    assert links
    for link in links:
        assert resolve(link)


def test_a_first_term_that_cost_less_is_said_in_the_notice(case: Case) -> None:
    case.order.subscription = case.subscription
    case.order.save()
    message = mails.price_notice(case.subscription, case.notice)
    assert message is not None
    assert PAID[case.person.language] in message.text.replace("\xa0", " ")


def test_a_moved_notice_and_the_end_of_a_trial_say_so(case: Case) -> None:
    moved = mails.price_notice(case.subscription, case.notice, is_moved=True)
    case.subscription.is_trial = True
    trial = mails.price_notice(case.subscription, case.notice)
    plain = mails.charge_reminder(case.subscription, case.notice)
    assert moved is not None
    assert trial is not None
    assert plain is not None
    assert len({moved.text, trial.text, plain.text}) == 3
    if case.person.language == "en":
        assert "this mail replaces the one before" in moved.text
        assert "Your trial of" in trial.subject


@pytest.mark.parametrize("decline", list(declines.ALL))
def test_a_failed_payment_says_why_and_whether_we_try_again(case: Case, decline: str) -> None:
    case.payment.decline = decline
    soft = mails.payment_failed(case.subscription, case.payment, retry_at=EVENING)
    hard = mails.payment_failed(case.subscription, case.payment, retry_at=None, lapses_at=EVENING)
    assert soft is not None
    assert hard is not None
    with translation.override(case.person.language):
        why = str(declines.of(decline).text)
    assert why in soft.text
    assert why in hard.text
    day = DAY[case.person.language]
    assert soft.text.count(day) == 1
    assert hard.text.count(day) == 1
    if case.person.language == "en":
        assert f"We try again on {day}" in soft.text
        assert "We do not try this card again" in hard.text


@pytest.mark.parametrize("purpose", ["renewal", "upgrade", "devices"])
def test_a_change_is_confirmed_in_its_own_words(case: Case, purpose: str) -> None:
    case.order.purpose = purpose
    message = mails.order_confirmed(case.order, case.subscription)
    assert message is not None
    assert message.template == "billing/change_confirmed"
    if case.person.language == "en":
        said = {"renewal": "is renewed", "upgrade": "You now have", "devices": "You can now use"}
        assert [each for each in said.values() if each in message.text] == [said[purpose]]


def _words(html: str) -> str:
    return unescape(re.sub(r"<style.*?</style>", "", html))


def test_a_name_with_markup_stays_text(case: Case) -> None:
    case.withdrawal.name = "<b>Ada</b> & Co"
    message = mails.declaration_received(case.withdrawal)
    assert message is not None
    assert "&lt;b&gt;Ada&lt;/b&gt; &amp; Co" in message.html
    assert "<b>Ada</b> & Co" in message.text


def test_a_product_with_markup_stays_text_in_the_heading(case: Case) -> None:
    product = case.order.plan_version.plan.product
    product.name = "Shield <Pro> & more"
    message = mails.receipt(case.invoice, case.payment)
    assert message is not None
    assert "<Pro>" not in message.html
    assert "Shield <Pro> & more" in message.subject


def test_a_receipt_of_nothing_speaks_of_no_payment(case: Case) -> None:
    case.invoice.gross_minor = case.invoice.net_minor = case.invoice.tax_minor = 0
    message = mails.receipt(case.invoice)
    assert message is not None
    assert any(said in message.text for said in ("Nothing was to be paid", "war nichts zu bezahlen"))
    assert any(said in message.subject for said in ("Your invoice", "Ihre Rechnung"))


def test_nobody_is_written_to_after_erasure(case: Case) -> None:
    case.subscription.person = None
    assert mails.ended(case.subscription) is None
    assert not Message.objects.exists()


def test_the_kept_message_does_not_hold_the_link_of_a_declaration(case: Case) -> None:
    token = uuid4().hex
    message = mails.declaration_link(case.withdrawal, case.order, token)
    assert message is not None
    assert token not in message.text + message.html
    assert settings.FRONTDESK_URL not in message.text


def test_what_credit_paid_was_not_received(case: Case) -> None:
    case.invoice.credit_minor = case.invoice.gross_minor
    by_credit = mails.receipt(case.invoice)
    case.invoice.credit_minor = 995
    in_part = mails.receipt(case.invoice, case.payment)
    assert by_credit is not None
    assert in_part is not None
    if case.person.language == "en":
        assert "Your credit has paid €39.95" in by_credit.text
        assert by_credit.subject.startswith("Your invoice for")
        assert "We have received €30.00" in in_part.text


def test_a_trial_is_no_renewal_in_the_last_warning(case: Case) -> None:
    case.subscription.is_trial = True
    message = mails.last_warning(case.subscription, lapses_at=EVENING)
    assert message is not None
    assert DAY[case.person.language] in message.text
    if case.person.language == "en":
        assert "Your trial of" in message.text
        assert "The renewal" not in message.text
