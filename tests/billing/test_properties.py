"""What always holds of billing, whatever customers, banks, crashes and time do in any order.

A machine lets a customer buy, renew, switch, refund and redeem, the bank decline, keep silent, dispute and confirm, and
workers die at the bank's door. After each step, and once all has come to rest, the properties of the design are looked
at. On PostgreSQL, with real transactions, through the same verbs as the pages.
"""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db.models import Max, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from frontdesk.accounts.models import Person
from frontdesk.billing import coupons, inbox, orders, outside, processing, quotes
from frontdesk.billing.models import (
    Account,
    ChargeNotice,
    Coupon,
    Dispute,
    Invoice,
    InvoiceKind,
    LedgerEntry,
    Payment,
    ProviderEvent,
    Purpose,
    Refund,
    Subscription,
)
from frontdesk.billing.payments import paying
from frontdesk.billing.payments import sweeping as payments
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import ObjectKind, Outcome
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds import settling as refunds
from frontdesk.billing.subscriptions import changing, schedule, sweeping
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import OutboxMessage
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import batches, codes, integrity, redemption
from frontdesk.licensing.models import Code, License, Term, TermKind
from tests.support import money, sales, shop
from tests.support.bank import (
    Bank,
    Behaviour,
    Declines,
    Down,
    Lost,
    NeedsAction,
    TookEffectSilently,
    TookEffectThenRaised,
)

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("a property")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ARRIVED = (Payment.Status.SUCCEEDED, Payment.Status.SURPLUS)
CHARGES: list[Behaviour] = [
    Declines("insufficient_funds"),
    Declines("expired_card"),
    NeedsAction(),
    TookEffectSilently(),
    TookEffectThenRaised(),
    Lost(),
    Down(),
]
SILENCES: list[Behaviour] = [TookEffectSilently(), TookEffectThenRaised(), Lost(), Down()]
POINTS = [f"{side} {call}" for call in ("charge", "refund", "fetch", "close") for side in ("before", "after")]
picks = st.integers(0, 10**6)


class Killed(BaseException):
    """The process dies here."""


def pick(rows: Iterable[Any], number: int) -> Any:
    """One of the rows, or None."""
    every = list(rows)
    return every[number % len(every)] if every else None


