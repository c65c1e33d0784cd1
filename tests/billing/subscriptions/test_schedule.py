"""The schedule as a pure function: what comes next, and that money never comes without a notice that fits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.accounts.models import Message
from frontdesk.billing.models import ChargeNotice, Step, Subscription
from frontdesk.billing.subscriptions import schedule
from frontdesk.billing.subscriptions.schedule import Next, next_step
from frontdesk.catalog.models import Plan, PlanVersion, Product

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PRODUCT = Product(slug="shield", name="Shield")
MONEY_STEPS = {Step.CHARGE}


def a_subscription(*, term_months: int = 12, grace_days: int = 14, **values: object) -> Subscription:
    version = PlanVersion(plan=Plan(product=PRODUCT), number=1, term_months=term_months, grace_days=grace_days)
    facts = {"plan_version": version, "currency": "EUR", "anchor": START, "paid_periods": 1} | values
    made = Subscription(**facts)
    if "charge_at" not in values:
        made.charge_at = made.paid_until
    return made


def a_notice(of: Subscription, *, created: datetime, accepted: datetime | None, **values: object) -> ChargeNotice:
    facts = {
        "period_anchor": of.anchor,
        "period_number": of.paid_periods + 1,
        "amount_minor": 3995,
        "currency": "EUR",
        "charge_at": of.charge_at,
        "created_at": created,
        "message": Message(sent_at=accepted),
    }
    return ChargeNotice(**(facts | values))


def test_the_notice_leads_by_the_term() -> None:
    for months, days in ((12, 28), (6, 28), (5, 7), (1, 7)):
        subscription = a_subscription(term_months=months)
        assert next_step(subscription, None, 3995) == Next(Step.NOTICE, subscription.charge_at - days * DAY)
    trial = a_subscription(is_trial=True, paid_periods=0)
    assert next_step(trial, None, 3995) == Next(Step.NOTICE, START - 3 * DAY)


def test_then_two_reminders_and_the_charge() -> None:
    subscription = a_subscription()
    sent = subscription.charge_at - 28 * DAY
    notice = a_notice(subscription, created=sent, accepted=sent)
    steps = []
    for reminded in range(3):
        notice.reminded = reminded
        steps.append(next_step(subscription, notice, 3995))
    end = subscription.charge_at
    assert steps == [Next(Step.REMINDER, end - 7 * DAY), Next(Step.REMINDER, end - DAY), Next(Step.CHARGE, end)]


def test_reminders_lie_after_the_notice() -> None:
    monthly, trial = a_subscription(term_months=1), a_subscription(is_trial=True, paid_periods=0)
    for subscription, lead in ((monthly, 7), (trial, 3)):
        sent = subscription.charge_at - lead * DAY
        notice = a_notice(subscription, created=sent, accepted=sent)
        assert next_step(subscription, notice, 3995) == Next(Step.REMINDER, subscription.charge_at - DAY)


def test_another_amount_moment_period_or_currency_needs_another_notice() -> None:
    subscription = a_subscription()
    sent = subscription.charge_at - 28 * DAY
    others: list[dict[str, object]] = [
        {"amount_minor": 3994},
        {"charge_at": subscription.charge_at + DAY},
        {"period_number": 1},
        {"period_anchor": START + DAY},
        {"currency": "USD"},
    ]
    for other in others:
        notice = a_notice(subscription, created=sent, accepted=sent, reminded=2, **other)
        assert next_step(subscription, notice, 3995) == Next(Step.NOTICE, sent)
        assert not schedule.may_charge(subscription, notice, 3995)


def test_a_notice_that_no_server_took_in_time_is_repeated() -> None:
    subscription = a_subscription()
    sent, latest = subscription.charge_at - 28 * DAY, subscription.charge_at - 15 * DAY
    waiting = a_notice(subscription, created=sent, accepted=None)
    assert next_step(subscription, waiting, 3995) == Next(Step.NOTICE, latest)
    late = a_notice(subscription, created=sent, accepted=latest + timedelta(seconds=1))
    assert next_step(subscription, late, 3995) == Next(Step.NOTICE, latest)
    just = a_notice(subscription, created=sent, accepted=latest, reminded=2)
    assert next_step(subscription, just, 3995) == Next(Step.CHARGE, subscription.charge_at)


def test_a_late_notice_moves_the_charge_behind_its_lead() -> None:
    for months, least in ((12, 15), (1, 3)):
        subscription = a_subscription(term_months=months)
        end = subscription.charge_at
        assert schedule.moment_for(subscription, end - 28 * DAY) == end
        assert schedule.moment_for(subscription, end - DAY) == end + (least - 1) * DAY + schedule.LEEWAY


def test_what_costs_nothing_needs_no_acceptance() -> None:
    subscription = a_subscription()
    notice = a_notice(subscription, created=START, accepted=None, amount_minor=0, reminded=2)
    assert next_step(subscription, notice, 0) == Next(Step.CHARGE, subscription.charge_at)
    assert schedule.may_charge(subscription, None, 0)
    assert not schedule.may_charge(subscription, None, 1)


def test_soft_failures_are_tried_again_and_end_with_the_grace() -> None:
    subscription = a_subscription(end_told_for=a_subscription().paid_until + 14 * DAY)
    failed_at = subscription.failed_at = subscription.charge_at + timedelta(minutes=1)
    seen = []
    for tries in (1, 2, 3, 4):
        subscription.tries = tries
        seen.append(next_step(subscription, None, 3995))
    end = subscription.charge_at + 14 * DAY
    assert seen == [
        Next(Step.RETRY, failed_at + 2 * DAY),
        Next(Step.RETRY, failed_at + 7 * DAY),
        Next(Step.RETRY, end - DAY),
        Next(Step.LAPSE, end),
    ]


def test_tries_beyond_the_grace_are_not_made() -> None:
    subscription = a_subscription(grace_days=5, tries=2)
    subscription.failed_at = subscription.charge_at
    subscription.end_told_for = schedule.lapses_at(subscription)
    assert next_step(subscription, None, 3995) == Next(Step.LAPSE, subscription.charge_at + 5 * DAY)


def test_hard_failures_wait_for_another_card() -> None:
    subscription = a_subscription(tries=1, is_hard_failure=True)
    failed_at = subscription.failed_at = subscription.charge_at
    assert next_step(subscription, None, 3995) == Next(Step.REMINDER, failed_at + 12 * DAY)
    subscription.end_told_for = schedule.lapses_at(subscription)
    assert next_step(subscription, None, 3995) == Next(Step.LAPSE, failed_at + 14 * DAY)
    subscription.retry_at = failed_at + DAY
    assert next_step(subscription, None, 3995) == Next(Step.RETRY, failed_at + DAY)


def test_grace_counts_from_a_charge_that_moved() -> None:
    subscription = a_subscription()
    subscription.charge_at += 15 * DAY
    assert schedule.lapses_at(subscription) == subscription.paid_until + 29 * DAY


def test_without_renewal_it_says_so_and_ends() -> None:
    subscription = a_subscription(auto_renew=False)
    end = subscription.paid_until
    assert next_step(subscription, None, 3995) == Next(Step.REMINDER, end - 7 * DAY)
    subscription.end_told_for = end
    assert next_step(subscription, None, 3995) == Next(Step.END, end)
    subscription.ended_at = end
    assert next_step(subscription, None, 3995) == Next(Step.NONE, None)


moments = st.integers(-40 * 86_400, 40 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@given(
    months=st.sampled_from([1, 3, 6, 12, 24]),
    is_trial=st.booleans(),
    auto_renew=st.booleans(),
    moved=st.one_of(st.just(timedelta()), moments),
    created=moments,
    accepted=st.one_of(st.none(), moments),
    told=st.sampled_from([0, 3994, 3995]),
    due=st.sampled_from([0, 3995]),
    said=st.one_of(st.just(timedelta()), moments),
    failed=st.one_of(st.none(), moments),
    tries=st.integers(0, 6),
    hard=st.booleans(),
    asked=st.one_of(st.none(), moments),
    grace=st.integers(0, 30),
    reminded=st.integers(0, 3),
)
@settings(deadline=None, max_examples=400)
def test_no_charge_without_its_notice_and_nothing_is_stuck(  # noqa: PLR0917 - all that a row can say
    months: int,
    is_trial: bool,
    auto_renew: bool,
    moved: timedelta,
    created: timedelta,
    accepted: timedelta | None,
    told: int,
    due: int,
    said: timedelta,
    failed: timedelta | None,
    tries: int,
    hard: bool,
    asked: timedelta | None,
    grace: int,
    reminded: int,
) -> None:
    """A live subscription always has a next step at a moment; a charge always has a notice that fits, in time."""
    subscription = a_subscription(
        term_months=months,
        grace_days=grace,
        is_trial=is_trial,
        paid_periods=0 if is_trial else 1,
        auto_renew=auto_renew,
        tries=tries,
        is_hard_failure=hard,
    )
    end = subscription.paid_until
    subscription.charge_at = end + moved
    subscription.failed_at = end + failed if failed is not None else None
    subscription.retry_at = end + asked if asked is not None else None
    notice = a_notice(
        subscription,
        created=end + created,
        accepted=end + accepted if accepted is not None else None,
        amount_minor=told,
        charge_at=subscription.charge_at + said,
        reminded=reminded,
    )
    following = next_step(subscription, notice, due)
    assert following.step != Step.NONE
    assert following.at is not None
    if following.step == Step.CHARGE:
        assert auto_renew
        assert subscription.failed_at is None
        assert (notice.amount_minor, notice.charge_at, following.at) == (due, subscription.charge_at, notice.charge_at)
        if due:
            assert notice.accepted_at is not None
            assert notice.charge_at - notice.accepted_at >= schedule.lead_of(subscription).least
    if following.step in {Step.RETRY, Step.LAPSE}:
        assert auto_renew
        assert subscription.failed_at is not None
        if subscription.retry_at is None:
            assert following.at <= max(schedule.lapses_at(subscription), subscription.failed_at)
    if not auto_renew:
        assert following.step in {Step.REMINDER, Step.END}


@given(late=st.integers(0, 60 * 86_400), months=st.sampled_from([1, 12]), is_trial=st.booleans())
@settings(deadline=None, max_examples=100)
def test_a_notice_sent_now_always_leads_to_a_charge(late: int, months: int, is_trial: bool) -> None:
    """However late it is: the charge it names can happen if the mail server takes it within the leeway."""
    subscription = a_subscription(term_months=months, is_trial=is_trial, paid_periods=0 if is_trial else 1)
    now = subscription.paid_until - 30 * DAY + timedelta(seconds=late)
    subscription.charge_at = schedule.moment_for(subscription, now)
    assert subscription.charge_at >= subscription.paid_until
    notice = a_notice(subscription, created=now, accepted=now + schedule.LEEWAY, reminded=2)
    assert next_step(subscription, notice, 3995) == Next(Step.CHARGE, subscription.charge_at)
