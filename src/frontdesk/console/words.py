"""A subscription and a payment in plain words, for whoever has to explain them on the telephone."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from frontdesk.billing import declines, outlooks, paid_with
from frontdesk.billing.models import ChargeNotice, Payment, PaymentMethod, Step, Subscription
from frontdesk.billing.subscriptions import planning, schedule
from frontdesk.billing.subscriptions.schedule import Next
from frontdesk.core.money import parse_with_currency


@dataclass(frozen=True)
class SubscriptionView:
    """A subscription with its next step, the notice of its coming charge if there is one, and the last failed try.

    `is_demanded`: its coming term has an open invoice; one that is past due without was written off. `card`: what the
    coming charge is taken from, or of one that is over, what it was to be taken from.
    """

    subscription: Subscription
    coming: Next
    notice: ChargeNotice | None = None
    failed: Payment | None = None
    unconfirmed: Payment | None = None
    is_demanded: bool = False
    card: PaymentMethod | None = None

    @property
    def name(self) -> str:
        """Product and plan."""
        return str(self.subscription.plan_version.plan)

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        if not self.subscription.is_live:
            return _("Ended")
        if self.subscription.is_past_due:
            return _("Past due") if self.unconfirmed is None else _("Waits for the customer")
        if self.is_unreached:
            return _("Mail does not arrive")
        if self.subscription.is_trial:
            return _("Trial")
        return _("Renews") if self.subscription.auto_renew else _("Runs out")

    @property
    def tone(self) -> str:
        """How the state is coloured."""
        if not self.subscription.is_live:
            return ""
        if self.subscription.is_past_due or self.is_unreached:
            return "bad"
        return "good" if self.subscription.auto_renew else "warn"

    @property
    def is_unreached(self) -> bool:
        """Whether no notice of the coming charge arrives, so that it cannot be made."""
        held = self.subscription
        waits = held.is_live and held.auto_renew and not held.is_past_due and held.unreached_since is not None
        return waits and (self.notice is None or self.notice.accepted_at is None)

    @property
    def may_retry(self) -> bool:
        """Whether a failed charge can be tried again."""
        return self.subscription.is_past_due and self.is_demanded

    @property
    def may_stop_renewal(self) -> bool:
        """Whether the renewal can be switched off."""
        return self.subscription.is_live and self.subscription.auto_renew

    @property
    def next(self) -> str:
        """What happens next, and when: a sentence or two."""
        return " ".join(filter(None, [self._failure, self._coming, self._switch]))

    @property
    def _failure(self) -> str:
        if self.unconfirmed is not None:
            text = _("The bank wants the customer to confirm %(amount)s, asked for on %(day)s; they were written to.")
            return text % {"amount": self.unconfirmed.amount, "day": day(self.unconfirmed.started_at)}
        if not self.subscription.is_past_due or self.failed is None:
            return ""
        why = declines.of(self.failed.decline).text
        return _("The charge of %(day)s failed: %(why)s") % {"day": day(self.failed.started_at), "why": why}

    @property
    def _coming(self) -> str:
        held = self.subscription
        if not held.is_live:
            reason = held.get_end_reason_display()
            return _("It ended on %(day)s: %(reason)s.") % {"day": day(held.ended_at), "reason": reason}
        if self.is_unreached:
            values = {"since": day(held.unreached_since), "end": day(schedule.gives_up_at(held))}
            text = _("No mail server has taken a notice since %(since)s. Unless one does it ends unpaid on %(end)s.")
            return text % values
        if self.coming.at is None or self.coming.step == Step.NONE:
            return _("Nothing is planned.")
        return _NEXT[self.coming.step](self)

    @property
    def _switch(self) -> str:
        held = self.subscription
        if not held.is_live or (held.next_plan_version is None and held.next_added_devices is None):
            return ""
        return _("From the next term on: %(plan)s.") % {"plan": held.coming_plan_version.plan}

    def _told(self) -> str:
        if self.notice is None:
            return _("on %(day)s the charge is made to %(card)s, once its notice is out") % self._values()
        return _("on %(day)s %(amount)s is charged to %(card)s") % self._values()

    def _values(self) -> dict[str, object]:
        held = self.subscription
        return {
            "day": day(held.charge_at),
            "when": day(self.coming.at),
            "amount": self.notice.money if self.notice else "",
            "card": self.card or _("no card"),
        }

    def _notice(self) -> str:
        return _("The price notice goes out on %(when)s; the charge is due on %(day)s.") % self._values()

    def _reminder(self) -> str:
        if not self.subscription.auto_renew:
            return _("A reminder of the end goes out on %(when)s.") % self._values()
        return _("A reminder goes out on %(when)s; %(told)s.") % {**self._values(), "told": self._told()}

    def _charge(self) -> str:
        if self.notice is None:
            return _("The charge is due on %(day)s, but its notice must go out first.") % self._values()
        values = {**self._values(), "told": day(self.notice.accepted_at)}
        if self.notice.accepted_at is None:
            return _("On %(day)s %(amount)s is due; the mail server has not taken the notice yet.") % values
        return _("On %(day)s %(amount)s is charged to %(card)s, as told on %(told)s.") % values

    def _retry(self) -> str:
        return _("It is tried again on %(when)s with %(card)s.") % self._values()

    def _lapse(self) -> str:
        if not self.may_retry:
            return _("Its invoice was written off: nothing more is tried. Unless renewed it ends on %(when)s.") % (
                self._values()
            )
        return _("Without payment it ends on %(when)s.") % self._values()

    def _end(self) -> str:
        return _("Renewal is off, so it ends on %(when)s.") % self._values()


_NEXT = {
    Step.NOTICE: SubscriptionView._notice,  # noqa: SLF001 - the class's own table
    Step.REMINDER: SubscriptionView._reminder,  # noqa: SLF001
    Step.CHARGE: SubscriptionView._charge,  # noqa: SLF001
    Step.RETRY: SubscriptionView._retry,  # noqa: SLF001
    Step.LAPSE: SubscriptionView._lapse,  # noqa: SLF001
    Step.END: SubscriptionView._end,  # noqa: SLF001
}


def day(moment: datetime | None) -> str:
    """A day in the reader's zone and language."""
    return date_format(localtime(moment), "DATE_FORMAT") if moment else "–"