class Shop(RuleBasedStateMachine):
    """One customer with a card, three plans, and everything that can happen."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)
        self.bank, self.dies_at, self.mail_is_down = Bank(), "", False
        self.stack = ExitStack()
        enter: Callable[[Any], Any] = self.stack.enter_context
        enter(patch.object(clock, "now", lambda: self.now))
        enter(patch.dict(registry._providers, clear=True))
        enter(patch.object(registry, "_selling", []))
        enter(patch.object(outside, "at_point", self._at_point))
        registry.enter(self.bank)
        self.person = Person.objects.create_user(email=f"{uuid4().hex}@mail.example", name="Ada")
        self.plans = [
            sales.for_sale(1200, device_minor=300, term_months=1, code_days=20, trial_days=7),
            sales.for_sale(2400, device_minor=300, term_months=1, code_days=20),
            sales.for_sale(20_000, device_minor=900, term_months=12, code_days=200),
        ]
        self.card = money.card(self.person, is_default=True)
        self.wanted: dict[UUID, bool] = {}
        self.charges_when_off: dict[UUID, int] = {}
        self.unused: list[codes.ParsedCode] = []

    # --- What happens -----------------------------------------------------------------------------------------------
    @rule(plan=picks, devices=st.integers(0, 1), coupon=st.sampled_from(["", "TEN", "ALL"]), auto_renew=st.booleans())
    def buys(self, plan: int, devices: int, coupon: str, auto_renew: bool) -> None:
        self._coupons()
        version = self.plans[plan % 3]
        quote = sales.quoted(version, added_devices=devices, coupon_code=coupon)
        self._orders(quote, coupon_code=coupon, auto_renew=auto_renew)

    @rule()
    def tries(self) -> None:
        def trial() -> None:
            order = sales.place(self.person, sales.quoted(self.plans[0], trial=True))
            orders.start_trial(actor=SYSTEM, order=order, method=self.card)

        self._do(trial)

    @precondition(lambda self: self._live())
    @rule(which=picks)
    def renews_early(self, which: int) -> None:
        subscription = pick(self._live(), which)
        ends_at = sales.license_of(subscription).expires_at
        self._orders_on(subscription, lambda: quotes.renewal(subscription=subscription, license_ends_at=ends_at))

    @precondition(lambda self: self._live())
    @rule(which=picks, more=st.integers(0, 2))
    def buys_more(self, which: int, more: int) -> None:
        subscription = pick(self._live(), which)
        ends_at = sales.license_of(subscription).expires_at

        def quote() -> quotes.Quote:
            if more:
                return quotes.devices(subscription=subscription, more=more, license_ends_at=ends_at)
            return quotes.upgrade(subscription=subscription, version=self.plans[1], license_ends_at=ends_at)

        self._orders_on(subscription, quote)

    @precondition(lambda self: self._live())
    @rule(which=picks, plan=picks, devices=st.integers(0, 1))
    def plans_a_switch(self, which: int, plan: int, devices: int) -> None:
        subscription, version = pick(self._live(), which), self.plans[plan % 3]
        facts: dict[str, Any] = {"subscription": subscription, "version": version, "added_devices": devices}
        self._do(lambda: changing.plan_switch(actor=SYSTEM, **facts))

    @precondition(lambda self: self._live())
    @rule(which=picks, on=st.booleans())
    def switches_renewal(self, which: int, on: bool) -> None:
        subscription = pick(self._live(), which)
        if self._do(lambda: changing.set_auto_renew(actor=SYSTEM, subscription=subscription, on=on)):
            self._wants(subscription.pk, on)

    @rule()
    def takes_another_card(self) -> None:
        self.card = money.card(self.person)
        for subscription in self._live():
            facts: dict[str, Any] = {"subscription": subscription, "method": self.card}
            self._do(partial(changing.set_method, actor=SYSTEM, **facts))

    @rule(plan=picks, onto=picks, is_new=st.booleans())
    def redeems_a_code(self, plan: int, onto: int, is_new: bool) -> None:
        if is_new or not self.unused:
            self.unused.append(shop.new_code(self.plans[plan % 3]))
        code = self.unused[plan % len(self.unused)]
        license = pick(License.objects.filter(owner=self.person), onto)
        facts: dict[str, Any] = {"code_text": code.text, "ip_prefix": uuid4().hex, "license": license}
        self._do(lambda: redemption.redeem(actor=SYSTEM, person=self.person, **facts))

    @precondition(lambda self: self.unused)
    @rule(which=picks)
    def has_a_code_voided(self, which: int) -> None:
        code = Code.objects.get(hash=codes.digest(pick(self.unused, which)))
        self._do(lambda: batches.void_codes(actor=SYSTEM, codes=[code], reason="a property"))

    @rule(which=picks, part=st.sampled_from([100, 100, 30]))
    def refunds(self, which: int, part: int) -> None:
        payment = pick(Payment.objects.filter(person=self.person, status__in=ARRIVED).order_by("started_at"), which)
        if payment:
            self._do(
                lambda: asking.refund(
                    actor=SYSTEM,
                    payment=payment,
                    amount_minor=payment.amount_minor * part // 100,
                    cause=Refund.Cause.STAFF,
                    takes_back=part == 100,
                    key=uuid4().hex,
                    reason="a property",
                )
            )

    @rule(which=picks)
    def disputes(self, which: int) -> None:
        paid = [ref for ref in self._refs(ObjectKind.PAYMENT, Outcome.SUCCEEDED) if self.bank._refundable(ref) > 0]
        if ref := pick(sorted(paid), which):
            self._tell(self.bank.open_dispute(ref, amount_minor=self.bank._refundable(ref)))

    @rule(which=picks, won=st.booleans())
    def bank_decides(self, which: int, won: bool) -> None:
        every = [ref for ref, each in self.bank.records.items() if each.snapshot.dispute == "open"]
        if ref := pick(sorted(every), which):
            self.bank.close_dispute(ref, won=won)
            self._tell(ref)

    @rule(which=picks, agrees=st.booleans())
    def confirms_at_the_bank(self, which: int, agrees: bool) -> None:
        open_ = self._refs(ObjectKind.PAYMENT, Outcome.REQUIRES_ACTION)
        if ref := pick(sorted(each for each in open_ if not self.bank.records[each].is_closed), which):
            self.bank.confirm(ref, decline="" if agrees else "authentication_failed")
            self._tell(ref)

    @rule(behaviours=st.lists(st.sampled_from(CHARGES), min_size=1, max_size=2))
    def bank_is_about_to(self, behaviours: list[Behaviour]) -> None:
        self.bank.next("charge", *behaviours)

    @rule(call=st.sampled_from(["refund", "fetch", "close"]), behaviour=st.sampled_from(SILENCES))
    def bank_keeps_silent(self, call: str, behaviour: Behaviour) -> None:
        self.bank.next(call, behaviour if call == "refund" else Down())

    @rule(point=st.sampled_from(POINTS))
    def a_worker_is_about_to_die(self, point: str) -> None:
        self.dies_at = point

    @rule(is_down=st.booleans())
    def mail_server(self, is_down: bool) -> None:
        self.mail_is_down = is_down

    @rule(which=picks)
    def webhooks_come_late_twice_and_out_of_order(self, which: int) -> None:
        every = sorted(self.bank.records)
        some = every[which % (len(every) + 1) :] + every[: which % (len(every) + 1)]
        for ref in [*some[:4], *some[:2]]:
            self._tell(ref)

    @rule(hours=st.integers(1, 48))
    def hours_pass(self, hours: int) -> None:
        self._pass(hours * HOUR)

    @rule(days=st.integers(3, 45))
    def days_pass(self, days: int) -> None:
        self._pass(days * DAY)

    # --- What always holds ------------------------------------------------------------------------------------------
    @invariant()
    def no_more_goes_back_than_came_in(self) -> None:
        for payment in Payment.objects.filter(person=self.person):
            asked = _sum(payment.refunds.exclude(status=Refund.Status.FAILED))
            back = _sum(payment.refunds.filter(status=Refund.Status.SUCCEEDED))
            held = _sum(payment.disputes.exclude(status=Dispute.Status.WON))
            came_in = payment.amount_minor if payment.status in ARRIVED else 0
            assert asked <= came_in
            assert back + held <= came_in

    @invariant()
    def books_sum_to_zero(self) -> None:
        money.assert_balanced()

    @invariant()
    def paid_time_is_there(self) -> None:
        """Each paid term lies on a licence, until it is taken back; the licence never ends before the last of them."""
        terms = {term.grant_ref: term for term in Term.objects.filter(license__owner=self.person, kind=TermKind.ORDER)}
        paid = self._invoices().filter(paid_at__isnull=False, purpose__in=(Purpose.NEW, Purpose.RENEWAL))
        assert {f"invoice:{pk}" for pk in paid.values_list("pk", flat=True)} == set(terms)
        back = {f"invoice:{pk}" for pk in self._taken_back()}
        for ref, term in terms.items():
            assert (term.revoked_at is not None) == (ref in back)
        for license in License.objects.filter(owner=self.person):
            last = license.terms.filter(revoked_at=None).aggregate(end=Max("ends_at"))["end"]
            assert last is None or license.expires_at >= last

    @invariant()
    def payments_follow_their_licence(self) -> None:
        assert not OutboxMessage.objects.filter(topic="fulfilment.follow").exists()
        for subscription in self._live():
            assert subscription.paid_until == sales.license_of(subscription).expires_at
            assert subscription.next_action_at is not None

    @invariant()
    def a_voided_code_grants_nothing(self) -> None:
        held = Term.objects.filter(license__owner=self.person, code__voided_at__isnull=False)
        assert not held.filter(revoked_at=None).exists()

    @invariant()
    def off_stays_off(self) -> None:
        for subscription in Subscription.objects.filter(person=self.person):
            on = self.wanted.setdefault(subscription.pk, subscription.auto_renew)
            assert on or not subscription.auto_renew
            if on != subscription.auto_renew:  # with money that went back, it may go off by itself
                self._wants(subscription.pk, False)
                on = False
            if not on:
                known = self.charges_when_off.setdefault(subscription.pk, _renewals(subscription))
                assert _renewals(subscription) == known

    @invariant()
    def every_charge_was_announced(self) -> None:
        firsts = Payment.objects.filter(person=self.person, attempt=1, on_session=False)
        for payment in firsts.filter(invoice__period_number__isnull=False).select_related("invoice"):
            of_period: dict[str, Any] = {
                name: getattr(payment.invoice, name) for name in ("subscription", "period_anchor", "period_number")
            }
            told = ChargeNotice.objects.filter(
                **of_period,
                amount_minor=payment.amount_minor,
                charge_at__lte=payment.started_at,
                message__sent_at__isnull=False,
            )
            leads = [each.charge_at - each.accepted_at for each in told if each.accepted_at]
            assert max(leads) >= schedule.TRIAL.least

    def teardown(self) -> None:
        """All comes to rest; then everything that banks have ever said is said again."""
        try:
            self._rest()
            self._looks_right_at_rest()
            before = self._state()
            for ref in sorted(self.bank.records, reverse=True):
                self._tell(ref)
            self._sweeps()
            assert self._state() == before, "what is said again changes nothing"
        finally:
            Subscription.objects.filter(person=self.person).update(next_action_at=None)
            Payment.objects.filter(person=self.person).update(check_at=None)
            self.stack.close()

    # --- How it is done ---------------------------------------------------------------------------------------------
    def _at_point(self, point: str) -> None:
        if point == self.dies_at:
            self.dies_at = ""
            raise Killed

    def _do(self, deed: Callable[[], object]) -> bool:
        """Whether it was done: it may be refused, and whoever does it may die."""
        try:
            deed()
        except (Refusal, Killed):
            return False
        finally:
            if not self.mail_is_down:
                sales.deliver()
        return True

    def _orders(self, quote: quotes.Quote, **values: Any) -> None:
        def orders() -> None:
            order = sales.place(self.person, quote, **values)
            if order.paid_at is None:
                invoice = Invoice.objects.get(order=order, kind=InvoiceKind.INVOICE)
                paying.by_method(invoice=invoice, method=self.card, on_session=True)

        self._do(orders)

    def _orders_on(self, subscription: Subscription, quote: Callable[[], quotes.Quote]) -> None:
        self._do(lambda: self._orders(quote(), subscription=subscription))

    def _coupons(self) -> None:
        if not Coupon.objects.exists():
            coupons.create(actor=SYSTEM, code="TEN", percent=10, is_forever=True)
            coupons.create(actor=SYSTEM, code="ALL", percent=100)

    def _live(self) -> list[Subscription]:
        rows = Subscription.objects.filter(person=self.person, ended_at=None).select_related("plan_version")
        return list(rows.order_by("created_at", "pk"))

    def _wants(self, subscription: UUID, on: bool) -> None:
        self.wanted[subscription] = on
        self.charges_when_off.pop(subscription, None)

    def _tell(self, ref: str) -> None:
        post = self.bank.webhook(self.bank.event(ref))
        self._do(lambda: inbox.receive(provider=self.bank.name, headers=post.headers, raw=post.raw))
        self._do(processing.process_due)

    def _refs(self, kind: ObjectKind, outcome: Outcome) -> list[str]:
        found = ((ref, each.snapshot) for ref, each in self.bank.records.items())
        return [ref for ref, each in found if each.kind == kind and each.outcome == outcome]

    def _invoices(self) -> Any:
        return Invoice.objects.filter(person=self.person, kind=InvoiceKind.INVOICE)

    def _taken_back(self) -> set[UUID]:
        refunded = Refund.objects.filter(person=self.person, takes_back=True, status=Refund.Status.SUCCEEDED)
        lost = Dispute.objects.filter(payment__person=self.person, status=Dispute.Status.LOST)
        paid = (Payment.Status.SUCCEEDED,)
        return {
            *refunded.filter(payment__status__in=paid).values_list("payment__invoice", flat=True),
            *lost.filter(payment__status__in=paid).values_list("payment__invoice", flat=True),
        }

    def _sweeps(self) -> None:
        for sweep in (payments.sweep, refunds.sweep, sweeping.sweep, processing.process_due):
            self._do(sweep)

    def _next_moment(self) -> datetime | None:
        mine = {"person": self.person}
        moments = [
            Subscription.objects.filter(**mine, next_action_at__isnull=False).order_by("next_action_at"),
            Payment.objects.filter(**mine, check_at__isnull=False).order_by("check_at"),
            Refund.objects.filter(**mine, check_at__isnull=False).order_by("check_at"),
        ]
        names = ("next_action_at", "check_at", "check_at")
        firsts = [rows.values_list(name, flat=True).first() for rows, name in zip(moments, names, strict=True)]
        return min((each for each in firsts if each), default=None)

    def _pass(self, by: timedelta) -> None:
        end = self.now + by
        for _ in range(300):
            self._sweeps()
            coming = self._next_moment()
            if coming is None or coming > end:
                self.now = end
                return
            self.now = max(self.now, coming)
        raise AssertionError("it never comes to rest")

    def _rest(self) -> None:
        """The bank answers, mails arrive, nobody dies, and time passes until every outcome is known."""
        self.bank._scripts.clear()
        self.dies_at, self.mail_is_down = "", False
        # The inbox waits in the network's time, which no machine waits for.
        while ProviderEvent.objects.filter(due_at__isnull=False).update(due_at=clock.real_now()):
            self._do(processing.process_due)
        self._pass(20 * DAY)

    def _looks_right_at_rest(self) -> None:
        mine = Payment.objects.filter(person=self.person)
        assert not mine.filter(status__in=(Payment.Status.STARTED, Payment.Status.UNKNOWN)).exists()
        assert _sum(mine.filter(status__in=ARRIVED)) == self.bank.taken()
        assert _sum(Refund.objects.filter(person=self.person, status="succeeded")) == self.bank.returned()
        held = _sum(Dispute.objects.filter(payment__person=self.person).exclude(status="won"))
        cash = LedgerEntry.objects.filter(account=Account.CASH, invoice__person=self.person)
        assert (cash.aggregate(sum=Sum("amount_minor"))["sum"] or 0) == (
            self.bank.taken() - self.bank.returned() - held
        )
        assert integrity.faults() == []
        for check in (self.paid_time_is_there, self.payments_follow_their_licence, self.every_charge_was_announced):
            check()

    def _state(self) -> list[Any]:
        """Everything that money and licences say, as it stands."""
        rows: list[Any] = []
        for model, fields in (
            (Payment, ("status", "amount_minor")),
            (Refund, ("status", "amount_minor")),
            (Invoice, ("number", "paid_at", "void_at")),
        ):
            rows += [model.objects.filter(person=self.person).order_by("pk").values_list("pk", *fields)]
        licenses = License.objects.filter(owner=self.person).order_by("pk")
        rows += [licenses.values_list("pk", "refunded_at", "suspended_at", "plan_version", "added_devices")]
        return [list(each) for each in rows]


def _sum(rows: Any) -> int:
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def _renewals(subscription: Subscription) -> int:
    """How many charges have been begun by the sweep."""
    return Payment.objects.filter(
        invoice__subscription=subscription, invoice__period_number__isnull=False, on_session=False
    ).count()


QUICK = (Phase.explicit, Phase.generate)  # what fails is told as it was found: making it shorter takes minutes
EVERY = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, report_multiple_bugs=False)


def test_what_always_holds(db: None) -> None:
    run_state_machine_as_test(
        Shop, settings=settings(EVERY, max_examples=6, stateful_step_count=18, phases=QUICK, derandomize=True)
    )


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_what_always_holds_for_long(db: None) -> None:
    run_state_machine_as_test(Shop, settings=settings(EVERY, max_examples=150, stateful_step_count=50))


def test_a_decision_whose_worker_died_comes_through_at_rest(db: None) -> None:
    """Nobody has to say it again: the inbox takes it up by itself."""
    game = Shop()
    game.buys(plan=2, devices=0, coupon="", auto_renew=True)
    game.disputes(which=0)
    game.a_worker_is_about_to_die("before fetch")
    game.bank_decides(which=0, won=True)
    assert License.objects.get().suspended_at
    game.teardown()
    assert License.objects.get().suspended_at is None
