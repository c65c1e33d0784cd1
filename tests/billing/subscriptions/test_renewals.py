"""A subscription over time: announced, reminded of, charged, on the right day, for the amount that was said."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from frontdesk.accounts.models import Message, Person
from frontdesk.billing import coupons, orders, quotes
from frontdesk.billing import credits as credit
from frontdesk.billing.models import ChargeNotice, Invoice, Payment, Step, Subscription
from frontdesk.billing.subscriptions import changing, sweeping
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage
from frontdesk.licensing import integrity, redemption, seats, terms
from frontdesk.licensing.models import TermKind
from tests.licensing.conftest import Time
from tests.support import money, sales, shop
from tests.support.bank import Bank, Declines
from tests.support.sales import for_sale

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a test")
DAY = timedelta(days=1)


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.get(pk=subscription.pk)


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def assert_in_step(subscription: Subscription) -> None:
    """The paid end and the licence's end are the same moment; licensing agrees with itself, and so do the books."""
    assert fresh(subscription).paid_until == sales.license_of(subscription).expires_at
    assert integrity.faults() == []
    money.assert_balanced()


def test_a_year_is_announced_reminded_of_and_charged_on_the_day(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    bought, end = time.now, subscription.paid_until
    sales.until(time, end - 28 * DAY)
    notice = ChargeNotice.objects.get()
    assert (notice.amount_minor, notice.charge_at, notice.accepted_at) == (3995, end, time.now)
    sales.until(time, end - timedelta(minutes=1))
    assert sales.letters(bought + DAY) == ["price_notice", "charge_reminder", "charge_reminder"]
    assert bank.taken() == 3995
    sales.until(time, end)
    assert bank.taken() == 2 * 3995
    renewal = Invoice.objects.get(subscription=subscription)
    assert (renewal.period_anchor, renewal.period_number, renewal.paid_at) == (bought, 2, end)
    assert fresh(subscription).paid_until == at(2028, 11, 1)
    assert_in_step(subscription)
    assert sales.letters(end)[-1] == "receipt"


def test_a_notice_of_the_next_term_is_no_word_of_a_moved_charge(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.until(time, subscription.paid_until + 365 * DAY - 27 * DAY)
    said = list(Message.objects.filter(template="billing/price_notice").values_list("text", flat=True))
    assert len(said) == 2
    assert [text for text in said if "has changed" in text] == []


def test_a_leap_day_comes_back(ada: Person, bank: Bank, time: Time) -> None:
    time.now = at(2024, 2, 29)
    subscription = sales.buy(ada)
    sales.until(time, at(2028, 3, 1))
    assert bank.taken() == 5 * 3995
    ends = [term.ends_at for term in sales.license_of(subscription).terms.order_by("ends_at")]
    assert ends == [at(2025, 2, 28), at(2026, 2, 28), at(2027, 2, 28), at(2028, 2, 29), at(2029, 2, 28)]
    assert_in_step(subscription)


def test_months_are_never_chained(ada: Person, bank: Bank, time: Time) -> None:
    time.now = at(2027, 1, 31)
    subscription = sales.buy(ada, for_sale(term_months=1))
    sales.until(time, at(2027, 6, 1))
    paid = Payment.objects.order_by("settled_at").values_list("settled_at", flat=True)
    assert list(paid) == [at(2027, 1, 31), at(2027, 2, 28), at(2027, 3, 31), at(2027, 4, 30), at(2027, 5, 31)]
    assert_in_step(subscription)


def test_a_sweep_that_comes_late_leaves_no_gap_and_moves_no_date(ada: Person, bank: Bank, time: Time) -> None:
    time.now = at(2027, 1, 31)
    subscription = sales.buy(ada, for_sale(term_months=1))
    sales.until(time, at(2027, 2, 28) - timedelta(minutes=1))
    time.by(hours=5)
    assert sweeping.sweep() == 1
    assert fresh(subscription).paid_until == at(2027, 3, 31)
    assert_in_step(subscription)


def test_summer_time_and_a_move_abroad_change_no_charge(ada: Person, bank: Bank, time: Time) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    time.now = datetime(2027, 2, 28, 2, 30, tzinfo=berlin).astimezone(UTC)  # that time does not exist on 28 March
    ada.time_zone = "Europe/Berlin"
    ada.save()
    subscription = sales.buy(ada, for_sale(term_months=1))
    assert subscription.zone == "Europe/Berlin"
    end = subscription.paid_until
    assert end == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    sales.until(time, end - 6 * DAY)
    notice = ChargeNotice.objects.get()
    ada.time_zone = "Pacific/Auckland"
    ada.save()
    Subscription.objects.update(zone="Pacific/Auckland")
    sales.until(time, end)
    assert bank.taken() == 2 * 3995
    assert ChargeNotice.objects.get() == notice, "the moment that was said is the moment that counts"
    assert Payment.objects.order_by("-settled_at")[0].settled_at == end


def test_a_card_that_ends_before_the_charge_is_told_of_with_the_notice(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, card=money.card(ada, exp_year=2027, exp_month=10))
    sales.until(time, subscription.paid_until - 28 * DAY)
    assert sales.letters()[-2:] == ["price_notice", "card_expiring"]
    other = sales.buy(ada, card=money.card(ada, exp_year=2028, exp_month=10))
    sales.until(time, other.paid_until - 28 * DAY)
    assert sales.letters().count("card_expiring") == 1


def test_a_price_that_changes_after_the_notice_is_announced_anew(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    end = subscription.paid_until
    sales.until(time, end - 20 * DAY)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=for_sale(2000), added_devices=0)
    sales.until(time, end - 19 * DAY)
    assert [(each.amount_minor, each.charge_at) for each in ChargeNotice.objects.order_by("created_at")] == [
        (4000, end),
        (2000, end),
    ]
    sales.until(time, end)
    assert bank.taken() == 6000


def test_a_change_shortly_before_moves_the_charge_and_the_licence_goes_on(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000))
    end = subscription.paid_until
    sales.until(time, end - 3 * DAY)
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=for_sale(2000), added_devices=0)
    sales.after(time, minutes=1)
    moved = fresh(subscription).charge_at
    assert end + 12 * DAY <= moved <= end + 13 * DAY
    license = sales.license_of(subscription)
    assert license.tolerated_until == moved + 14 * DAY
    assert "price_notice" in sales.letters(end - 3 * DAY)
    sales.until(time, moved - timedelta(minutes=1))
    assert bank.taken() == 4000
    assert sales.license_of(subscription).is_usable_at(time.now)
    sales.until(time, moved)
    assert bank.taken() == 6000
    assert fresh(subscription).paid_until == at(2028, 11, 1), "the term follows the paid end, not the late charge"
    assert_in_step(subscription)