def difference_of(payment: Payment) -> str:
    """What the provider says otherwise of a payment, in the reader's language; empty where nobody knows."""
    told, _instead, ours = payment.difference.partition(" instead of ")
    with suppress(ValueError):
        values = {"told": parse_with_currency(told), "ours": parse_with_currency(ours)}
        return _("The provider took %(told)s instead of %(ours)s.") % values
    with suppress(ValueError):
        taken = parse_with_currency(payment.difference.removeprefix("another reference, with "))
        return _("The provider took %s under another reference.") % taken
    if payment.difference == "another reference":
        return _("The provider has it under another reference, and took nothing there.")
    return payment.difference


def views_of(subscriptions: list[Subscription]) -> list[SubscriptionView]:
    """Several subscriptions with their newest notices, failures, demands and cards; five queries."""
    ids = [each.pk for each in subscriptions]
    notices = ChargeNotice.objects.filter(subscription__in=ids).select_related("message").order_by("created_at")
    newest = {notice.subscription_id: notice for notice in notices}
    past_due = [each.pk for each in subscriptions if each.is_past_due]
    tries = Payment.objects.filter(invoice__subscription__in=past_due, status=Payment.Status.FAILED)
    failed = {
        payment.invoice.subscription_id: payment for payment in tries.select_related("invoice").order_by("started_at")
    }
    cards = paid_with.cards_of(each for each in subscriptions if each.is_live)
    demanded, waiting = outlooks.open_invoices(past_due), outlooks.unconfirmed(past_due)
    return [
        replace(
            _view(each, newest.get(each.pk)),
            failed=failed.get(each.pk),
            unconfirmed=waiting.get(each.pk),
            is_demanded=each.pk in demanded,
            card=cards.get(each.pk) if each.is_live else each.method,
        )
        for each in subscriptions
    ]


def _view(subscription: Subscription, newest: ChargeNotice | None) -> SubscriptionView:
    """The step is the row's; one planned behind a notice is judged anew, since the mail server may have it by now."""
    notice = _fitting(subscription, newest)
    coming = Next(Step(subscription.next_step), subscription.next_action_at)
    if notice and coming.step == Step.NOTICE:
        coming = planning.next_of(subscription)
    return SubscriptionView(subscription, coming, notice)


def _fitting(subscription: Subscription, notice: ChargeNotice | None) -> ChargeNotice | None:
    """The notice, if it is for the coming charge."""
    return notice if notice and notice.charge_at == subscription.charge_at else None


PAYMENT_TONES = {
    Payment.Status.SUCCEEDED: "good",
    Payment.Status.FAILED: "bad",
    Payment.Status.UNKNOWN: "warn",
    Payment.Status.REQUIRES_ACTION: "warn",
    Payment.Status.STARTED: "info",
    Payment.Status.CANCELED: "",
    Payment.Status.SURPLUS: "info",
}
