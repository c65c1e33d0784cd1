"""What a customer has, what happens next and when, in words: for billing's pages, home, and licences."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontdesk.billing import declines, disputed
from frontdesk.billing.models import ChargeNotice, Dispute, EndReason, Payment, PaymentMethod, Subscription
from frontdesk.billing.states import ENDED, STATES
from frontdesk.billing.subscriptions import schedule
from frontdesk.billing.words import card_name, card_of_payment, day, expires_before, plan_name
from frontdesk.core.money import Money


@dataclass(frozen=True)
class Outlook:
    """A subscription as it stands.

    `charge` is what the next charge takes (credit is used first), `card` what it is taken from; `later` what each term
    after it costs, where that is another price; `is_free`: the plan costs nothing;
    `failure` is the try that failed, while the matter is open, `unconfirmed` one that waits for the customer's word to
    their bank; `dispute` one that the bank has not decided;
    `is_written_off`: nobody asks for what the failed charge was for, so that no card is tried any more.
    """

    subscription: Subscription
    now: datetime
    charge: Money | None
    card: PaymentMethod | None
    notice: ChargeNotice | None = None
    failure: Payment | None = None
    unconfirmed: Payment | None = None
    dispute: Dispute | None = None
    is_written_off: bool = False
    later: Money | None = None
    is_free: bool = False

    @property
    def state(self) -> str:
        """One of `STATES`."""
        held = self.subscription
        if held.handed_over_at is not None or not held.is_live:
            return "given" if held.handed_over_at is not None else "ended"
        if self.is_resting:
            return "disputed" if self.dispute is not None else "held"
        if held.is_past_due:
            return "past_due" if self.unconfirmed is None else "unconfirmed"
        if not held.auto_renew:
            return "ends"
        if self.card is None:
            return "cardless"
        return "trial" if held.is_trial else "renews"

    @property
    def state_name(self) -> str:
        """The state in words."""
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        """How the state is coloured."""
        return STATES[self.state][1]

    @property
    def name(self) -> str:
        """Product and plan, said once."""
        return plan_name(self.subscription)

    @property
    def devices(self) -> int:
        """For how many devices it is."""
        return self.subscription.plan_version.device_limit + self.subscription.added_devices

    @property
    def is_resting(self) -> bool:
        """Whether its licence rests, since somebody suspended it or a bank has not decided."""
        return disputed.is_resting(self.subscription, is_disputed=self.dispute is not None)

    @property
    def is_revivable(self) -> bool:
        """Whether a further term brings an ended one back."""
        return self.state == "ended" and self.subscription.can_come_back and not self.is_resting

    @property
    def can_renew(self) -> bool:
        """Whether a further term can be bought now: not while somebody else decides, or a change waits for the end."""
        if self.state == "ended":
            return self.is_revivable
        return self.state not in {"given", "disputed", "held", "unconfirmed"} and not (
            self.subscription.is_trial or self.waits_for_switch
        )

    @property
    def must_renew(self) -> bool:
        """Whether buying a further term is all that keeps the licence, or brings it back."""
        return self.can_renew and (self.is_revivable or self.is_written_off)

    @property
    def can_add_devices(self) -> bool:
        """Whether devices can be added: while a paid term runs, where the plan has a price for them."""
        held = self.subscription
        priced = any(
            price.currency == held.currency and price.device_minor is not None
            for price in held.plan_version.prices.all()
        )
        return priced and not held.is_trial and self.state in {"renews", "ends", "cardless"}

    @property
    def is_unpaid(self) -> bool:
        """Whether a renewal is due and not paid, be it that it failed or waits for the customer."""
        return self.state in {"past_due", "unconfirmed"}

    @property
    def waits_for_switch(self) -> bool:
        """Whether a change is planned for the end of the term."""
        held = self.subscription
        is_open = held.is_live and held.handed_over_at is None
        return is_open and (held.next_plan_version_id is not None or held.next_added_devices is not None)

    @property
    def card_expires_first(self) -> bool:
        """Whether the card expires before it is charged."""
        renews = self.state in {"renews", "trial"}
        return renews and self.card is not None and expires_before(self.card, self.subscription.charge_at)

    @property
    def is_unreached(self) -> bool:
        """Whether no mail about the coming charge arrives, so that nothing can be charged."""
        waits = self.state in {"renews", "trial", "cardless"} and self.subscription.unreached_since is not None
        return waits and (self.notice is None or self.notice.accepted_at is None)

    @property
    def ends_at(self) -> datetime:
        """Until when it works if the renewal is switched off now."""
        return schedule.ends_at(self.subscription)

    @property
    def sentences(self) -> list[str]:
        """What happens next and when, the most important first."""
        if self.is_unreached:
            return self._unreached()
        said = {
            "given": self._given,
            "ended": self._ended,
            "disputed": self._disputed,
            "held": self._suspended,
            "past_due": self._past_due,
            "unconfirmed": self._unconfirmed,
            "ends": self._ends,
            "cardless": self._cardless,
            "trial": self._renews,
            "renews": self._renews,
        }[self.state]()
        return said + ([self._switch()] if self.waits_for_switch else [])

    def _given(self) -> list[str]:
        values = {"day": day(self.subscription.handed_over_at or self.now)}
        text = _("You handed this licence over on %(day)s, so nothing more is charged to you for it.")
        return [text % values, _("What you paid for it stays among your papers.")]

    def _ended(self) -> list[str]:
        held = self.subscription
        text = str(ENDED.get(held.end_reason, gettext_lazy("It ended on %(day)s.")))
        again = [_("A further term brings the licence and its devices back.")] if self.is_revivable else []
        if held.outlived:
            again = [_("The licence goes on with time from elsewhere. A further term can be bought for it.")]
        if held.can_come_back and not self.is_revivable:
            again = self._waits_to_come_back()
        if held.end_reason == EndReason.UNPAID and held.unreached_since is not None:
            text = _("It ended on %(day)s: no mail about the charge reached you, so nothing was charged.")
        return [text % {"day": day(held.ended_at or held.paid_until)}, *again]

    def _waits_to_come_back(self) -> list[str]:
        if self.dispute is None:
            return [_("The licence is suspended. While it is, no further term can be bought: write to us.")]
        values = {"day": day(self.dispute.opened_at), "amount": self.dispute.amount}
        text = _("Your bank has not decided yet about %(amount)s, which it holds back since %(day)s.")
        return [
            text % values,
            _("Once it lets the payment stand, a further term brings the licence and its devices back."),
        ]

    def _disputed(self) -> list[str]:
        held = self.dispute
        values = {"day": day(held.opened_at), "amount": held.amount} if held else {}
        text = _("Since %(day)s your bank holds %(amount)s of this back, so the licence rests until it has decided.")
        return [text % values, _("If that was a mistake, tell your bank, or write to us.")]

    def _suspended(self) -> list[str]:
        text = _("This licence has been suspended since %(day)s, so nothing is charged for it by itself.")
        values = {"day": day(self.subscription.held_at or self.now)}
        return [text % values, _("If you do not know why, write to us.")]

    def _ends(self) -> list[str]:
        values = {"day": day(self.ends_at)}
        if self.subscription.is_trial:
            return [_("Your trial ends on %(day)s. Nothing is charged, and it goes on working until then.") % values]
        return [_("It ends on %(day)s. Nothing is charged, and it goes on working until then.") % values]

    def _cardless(self) -> list[str]:
        values = {"day": day(self.subscription.charge_at), "amount": self.charge or ""}
        return [_("On %(day)s the next term is due: %(amount)s. There is no card to pay it with yet.") % values]

    def _renews(self) -> list[str]:
        held = self.subscription
        values = {"day": day(held.charge_at), "amount": self.charge or "", "card": card_name(self.card)}
        later = [_("Each term after that costs %s.") % self.later] if self.later else []
        if self.is_free:
            return [_("On %(day)s it renews. It costs nothing.") % values]
        if self.charge and not self.charge.minor:
            return [_("On %(day)s it renews. Nothing is charged: your credit or coupon covers it.") % values, *later]
        text = _("On %(day)s we charge %(amount)s to %(card)s.")
        if held.is_trial:
            text = _("Your trial ends on %(day)s. Then we charge %(amount)s to %(card)s.")
        return [text % values, *later, self._notice()]

    def _unreached(self) -> list[str]:
        held = self.subscription
        values = {
            "address": held.person.email if held.person else "",
            "end": day(schedule.gives_up_at(held) or self.now),
        }
        return [
            _("Our mails do not arrive at %(address)s, so we cannot announce the next charge, nor make it.") % values,
            _("Unless one arrives it ends on %(end)s. With an address that works it goes on by itself.") % values,
        ]

    def _notice(self) -> str:
        held, told = self.subscription, self.notice
        if told and told.accepted_at and self.charge and schedule.fits(told, held, self.charge.minor):
            return _("We wrote to you about it on %s.") % day(told.accepted_at)
        by = held.charge_at - schedule.lead_of(held).notice
        return _("We write to you by %s.") % day(by) if by > self.now else _("We write to you before that.")

    def _past_due(self) -> list[str]:
        return [*self._failed(), self._what_helps()]

    def _unconfirmed(self) -> list[str]:
        waits = self.unconfirmed
        values = {
            "amount": waits.amount if waits else "",
            "card": card_of_payment(waits) if waits else "",
            "end": day(schedule.lapses_at(self.subscription)),
        }
        return [
            _("Your bank wants to hear from you that we may charge %(amount)s to %(card)s.") % values,
            _("Nothing is charged until you confirm it. Do so by %(end)s, or the licence ends.") % values,
        ]

    def _failed(self) -> list[str]:
        failure = self.failure
        if failure is None:
            return []
        values = {
            "day": day(failure.settled_at or failure.started_at),
            "amount": failure.amount,
            "card": card_of_payment(failure),
        }
        text = _("On %(day)s we could not charge %(amount)s to %(card)s.") % values
        return [f"{text} {declines.of(failure.decline).text}"]

    def _what_helps(self) -> str:
        held = self.subscription
        retry, end = schedule.retries_at(held), schedule.lapses_at(held)
        if self.is_written_off and held.auto_renew:
            return self._without_demand(end)
        if retry and retry <= self.now and held.auto_renew:
            return _("We are trying again now.")
        values = {"retry": day(retry) if retry else "", "end": day(end)}
        if not held.auto_renew:
            return _("We do not try again, since automatic renewal is off. It ends on %(end)s.") % values
        if retry:
            return _("We try again on %(retry)s. With another card it goes through at once.") % values
        return _("We do not try this card again. Use another one by %(end)s, or the licence ends.") % values

    def _without_demand(self, end: datetime) -> str:
        text = _("You need not pay it any more, and no card is tried. Renew it by %(end)s, or the licence ends.")
        if not self.can_renew:
            text = _("You need not pay it any more, and no card is tried. The licence ends on %(end)s.")
        return text % {"end": day(end)}

    def _switch(self) -> str:
        held = self.subscription
        version, added = held.coming_plan_version, held.coming_added_devices
        count = version.device_limit + added
        text = ngettext(
            "From %(day)s on it is %(plan)s (%(devices)s device in all).",
            "From %(day)s on it is %(plan)s (%(devices)s devices in all).",
            count,
        )
        return text % {"day": day(held.charge_at), "plan": version.plan.name, "devices": count}
