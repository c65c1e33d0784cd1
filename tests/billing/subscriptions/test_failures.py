"""Charges that fail: tried again or not, told, ended with the grace; and what another card or a crash changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail

from frontdesk.accounts.models import Message, Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import outlooks, outside, quotes, writing_off
from frontdesk.billing.errors import NotPayable
from frontdesk.billing.invoices import writing
from frontdesk.billing.models import EndReason, Invoice, Payment, PaymentMethod, Step, Subscription
from frontdesk.billing.payments import paying, settling
from frontdesk.billing.payments import sweeping as payments_sweeping
from frontdesk.billing.subscriptions import changing, sweeping
from frontdesk.core.actors import Actor
from frontdesk.licensing import integrity
from tests.licensing.conftest import Time
from tests.people import signed_in, staff_browser
from tests.support import money, sales
from tests.support.bank import Bank, Declines, Down, Lost, NeedsAction, TookEffectSilently, TookEffectThenRaised
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)
Status = Payment.Status


class Killed(BaseException):
    """The process dies here."""


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def due(person: Person, time: Time) -> Subscription:
    """A subscription a minute before its renewal, announced and accepted."""
    subscription = sales.buy(person, for_sale())
    sales.until(time, subscription.paid_until - timedelta(minutes=1))
    return subscription


def charges(subscription: Subscription) -> list[Payment]:
    return list(Payment.objects.filter(invoice__subscription=subscription).order_by("attempt"))


def test_soft_declines_are_tried_three_times_more_and_then_it_ends(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", *[Declines("insufficient_funds")] * 4)
    sales.until(time, end + 20 * DAY)
    tries = [payment.started_at - end for payment in charges(subscription)]
    assert tries == [timedelta(), 2 * DAY, 7 * DAY, 13 * DAY], "whoever is told of the last one has a day left"
    row = fresh(subscription)
    assert (row.end_reason, row.ended_at, row.next_step, row.next_action_at) == (
        EndReason.UNPAID,
        end + 14 * DAY,
        Step.NONE,
        None,
    )
    assert Invoice.objects.get(subscription=subscription).void_at == end + 14 * DAY
    assert sales.letters(end) == ["payment_failed"] * 3 + ["last_warning", "payment_failed", "ended"]
    assert not sales.license_of(subscription).is_usable_at(end + 14 * DAY)
    assert (bank.taken(), integrity.faults()) == (3995, [])
    money.assert_balanced()


@pytest.mark.parametrize("grace", [0, 1, 2, 3, 7, 14, 30])
def test_no_mail_says_that_nothing_is_lost_when_it_ends(ada: Person, bank: Bank, time: Time, grace: int) -> None:
    subscription = sales.buy(ada, for_sale(grace_days=grace))
    end = subscription.paid_until
    sales.until(time, end - timedelta(minutes=1))
    bank.next("charge", *[Declines("insufficient_funds"), NeedsAction(), NeedsAction(), NeedsAction()])
    sales.until(time, end + (grace + 2) * DAY)
    assert fresh(subscription).end_reason == EndReason.UNPAID
    told = Message.objects.filter(person=ada, created_at__gte=end).order_by("created_at")
    *before, last = told.values_list("template", "created_at")
    assert last[0] == "billing/ended"
    asked = [at for template, at in before if template in {"billing/payment_failed", "billing/confirmation_needed"}]
    assert all(last[1] - at >= DAY for at in asked)
    assert asked or not grace


def test_a_renewal_that_waits_for_the_bank_says_so_and_leads_there(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", *[NeedsAction()] * 4)
    sales.after(time, hours=1)
    payment = charges(subscription)[-1]
    confirm = f"/billing/payments/{payment.pk}/"
    browser = signed_in(ada)
    for page in (
        "/home/",
        "/billing/",
        f"/billing/subscriptions/{subscription.pk}/",
        f"/licenses/{subscription.license}/",
    ):
        said = browser.get(page).content.decode()
        assert confirm in said, page
        assert "Nothing is charged until you confirm it." in said, page
        assert "could not charge" not in said, page
        assert "Renew now" not in said, page
    assert "Confirm" in browser.get(confirm).content.decode()
    agent = staff_browser(Role.MANAGER)
    assert "The bank wants the customer to confirm" in agent.get(f"/desk/customers/{ada.pk}/").content.decode()
    assert "The bank wants the customer to confirm" in agent.get("/desk/failed-payments/").content.decode()
    bank.confirm(payment.ref)
    settling.refresh(payment=payment.pk)
    assert fresh(subscription).paid_until > subscription.paid_until
    assert "Nothing is charged until" not in browser.get("/home/").content.decode()


def test_the_last_warning_leads_to_the_bank_where_that_is_what_helps(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", *[NeedsAction()] * 4)
    sales.after(time, days=13)
    (warned,) = [str(letter.body) for letter in mail.outbox if "the licence stops on" in str(letter.body)]
    assert any(f"/billing/payments/{payment.pk}/" in warned for payment in charges(subscription))
    assert "Your bank waits for you" in warned


def test_a_later_try_that_succeeds_renews_without_a_gap(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, end + 3 * DAY)
    row = fresh(subscription)
    assert (row.is_past_due, row.tries, row.paid_until) == (False, 0, end + 366 * DAY)
    assert sales.license_of(subscription).expires_at == row.paid_until
    assert bank.taken() == 2 * 3995


def test_a_hard_decline_waits_for_another_card_and_tries_that_at_once(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", Declines("expired_card"))
    sales.until(time, end + 5 * DAY)
    assert fresh(subscription).is_hard_failure
    assert len(charges(subscription)) == 1, "the card networks forbid to try it again"
    card = money.card(ada)
    changing.set_method(actor=Actor.customer(ada.pk), subscription=subscription, method=card)
    sales.after(time, minutes=1)
    assert bank.taken() == 2 * 3995
    assert charges(subscription)[-1].method == card
    assert fresh(subscription).paid_until == end + 366 * DAY


def test_a_new_default_card_is_tried_at_once_too(ada: Person, bank: Bank, time: Time) -> None:
    due(ada, time)
    bank.next("charge", Declines("expired_card"))
    sales.after(time, days=1)
    changing.use_for_all(actor=Actor.customer(ada.pk), method=money.card(ada))
    sales.after(time, minutes=1)
    assert bank.taken() == 2 * 3995


def test_another_card_that_is_declined_too_counts_as_a_try(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", *[Declines("insufficient_funds")] * 2)
    sales.until(time, end + DAY)
    changing.set_method(actor=Actor.customer(ada.pk), subscription=subscription, method=money.card(ada))
    sales.after(time, minutes=1)
    row = fresh(subscription)
    assert (row.tries, row.retry_at, row.next_action_at) == (2, None, end + 7 * DAY)
    sales.until(time, end + 8 * DAY)
    assert bank.taken() == 2 * 3995


def test_an_agent_tries_again_now(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", Declines("insufficient_funds"))
    sales.after(time, days=1)
    changing.retry_now(actor=Actor.staff(ada.pk, "called us"), subscription=subscription)
    sales.after(time, minutes=1)
    assert bank.taken() == 2 * 3995


def test_without_a_card_it_is_asked_for_and_ends(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    subscription.method = None
    subscription.save(update_fields=["method"])
    assert PaymentMethod.objects.filter(person=ada).update(detached_at=time.now) == 1
    sales.until(time, end + DAY)
    assert (sales.letters(end), len(charges(subscription))) == (["last_warning"], 0)
    sales.until(time, end + 14 * DAY)
    assert fresh(subscription).end_reason == EndReason.UNPAID


def test_a_card_that_was_removed_gives_way_to_the_default(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    PaymentMethod.objects.filter(person=ada).update(detached_at=time.now)
    card = money.card(ada, is_default=True)
    sales.until(time, subscription.paid_until)
    assert fresh(subscription).method == card
    assert bank.taken() == 2 * 3995


def test_a_charge_that_wants_the_customer_is_mailed_and_done_by_them(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", NeedsAction())
    sales.until(time, end + DAY)
    row = fresh(subscription)
    assert (row.tries, row.is_hard_failure, row.next_step) == (1, False, Step.RETRY)
    assert sales.letters(end) == ["confirmation_needed"]
    (payment,) = charges(subscription)
    assert payment.status == Status.REQUIRES_ACTION
    bank.confirm(payment.ref)
    settling.refresh(payment=payment.pk)
    row = fresh(subscription)
    assert (row.is_past_due, row.paid_until) == (False, end + 366 * DAY)
    assert bank.taken() == 2 * 3995


def test_one_that_the_customer_does_not_confirm_counts_once_and_makes_room(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", NeedsAction())
    sales.until(time, end + 3 * DAY)
    first, second = charges(subscription)
    assert first.status in {Status.FAILED, Status.CANCELED}
    assert (second.status, second.started_at) == (Status.SUCCEEDED, end + 2 * DAY)
    assert bank.taken() == 2 * 3995
    assert "payment_failed" not in sales.letters(end), "it was counted when the customer was asked"


def test_it_ends_while_a_confirmation_waits_and_that_is_closed(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", *[NeedsAction()] * 4)
    sales.until(time, end + 20 * DAY)
    assert fresh(subscription).end_reason == EndReason.UNPAID
    assert all(payment.status not in Payment.UNDER_WAY for payment in charges(subscription))
    assert bank.taken() == 3995


def test_a_provider_that_is_down_costs_nobody_a_term(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.down()
    sales.until(time, end + timedelta(hours=5))
    assert not fresh(subscription).is_past_due
    bank.down(False)
    sales.after(time, days=1)
    assert bank.taken() == 2 * 3995
    assert fresh(subscription).paid_until == end + 366 * DAY


@pytest.mark.parametrize("silence", [TookEffectSilently(), TookEffectThenRaised(), Lost(), Down()])
def test_an_answer_that_never_came_charges_once(silence: object, ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", silence)  # type: ignore[arg-type]  # a behaviour
    sales.until(time, end + 2 * DAY)
    assert bank.taken() == 2 * 3995
    row = fresh(subscription)
    assert (row.paid_until, row.is_past_due) == (end + 366 * DAY, False)
    assert len(charges(subscription)) == 1


@pytest.mark.parametrize("point", ["before charge", "after charge"])
def test_a_worker_killed_at_the_bank_charges_once(
    point: str, ada: Person, bank: Bank, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = due(ada, time)
    end = time.now = subscription.paid_until

    def dies(at: str) -> None:
        if at == point:
            monkeypatch.setattr(outside, "at_point", lambda _point: None)
            raise Killed

    monkeypatch.setattr(outside, "at_point", dies)
    with pytest.raises(Killed):
        sweeping.sweep()
    assert sweeping.sweep() == 0, "nobody else takes it while it may still be in other hands"
    sales.until(time, end + DAY)
    assert bank.taken() == 2 * 3995
    assert len(charges(subscription)) == 1
    assert fresh(subscription).paid_until == end + 366 * DAY


def test_the_customers_own_page_is_not_disturbed(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, end + DAY)
    invoice = Invoice.objects.get(subscription=subscription)
    page = paying.by_page(invoice=invoice, **money.URLS)
    time.now = end + 2 * DAY
    sweeping.sweep()
    assert len(charges(subscription)) == 2, "no charge while the customer is at the bank's page"
    bank.pay(page.ref)
    settling.refresh(payment=page.pk)
    assert fresh(subscription).paid_until == end + 366 * DAY
    sales.after(time, days=20)
    assert bank.taken() == 2 * 3995


def test_a_customers_declined_try_costs_none_of_the_planned_ones(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", Declines("insufficient_funds"), Declines("declined"))
    sales.until(time, end + DAY)
    before = fresh(subscription)
    paying.by_method(invoice=Invoice.objects.get(subscription=subscription), method=money.card(ada), on_session=True)
    after = fresh(subscription)
    assert (after.tries, after.next_action_at) == (before.tries, before.next_action_at)


def written_off(person: Person, time: Time, bank: Bank) -> Subscription:
    """A subscription whose renewal failed a day ago; its invoice was just written off."""
    subscription = due(person, time)
    bank.next("charge", Declines("insufficient_funds"))
    sales.after(time, days=1)
    agent = Actor.staff(person.pk, "goodwill")
    writing_off.write_off(actor=agent, invoice=Invoice.objects.get(subscription=subscription))
    return subscription


def test_what_is_written_off_keeps_its_grace_and_is_not_tried_again(ada: Person, bank: Bank, time: Time) -> None:
    subscription = written_off(ada, time, bank)
    end, since = subscription.paid_until, time.now
    sales.until(time, end + 13 * DAY)
    assert (fresh(subscription).is_past_due, len(charges(subscription))) == (True, 1)
    assert sales.license_of(subscription).is_usable_at(time.now)
    sales.until(time, end + 14 * DAY)
    row = fresh(subscription)
    assert (row.end_reason, row.ended_at, bank.taken()) == (EndReason.UNPAID, end + 14 * DAY, 3995)
    assert sales.letters(since) == ["last_warning", "ended"]
    warning, over = (each for each in mail.outbox[-2:])
    page = f"/billing/subscriptions/{subscription.pk}/"
    assert "no card is tried any more" in str(warning.body)
    assert page in str(warning.body)
    assert page in str(over.body)
    assert "/shop/" not in str(over.body)


def test_another_card_or_an_agent_does_not_end_what_was_written_off(ada: Person, bank: Bank, time: Time) -> None:
    subscription = written_off(ada, time, bank)
    planned = fresh(subscription).next_action_at
    with pytest.raises(NotPayable):
        changing.retry_now(actor=Actor.staff(ada.pk, "called us"), subscription=subscription)
    card = money.card(ada)
    changing.set_method(actor=Actor.customer(ada.pk), subscription=subscription, method=card)
    changing.use_for_all(actor=Actor.customer(ada.pk), method=card)
    sales.after(time, hours=1)
    row = fresh(subscription)
    assert (row.is_live, row.method, row.retry_at, row.next_action_at) == (True, card, None, planned)
    assert (len(charges(subscription)), bank.taken()) == (1, 3995)


def test_a_try_asked_for_before_it_was_written_off_does_not_end_it(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", Declines("insufficient_funds"))
    sales.after(time, days=1)
    changing.retry_now(actor=Actor.staff(ada.pk, "called us"), subscription=subscription)
    writing.void(actor=SYSTEM, invoice=Invoice.objects.get(subscription=subscription), reason="not at the desk")
    sales.after(time, hours=1)
    row = fresh(subscription)
    assert (row.is_live, row.next_step, len(charges(subscription))) == (True, Step.REMINDER, 1)


def test_what_was_written_off_is_renewed_by_its_customer(ada: Person, bank: Bank, time: Time) -> None:
    subscription = written_off(ada, time, bank)
    ends_at = sales.license_of(subscription).expires_at
    assert ends_at
    further = quotes.renewal(subscription=fresh(subscription), license_ends_at=ends_at)
    sales.pay(sales.place(ada, further, subscription=fresh(subscription)))
    sales.after(time, hours=1)
    row = fresh(subscription)
    assert (row.is_past_due, row.is_live, bank.taken()) == (False, True, 2 * 3995)
    assert sales.license_of(subscription).expires_at == row.paid_until > time.now + 364 * DAY


def test_switching_renewal_off_stops_the_tries(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, end + DAY)
    changing.set_auto_renew(actor=Actor.customer(ada.pk), subscription=subscription, on=False)
    sales.after(time, days=20)
    row = fresh(subscription)
    assert (row.end_reason, row.auto_renew, len(charges(subscription))) == (EndReason.NOT_RENEWED, False, 1)
    assert Invoice.objects.get(subscription=subscription).void_at is not None


def test_switching_off_while_the_bank_is_asked_takes_what_it_decided(ada: Person, bank: Bank, time: Time) -> None:
    """Money that arrived pays a term; nothing is charged after that, and renewal stays off."""
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", TookEffectSilently())
    time.now = end
    sweeping.sweep()
    changing.set_auto_renew(actor=Actor.customer(ada.pk), subscription=subscription, on=False)
    sales.after(time, days=40)
    row = fresh(subscription)
    assert (row.is_live, row.auto_renew, row.paid_until) == (True, False, end + 366 * DAY)
    sales.until(time, row.paid_until)
    assert fresh(subscription).end_reason == EndReason.NOT_RENEWED
    assert bank.taken() == 2 * 3995


def test_mails_about_failures_say_what_to_do(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, subscription.paid_until + DAY)
    said = [str(each.body) for each in mail.outbox if "did not hold enough" in str(each.body)]
    assert len(said) == 1
    assert "/billing/methods/" in said[0]


def test_a_page_that_the_customer_opened_is_no_question_of_their_bank(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", Declines("insufficient_funds"))
    sales.after(time, hours=1)
    quote = quotes.renewal(subscription=fresh(subscription), license_ends_at=subscription.paid_until)
    order = sales.place(ada, quote, subscription=fresh(subscription))
    page = paying.by_page(invoice=Invoice.objects.get(order=order), **money.URLS)
    assert page.status == Status.REQUIRES_ACTION
    assert outlooks.outlook_of(ada, subscription.pk).state == "past_due"
    assert "Nothing is charged until you confirm it." not in signed_in(ada).get("/home/").content.decode()


def test_a_renewal_waits_for_its_customer_until_the_next_try_and_leads_there(
    ada: Person, bank: Bank, time: Time
) -> None:
    subscription = due(ada, time)
    end = subscription.paid_until
    bank.next("charge", *[NeedsAction()] * 4)
    sales.until(time, end + timedelta(days=1, hours=20))
    (first,) = charges(subscription)
    assert first.status == Status.REQUIRES_ACTION, "it was said that there is time"
    sales.until(time, end + 3 * DAY)
    first, second = charges(subscription)
    assert (first.status in Payment.UNDER_WAY, second.status) == (False, Status.REQUIRES_ACTION)
    browser = signed_in(ada)
    old = browser.get(f"/billing/payments/{first.pk}/").content.decode()
    assert f"/billing/payments/{second.pk}/" in old
    sales.until(time, end + 14 * DAY - timedelta(hours=1))
    last = charges(subscription)[-1]
    assert last.status == Status.REQUIRES_ACTION
    bank.confirm(last.ref)
    settling.refresh(payment=last.pk)
    assert fresh(subscription).paid_until == end + 366 * DAY


def test_a_try_that_failed_leads_to_what_helps(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", Declines("expired_card"))
    sales.after(time, hours=1)
    (failed,) = charges(subscription)
    page = signed_in(ada).get(f"/billing/payments/{failed.pk}/").content.decode()
    assert "/billing/methods/" in page
    assert f"/billing/subscriptions/{subscription.pk}/" in page
    later = Payment.objects.get(pk=failed.pk)
    later.pk, later.key, later.ref, later.attempt, later.status = uuid4(), "later", "later", 2, Status.UNKNOWN
    later.save(force_insert=True)
    page = signed_in(ada).get(f"/billing/payments/{failed.pk}/").content.decode()
    assert "It is still to be paid" not in page, "a later try has perhaps paid it"


def test_what_its_customer_gave_away_does_not_wait_for_them(ada: Person, bank: Bank, time: Time) -> None:
    subscription = due(ada, time)
    bank.next("charge", NeedsAction())
    sales.after(time, hours=1)
    Subscription.objects.update(handed_over_at=time.now)
    time.by(hours=25)
    payments_sweeping.sweep()
    assert charges(subscription)[0].status not in Payment.UNDER_WAY
