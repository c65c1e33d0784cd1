"""What pages say of payments, refunds and invoices, in words."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from frontdesk.billing import declines, surplus, words
from frontdesk.billing.invoices import selectors
from frontdesk.billing.models import Dispute, Payment, Purpose, Refund
from frontdesk.billing.refunds import asking
from frontdesk.billing.refunds.asking import Refundable
from frontdesk.catalog.models import Plan
from frontdesk.core.money import Money
from frontdesk.core.reasons import Text

BANK_DAYS = 10  # how long banks take at most, as a rule, to show money that came back

_STATES: dict[str, tuple[Text, str]] = {
    Payment.Status.STARTED: (_("Being checked"), "info"),
    Payment.Status.UNKNOWN: (_("Being checked"), "info"),
    Payment.Status.REQUIRES_ACTION: (_("Waits for you"), "warn"),
    Payment.Status.SUCCEEDED: (_("Paid"), "good"),
    Payment.Status.FAILED: (_("Not paid"), "bad"),
    Payment.Status.CANCELED: (_("Not finished"), ""),
    Payment.Status.SURPLUS: (_("Goes back to you"), "info"),
}
_REFUND_STATES: dict[str, tuple[Text, str]] = {
    Refund.Status.STARTED: (_("On its way"), "info"),
    Refund.Status.UNKNOWN: (_("On its way"), "info"),
    Refund.Status.SUCCEEDED: (_("Paid back"), "good"),
    Refund.Status.FAILED: (_("Not accepted by the bank; we look into it"), "warn"),
}
_CAME_BACK: tuple[Text, str] = _("Sent back by your bank; we find another way"), "warn"
_MADE_GOOD: tuple[Text, str] = _("Sent to you in another way"), "good"
_BY_BANK: tuple[Text, str] = _("Given to you by your bank"), ""
_DISPUTE_STATES: dict[str, tuple[Text, str]] = {
    Dispute.Status.OPEN: (_("Your bank is looking into it"), "warn"),
    Dispute.Status.WON: (_("Your bank let the payment stand"), "info"),
    Dispute.Status.LOST: (_("Your bank returned the money to you"), ""),
}
_DISPUTE_ADVICE: dict[str, Text] = {
    Dispute.Status.OPEN: _(
        "Your bank decides now where the money goes, so we cannot pay it back beside that. If you asked your bank by "
        "mistake, tell it that the payment was right."
    ),
    Dispute.Status.WON: _("Your bank decided that the payment was right."),
    Dispute.Status.LOST: _("Your bank has given you this money back; nothing more of it can go back."),
}
_TAKEN_BACK: dict[str, Text] = {
    Purpose.NEW: _(
        "The licence ends at once, and its devices stop, unless it has time from a code or a later payment."
    ),
    Purpose.TRIAL: _("The licence ends at once, and its devices stop: within a day if they are online."),
    Purpose.RENEWAL: _("The time that this payment bought is taken back. The licence ends if it has no other."),
    Purpose.UPGRADE: _("Your plan goes back to what it was before, with as many devices as that allows."),
    Purpose.DEVICES: _("The added devices go again; if all seats are taken, those seen least recently stop."),
}
_NO_MORE = _("Nothing is charged for it by itself any more.")


@dataclass(frozen=True)
class RefundView:
    """One refund."""

    refund: Refund

    @property
    def state(self) -> Text:
        """How it stands."""
        return self._state[0]

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return self._state[1]

    @property
    def _state(self) -> tuple[Text, str]:
        if self.refund.came_back_at is None:
            return _REFUND_STATES[self.refund.status]
        if self.refund.is_owed:
            return _CAME_BACK
        return _MADE_GOOD if self.refund.ours_minor else _BY_BANK

    @property
    def by_bank(self) -> str:
        """How much of it the bank has given the customer, and what becomes of the rest; empty where nothing."""
        row = self.refund
        if not row.by_bank_minor:
            return ""
        values = {"amount": row.amount, "given": row.by_bank, "rest": row.ours}
        text = _("Of the refund of %(amount)s your bank gave you %(given)s when it decided on this payment.")
        if row.is_owed:
            text = _(
                "Of the refund of %(amount)s your bank gave you %(given)s when it decided on this payment. "
                "The other %(rest)s are still yours: we find a way to send them to you."
            )
        return str(text) % values


@dataclass(frozen=True)
class DisputeView:
    """One dispute, in careful words."""

    dispute: Dispute

    @property
    def state(self) -> Text:
        """How it stands."""
        return _DISPUTE_STATES[self.dispute.status][0]

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return _DISPUTE_STATES[self.dispute.status][1]

    @property
    def advice(self) -> Text:
        """What it means for the customer."""
        return _DISPUTE_ADVICE[self.dispute.status]


class PaymentView:
    """A payment as its customer sees it; needs invoice, refunds and disputes at hand (`access_payments`)."""

    def __init__(self, payment: Payment, now: datetime) -> None:
        self.payment = payment
        self.now = now
        self.invoice = payment.invoice
        self.refunds = [RefundView(each) for each in payment.refunds.all()]
        self.disputes = [DisputeView(each) for each in payment.disputes.all()]

    @property
    def at(self) -> datetime:
        """When it was settled, or begun."""
        return self.payment.settled_at or self.payment.started_at

    @property
    def plan(self) -> Plan:
        """What it was for."""
        return selectors.version_of(self.invoice).plan

    @property
    def title(self) -> str:
        """What it was for, in a few words."""
        return f"{words.called(self.plan)} · {self.invoice.get_purpose_display()}"

    @property
    def card(self) -> str:
        """The card by its last digits; empty where it is not known."""
        return f"{self.payment.card_brand} •••• {self.payment.card_last4}".strip() if self.payment.card_last4 else ""

    @property
    def state(self) -> Text:
        """How it stands, in a few words."""
        return self._state[0]

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return self._state[1]

    @property
    def _state(self) -> tuple[Text, str]:
        newest = next(iter(self.disputes), None)
        if newest is not None and newest.dispute.status != Dispute.Status.WON:
            return newest.state, newest.tone
        if any(each.refund.is_owed for each in self.refunds):
            return _CAME_BACK
        if any(each.refund.status in (Refund.Status.STARTED, Refund.Status.UNKNOWN) for each in self.refunds):
            return _("Refund on its way"), "info"
        if self.back.minor:
            return (_("Refunded") if self.back == self.payment.amount else _("Partly refunded")), ""
        return _STATES[self.payment.status]

    @property
    def back(self) -> Money:
        """What has gone back."""
        done = (each.refund.gone_minor for each in self.refunds if each.refund.status == Refund.Status.SUCCEEDED)
        return Money(sum(done), self.payment.currency)

    @property
    def why_failed(self) -> declines.Decline | None:
        """Why it failed, and what helps."""
        return declines.of(self.payment.decline) if self.payment.status == Payment.Status.FAILED else None

    @property
    def why_back(self) -> Text:
        """Why it goes back by itself; empty where it does not."""
        return surplus.why(self.payment)

    @property
    def waits_for_customer(self) -> bool:
        """Whether the customer has to confirm it with the bank."""
        waits = self.payment.status == Payment.Status.REQUIRES_ACTION and bool(self.payment.action_url)
        return waits and not self.is_unfinished

    @property
    def is_unfinished(self) -> bool:
        """Whether the provider's page for an order was opened and not finished."""
        waits = self.payment.status == Payment.Status.REQUIRES_ACTION
        return waits and self.payment.method_id is None and self.invoice.order_id is not None

    @property
    def leads_on(self) -> bool:
        """Whether it brought nothing, and what it was for is still to be paid."""
        is_over = self.payment.status in (Payment.Status.FAILED, Payment.Status.CANCELED)
        is_owed = self.invoice.is_open and self.invoice.person_id == self.payment.person_id
        unsure = (Payment.Status.STARTED, Payment.Status.UNKNOWN)  # a later try that has perhaps brought the money
        return is_over and is_owed and not self.invoice.payments.filter(status__in=unsure).exists()

    @property
    def is_paid(self) -> bool:
        """Whether money came."""
        return self.payment.status == Payment.Status.SUCCEEDED

    @cached_property
    def refundable(self) -> Refundable:
        """What may go back."""
        return asking.refundable(self.payment)

    @property
    def held_back(self) -> Text:
        """Why its customer cannot have it back alone although it is in time; empty where nothing is against it."""
        facts = self.refundable
        if not facts.minor or facts.is_disputed or self.now >= facts.until:
            return ""
        if facts.is_handed_over:
            return _("You handed the licence over, so it cannot be refunded by yourself any more. Write to us.")
        if facts.is_built_on:
            return _("A later payment builds on this one. Have that one refunded first, or write to us.")
        return ""

    @property
    def taken_back(self) -> Text:
        """What a refund ends."""
        if self.invoice.purpose == Purpose.RENEWAL and self.invoice.order_id is None:
            return f"{_TAKEN_BACK[Purpose.RENEWAL]} {_NO_MORE}"
        return _TAKEN_BACK[self.invoice.purpose]