def test_credit_given_in_between_is_used_and_announced(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end - 27 * DAY)
    credit.give(actor=SYSTEM, person=ada, amount_minor=995, currency="EUR", key="sorry")
    sales.until(time, end + 20 * DAY)
    assert bank.taken() == 3995 + 3000
    assert ChargeNotice.objects.order_by("-created_at")[0].amount_minor == 3000
    assert_in_step(subscription)


def test_credit_given_early_enough_is_announced_and_moves_no_charge(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end - 20 * DAY)
    credit.give(actor=SYSTEM, person=ada, amount_minor=995, currency="EUR", key="sorry")
    sales.until(time, time.now)
    notice = ChargeNotice.objects.order_by("-created_at")[0]
    assert (notice.amount_minor, notice.charge_at) == (3000, end)
    sales.until(time, end)
    assert bank.taken() == 3995 + 3000
    assert_in_step(subscription)


def test_credit_brings_no_notice_early(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    before = fresh(subscription).next_action_at
    credit.give(actor=SYSTEM, person=ada, amount_minor=995, currency="EUR", key="sorry")
    sales.until(time, time.now)
    assert fresh(subscription).next_action_at == before
    assert not ChargeNotice.objects.exists()


def test_credit_that_covers_all_renews_without_a_charge(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    credit.give(actor=SYSTEM, person=ada, amount_minor=5000, currency="EUR", key="sorry")
    sales.until(time, end)
    assert (bank.taken(), credit.balance(ada, "EUR")) == (3995, 1005)
    assert Invoice.objects.get(subscription=subscription).credit_minor == 3995
    assert fresh(subscription).paid_periods == 2
    assert_in_step(subscription)


def test_a_coupon_for_one_payment_is_not_used_again(ada: Person, bank: Bank, time: Time) -> None:
    coupons.create(actor=SYSTEM, code="HALF", percent=50)
    subscription = sales.buy(ada, coupon_code="HALF")
    sales.until(time, subscription.paid_until)
    assert bank.taken() == 1997 + 3995


def test_a_mail_server_that_is_away_moves_the_charge(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.deliver()
    end = subscription.paid_until
    for days in range(29, -1, -1):  # mails are written, and none of them is taken
        time.now = end - days * DAY
        sweeping.sweep()
    row = fresh(subscription)
    assert bank.taken() == 3995
    assert row.charge_at > end
    assert sales.license_of(subscription).is_usable_at(time.now)
    waiting = OutboxMessage.objects.filter(topic="mail", delivered_at=None)
    assert waiting.count() <= 2, "notices of charges that will not come are withdrawn"
    sales.until(time, end + 40 * DAY)
    assert bank.taken() == 2 * 3995
    charged = Payment.objects.order_by("-settled_at")[0].settled_at
    assert charged is not None
    fitting = ChargeNotice.objects.get(charge_at=charged, amount_minor=3995)
    assert fitting.accepted_at is not None
    assert charged - fitting.accepted_at >= 15 * DAY
    assert_in_step(subscription)


def test_a_worker_that_was_away_for_weeks_charges_nobody_unannounced(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    sales.deliver()
    time.now = subscription.paid_until + 3 * DAY
    sales.after(time, minutes=1)
    assert bank.taken() == 3995
    assert sales.letters()[-1] == "price_notice"
    sales.after(time, days=16)
    assert bank.taken() == 2 * 3995
    assert_in_step(subscription)


def test_reminders_that_were_missed_are_one(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    sales.until(time, end - 10 * DAY)
    time.now = end - timedelta(hours=3)
    sales.after(time, minutes=1)
    assert sales.letters().count("charge_reminder") == 1
    sales.until(time, end)
    assert bank.taken() == 2 * 3995


def test_a_code_moves_the_next_charge(ada: Person, bank: Bank, time: Time) -> None:
    version = for_sale(code_days=100)
    subscription = sales.buy(ada, version)
    end = subscription.paid_until
    sales.until(time, end - 10 * DAY)
    code = shop.new_code(version)
    redemption.redeem(
        actor=Actor.customer(ada.pk),
        person=ada,
        code_text=code.text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )
    row = fresh(subscription)
    assert row.charge_at == row.paid_until == end + 100 * DAY == row.anchor
    assert (row.next_step, row.next_action_at) == (Step.NOTICE, end + 72 * DAY)
    sales.until(time, end + 99 * DAY)
    assert bank.taken() == 3995
    sales.until(time, end + 100 * DAY)
    assert bank.taken() == 2 * 3995
    assert_in_step(subscription)


def test_a_code_in_grace_stops_the_tries_to_charge(ada: Person, bank: Bank, time: Time) -> None:
    version = for_sale(code_days=100)
    subscription = sales.buy(ada, version)
    end = subscription.paid_until
    bank.next("charge", Declines("insufficient_funds"))
    sales.until(time, end + DAY)
    assert fresh(subscription).is_past_due
    redemption.redeem(
        actor=Actor.customer(ada.pk),
        person=ada,
        code_text=shop.new_code(version).text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )
    row = fresh(subscription)
    assert not row.is_past_due
    assert row.charge_at == end + 101 * DAY
    assert Invoice.objects.get(subscription=subscription).void_at == time.now
    sales.after(time, days=30)
    assert bank.taken() == 3995


def test_time_that_is_taken_back_moves_the_charge_forward(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    end = subscription.paid_until
    term = terms.grant(
        actor=SYSTEM,
        license=sales.license_of(subscription),
        kind=TermKind.ADJUSTMENT,
        plan_version=subscription.plan_version,
        grant_ref="a gift",
        days=50,
    )
    assert fresh(subscription).charge_at == end + 50 * DAY
    terms.revoke(actor=SYSTEM, term=term, reason="a mistake")
    assert fresh(subscription).charge_at == end
    sales.until(time, end)
    assert bank.taken() == 2 * 3995


def test_a_trial_becomes_a_paid_term(ada: Person, bank: Bank, time: Time) -> None:
    coupons.create(actor=SYSTEM, code="HALF", percent=50)
    started = time.now
    subscription = sales.try_out(ada, for_sale(trial_days=14), coupon_code="HALF")
    sales.until(time, started + 11 * DAY)
    assert sales.letters() == ["trial_started", "price_notice"]
    sales.until(time, started + 14 * DAY)
    assert bank.taken() == 1997
    row = fresh(subscription)
    assert (row.is_trial, row.paid_periods, row.coupon) == (False, 1, None)
    assert row.paid_until == started + 14 * DAY + 365 * DAY
    assert_in_step(subscription)


def test_a_trial_of_a_day_is_charged_no_sooner_than_it_was_announced(ada: Person, bank: Bank, time: Time) -> None:
    started = time.now
    subscription = sales.try_out(ada, for_sale(trial_days=1))
    sales.until(time, started + 2 * DAY)
    assert bank.taken() == 0
    assert sales.license_of(subscription).is_usable_at(time.now)
    sales.until(time, started + 3 * DAY)
    assert bank.taken() == 3995
    assert fresh(subscription).paid_until == started + DAY + 365 * DAY
    assert_in_step(subscription)


def test_a_code_on_a_trial_puts_the_first_charge_off(ada: Person, bank: Bank, time: Time) -> None:
    version = for_sale(trial_days=14, code_days=365)
    subscription = sales.try_out(ada, version)
    redemption.redeem(
        actor=Actor.customer(ada.pk),
        person=ada,
        code_text=shop.new_code(version).text,
        ip_prefix="192.0.2.0",
        license=sales.license_of(subscription),
    )
    row = fresh(subscription)
    assert not row.is_trial, "a year ahead it is announced like any other charge"
    assert row.next_action_at == row.charge_at - 28 * DAY
    sales.until(time, row.charge_at)
    assert bank.taken() == 3995


def test_a_trial_that_is_bought_early(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.try_out(ada, for_sale(trial_days=14))
    trial_end = subscription.paid_until
    quote = quotes.renewal(subscription=subscription, license_ends_at=trial_end)
    after = sales.of(sales.pay(sales.place(ada, quote, subscription=subscription)))
    assert (after.is_trial, after.paid_until) == (False, trial_end + 365 * DAY)
    sales.after(time, days=30)
    assert bank.taken() == 3995
    assert_in_step(subscription)


def test_a_downgrade_waits_for_the_end_and_keeps_the_chosen_devices(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada, for_sale(4000, device_limit=3), added_devices=0)
    license = sales.license_of(subscription)
    seated = [
        seats.take(actor=SYSTEM, device=shop.device(name), license=license.pk).activation for name in ("a", "b", "c")
    ]
    smaller = for_sale(500, device_limit=1, term_months=1)
    changing.plan_switch(
        actor=Actor.customer(ada.pk), subscription=subscription, version=smaller, added_devices=1, keep=seated[:2]
    )
    end = subscription.paid_until
    sales.until(time, end - DAY)
    assert sales.license_of(subscription).device_limit == 3
    sales.until(time, end)
    assert bank.taken() == 4000 + 1000
    license = sales.license_of(subscription)
    assert (license.device_limit, license.seats_used) == (2, 2)
    assert set(license.activations.filter(removed_at=None).values_list("pk", flat=True)) == set(seated[:2])
    row = fresh(subscription)
    assert (row.plan_version, row.added_devices, row.keep_devices) == (smaller, 1, [])
    assert row.paid_until == at(2027, 12, 1)
    sales.until(time, at(2028, 1, 2))
    assert fresh(subscription).paid_until == at(2028, 2, 1)
    assert_in_step(subscription)


def test_a_term_of_another_length_is_counted_as_licensing_counts_it(ada: Person, bank: Bank, time: Time) -> None:
    time.now = at(2026, 8, 31)
    subscription = sales.buy(ada, for_sale(4000, term_months=6))
    changing.plan_switch(actor=SYSTEM, subscription=subscription, version=for_sale(500, term_months=1), added_devices=0)
    sales.until(time, at(2027, 7, 1))
    assert_in_step(subscription)
    assert bank.taken() == 4000 + 5 * 500


def test_an_ended_subscription_comes_back_with_its_licence(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    changing.set_auto_renew(actor=Actor.customer(ada.pk), subscription=subscription, on=False)
    sales.until(time, subscription.paid_until + 60 * DAY)
    ended = fresh(subscription)
    assert not ended.is_live
    assert not sales.license_of(ended).is_usable_at(time.now)
    quote = quotes.renewal(subscription=ended, license_ends_at=sales.license_of(ended).expires_at)
    after = sales.of(sales.pay(sales.place(ada, quote, subscription=ended, auto_renew=False)))
    assert (after.is_live, after.auto_renew) == (True, False)
    assert sales.license_of(after).is_usable_at(time.now)
    assert after.paid_until == quote.ends_at
    assert_in_step(subscription)


def test_what_comes_back_goes_on_with_the_card_that_paid(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    bank.next("charge", Declines("expired_card"))
    sales.until(time, subscription.paid_until + 60 * DAY)
    ended, card = fresh(subscription), money.card(ada)
    assert not ended.is_live
    quote = quotes.renewal(subscription=ended, license_ends_at=sales.license_of(ended).expires_at)
    sales.pay(sales.place(ada, quote, subscription=ended), card)
    assert fresh(subscription).method == card


def test_a_card_that_works_is_kept_when_another_one_pays_early(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.renewal(subscription=subscription, license_ends_at=subscription.paid_until)
    sales.pay(sales.place(ada, quote, subscription=subscription), money.card(ada))
    assert fresh(subscription).method == subscription.method


def test_an_order_that_expired_changes_nothing(ada: Person, bank: Bank, time: Time) -> None:
    subscription = sales.buy(ada)
    quote = quotes.devices(subscription=subscription, more=1, license_ends_at=subscription.paid_until)
    sales.place(ada, quote, subscription=subscription)
    time.by(hours=2)
    assert orders.expire_open() == 1
    assert fresh(subscription).added_devices == 0
