"""Subscriptions: a licence that renews, when, at which price, and what happens next."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Message
from frontdesk.billing import periods
from frontdesk.billing.models.coupons import Coupon
from frontdesk.billing.models.payments import PaymentMethod
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.money import Money


class Step(models.TextChoices):
    """What the sweep does next with a subscription."""

    NOTICE = "notice", _("Price notice")
    REMINDER = "reminder", _("Reminder")
    CHARGE = "charge", _("Charge")
    RETRY = "retry", _("Another try")
    LAPSE = "lapse", _("End for want of payment")
    END = "end", _("End")
    NONE = "", _("Nothing")


class EndReason(models.TextChoices):
    """Why a subscription is over."""

    NOT_RENEWED = "not_renewed", _("Automatic renewal was off")
    UNPAID = "unpaid", _("The renewal was not paid")
    RESTED = "rested", _("The licence was suspended, so that nothing was charged")
    REFUNDED = "refunded", _("It was paid back")
    WITHDRAWN = "withdrawn", _("The contract was withdrawn from")
    DISPUTED = "disputed", _("The bank took the money back")
    ERASED = "erased", _("The account was deleted")


# After these ends the licence is still there, and a further term brings it back.
BY_ITSELF = frozenset({EndReason.NOT_RENEWED, EndReason.UNPAID, EndReason.RESTED})
TAKEN_BACK = frozenset({EndReason.REFUNDED, EndReason.WITHDRAWN, EndReason.DISPUTED})


class Subscription(models.Model):
    """A licence's payments over time. The period that is paid ends at `anchor` + `paid_periods` · term, never chained.

    A trial has `is_trial` and no paid period: its anchor is the trial's end. `charge_at` is when the next charge is to
    happen: the end of what is paid, unless a notice came late. `next_plan_version` and the like wait for the end of
    the term. Where the payments were taken back, `paid_until` is the end of what is left of the licence (or the moment
    of the end). `next_step` and `next_action_at` are the sweep's.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="subscriptions", verbose_name=_("customer")
    )
    license = models.UUIDField(_("licence"), unique=True)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", verbose_name=_("plan"))
    added_devices = models.PositiveIntegerField(_("added devices"), default=0)
    next_plan_version = models.ForeignKey(
        PlanVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("plan from the next term on")
    )
    next_added_devices = models.PositiveIntegerField(_("added devices from the next term on"), null=True)
    keep_devices = ArrayField(models.UUIDField(), default=list, blank=True)  # activations that stay at a lower limit
    currency = models.CharField(_("currency"), max_length=3)
    coupon = models.ForeignKey(Coupon, models.PROTECT, null=True, related_name="+", verbose_name=_("coupon"))
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, related_name="+", verbose_name=_("payment method")
    )
    tax_country = models.CharField(_("country of the tax"), max_length=2)
    zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    anchor = models.DateTimeField(_("anchor"))
    paid_periods = models.PositiveIntegerField(_("periods paid since"), default=0)
    is_trial = models.BooleanField(_("trial"), default=False)
    auto_renew = models.BooleanField(_("renews by itself"), default=True)
    charge_at = models.DateTimeField(_("next charge"))
    failed_at = models.DateTimeField(_("first failure"), null=True)  # of the charge that is due
    tries = models.PositiveSmallIntegerField(_("failed tries"), default=0)
    is_hard_failure = models.BooleanField(_("needs another payment method"), default=False)
    retry_at = models.DateTimeField(_("try asked for"), null=True)  # at once, beside the planned ones
    next_step = models.CharField(_("next step"), max_length=10, choices=Step.choices, blank=True, default="")
    next_action_at = models.DateTimeField(_("next action"), null=True)
    stumbles = models.PositiveSmallIntegerField(_("errors in a row"), default=0)  # of the sweep, which waits longer
    held_at = models.DateTimeField(_("held"), null=True)  # its licence is suspended: nothing is charged
    unreached_since = models.DateTimeField(_("mails do not arrive since"), null=True)  # notices of the coming charge
    handed_over_at = models.DateTimeField(_("handed over"), null=True)  # its licence is not the payer's any more
    end_told_for = models.DateTimeField(null=True)  # the end that a reminder was sent of, while renewal is off
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason.choices, blank=True, default="")

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["next_action_at"], condition=Q(next_action_at__isnull=False), name="billing_sub_due"),
            models.Index(fields=["person", "-created_at"], name="billing_sub_person"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_version.plan} …{str(self.id)[-6:]}"

    @property
    def paid_until(self) -> datetime:
        """The end of what is paid (of the trial)."""
        return periods.end_of(self.anchor, self.paid_periods, self.plan_version.term_months)

    @property
    def is_live(self) -> bool:
        """Whether it is not over."""
        return self.ended_at is None

    @property
    def outlived(self) -> bool:
        """Whether what was paid for it was taken back, and its licence goes on with time from elsewhere (a code)."""
        return self.ended_at is not None and self.end_reason in TAKEN_BACK and self.paid_until > self.ended_at

    @property
    def can_come_back(self) -> bool:
        """Whether it is over and a further term brings it back, since its licence is still there."""
        return self.ended_at is not None and (self.end_reason in BY_ITSELF or self.outlived)

    @property
    def is_past_due(self) -> bool:
        """Whether a charge failed and the matter is open."""
        return self.is_live and self.failed_at is not None

    @property
    def coming_plan_version(self) -> PlanVersion:
        """The plan that the next charge is for."""
        return self.next_plan_version or self.plan_version

    @property
    def coming_added_devices(self) -> int:
        """The added devices that the next charge is for."""
        return self.added_devices if self.next_added_devices is None else self.next_added_devices


class ChargeNotice(models.Model):
    """What a customer was told of a coming charge: this amount, at this moment. A charge needs one that fits exactly.

    The mail server accepted it when its message says so (`message.sent_at`). `reminded` counts the reminders sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="notices", verbose_name=_("subscription")
    )
    period_anchor = models.DateTimeField(_("anchor"))
    period_number = models.PositiveIntegerField(_("period"))
    amount_minor = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    charge_at = models.DateTimeField(_("charge"))
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+", verbose_name=_("message"))
    created_at = models.DateTimeField(_("created"))
    reminded = models.PositiveSmallIntegerField(_("reminders"), default=0)

    class Meta:
        verbose_name = _("price notice")
        verbose_name_plural = _("price notices")
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["subscription", "-created_at"], name="billing_notice_newest")]

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount_minor, self.currency)

    @property
    def accepted_at(self) -> datetime | None:
        """When the mail server took it."""
        return self.message.sent_at if self.message else None
