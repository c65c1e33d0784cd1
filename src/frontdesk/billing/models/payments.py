"""Payment methods, payments, refunds and disputes. Rows are written before the provider is called, settled after."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.models.invoices import Invoice
from frontdesk.core.money import Money


class PaymentMethod(models.Model):
    """A card that the provider keeps for us; we hold what people tell it by, never its number."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="payment_methods", verbose_name=_("customer")
    )
    provider = models.CharField(_("provider"), max_length=20)
    ref = models.CharField(_("provider's reference"), max_length=120)
    customer_ref = models.CharField(max_length=120, blank=True, default="")  # whom the provider keeps it under
    brand = models.CharField(_("brand"), max_length=30, blank=True)
    last4 = models.CharField(_("last four digits"), max_length=4, blank=True)
    exp_month = models.PositiveSmallIntegerField(_("month it expires"), null=True)
    exp_year = models.PositiveSmallIntegerField(_("year it expires"), null=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    # By which the provider knows the card again; empty where it has none. Never told to anybody.
    fingerprint = models.CharField(max_length=80, blank=True, default="", db_default="")
    is_default = models.BooleanField(_("used for renewals"), default=False)
    created_at = models.DateTimeField(_("added"))
    detached_at = models.DateTimeField(_("removed"), null=True)
    forgotten_at = models.DateTimeField(null=True)  # by the provider, too (`payments.detaching`)

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=["provider", "ref"], name="billing_method_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_default=True, detached_at__isnull=True), name="billing_one_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} •••• {self.last4}".strip()


class Payment(models.Model):
    """One try to pay one invoice. At most one is under way, at most one succeeds.

    SURPLUS is money that arrived when there was nothing to pay any more (its invoice was paid or given up meanwhile):
    it goes back by itself. Money that moved beats a try we had closed, so from FAILED and CANCELED a late success
    leads to SUCCEEDED or SURPLUS; nothing leads away from those.

    `key` is the idempotency key, always the same for one try; `check_at` is when the sweep asks the provider about a
    try that has no outcome. `decline` is one of `billing.declines`; of a SURPLUS, the reason that refused it.
    """

    class Status(models.TextChoices):
        """How it stands. The last four are final."""

        STARTED = "started", _("Started")
        REQUIRES_ACTION = "requires_action", _("Waits for the customer")
        UNKNOWN = "unknown", _("Outcome unknown")
        SUCCEEDED = "succeeded", _("Paid")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")
        SURPLUS = "surplus", _("Arrived too late, goes back")

    UNDER_WAY = (Status.STARTED, Status.REQUIRES_ACTION, Status.UNKNOWN)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments", verbose_name=_("invoice"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="payments", verbose_name=_("customer")
    )
    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, related_name="payments", verbose_name=_("payment method")
    )
    provider = models.CharField(_("provider"), max_length=20)
    ref = models.CharField(_("provider's reference"), max_length=120, blank=True, default="")
    key = models.CharField(_("key"), max_length=80, unique=True)
    attempt = models.PositiveSmallIntegerField(_("try"))
    on_session = models.BooleanField(_("by the customer"), default=False)
    amount_minor = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices, default=Status.STARTED)
    decline = models.CharField(_("why it failed"), max_length=40, blank=True, default="")
    statement_text = models.CharField(_("text on the bank statement"), max_length=40, blank=True, default="")
    card_brand = models.CharField(_("brand of the card"), max_length=30, blank=True, default="")
    card_last4 = models.CharField(_("last four digits"), max_length=4, blank=True, default="")
    action_url = models.TextField(blank=True, default="")  # where the customer pays or confirms, while it waits
    return_url = models.TextField(blank=True, default="")  # a call that is repeated under its key says the same again
    cancel_url = models.TextField(blank=True, default="")
    difference = models.CharField(max_length=80, blank=True, default="", db_default="")  # what its provider says else
    started_at = models.DateTimeField(_("started"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    check_at = models.DateTimeField(_("ask again"), null=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-started_at",)
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(status="succeeded"), name="billing_paid_once"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status__in=("started", "requires_action", "unknown")),
                name="billing_one_try_at_a_time",
            ),
            models.UniqueConstraint(fields=["provider", "ref"], condition=~Q(ref=""), name="billing_payment_ref_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="billing_payment_positive"),
        ]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="billing_payment_check"),
            models.Index(fields=["card_last4", "amount_minor"], name="billing_payment_card"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_status_display()}"

    @property
    def amount(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount_minor, self.currency)

    @property
    def is_set_aside(self) -> bool:
        """Whether its provider says another amount or object than we do, so that a person has to look at it."""
        return self.status == self.Status.UNKNOWN and self.check_at is None

    @property
    def is_waited_for(self) -> bool:
        """Whether there is an outcome to wait for: a page that never opened is simply opened again, under its key."""
        return self.status in self.UNDER_WAY and bool(self.ref or self.method_id)


class Refund(models.Model):
    """Money going back. With `takes_back` what was paid for goes too: the licence's time and devices.

    A bank may send back what was paid back already (`came_back_at`): it is the customer's still, until they have all of
    it (`made_good_at`): from us in another way, or `by_bank_minor` of it from their bank, which took it with a dispute
    (`by_bank_at`, the last time).
    """

    class Status(models.TextChoices):
        """How it stands. The last two are final."""

        STARTED = "started", _("Started")
        UNKNOWN = "unknown", _("Outcome unknown")
        SUCCEEDED = "succeeded", _("Paid back")
        FAILED = "failed", _("Failed")

    class Cause(models.TextChoices):
        """Why money goes back."""

        CUSTOMER = "customer", _("Asked for by the customer")
        WITHDRAWAL = "withdrawal", _("Withdrawal")
        STAFF = "staff", _("By an agent")
        SURPLUS = "surplus", _("Paid twice or too late")
        PROVIDER = "provider", _("Made at the provider")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="refunds", verbose_name=_("customer")
    )
    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices)
    amount_minor = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    takes_back = models.BooleanField(_("ends what was paid for"), default=False)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.STARTED)
    key = models.CharField(_("key"), max_length=80, unique=True)
    ref = models.CharField(_("provider's reference"), max_length=120, blank=True, default="")
    credit_note = models.OneToOneField(
        Invoice, models.PROTECT, null=True, related_name="refund", verbose_name=_("credit note")
    )
    requested_at = models.DateTimeField(_("asked for"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    check_at = models.DateTimeField(_("ask again"), null=True)
    came_back_at = models.DateTimeField(_("sent back by the bank"), null=True)
    made_good_at = models.DateTimeField(_("made good in another way"), null=True)
    by_bank_minor = models.PositiveIntegerField(_("taken by the bank with a dispute"), default=0, db_default=0)
    by_bank_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ("-requested_at",)
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="billing_refund_positive"),
            models.CheckConstraint(
                condition=Q(by_bank_minor__lte=models.F("amount_minor")), name="billing_refund_by_bank_within"
            ),
        ]
        indexes = [
            models.Index(fields=["check_at"], condition=Q(check_at__isnull=False), name="billing_refund_check"),
            models.Index(fields=["ref"], condition=~Q(ref=""), name="billing_refund_ref"),
        ]

    @property
    def is_owed(self) -> bool:
        """Whether the bank sent it back, and the customer has not got all of it in another way."""
        return self.came_back_at is not None and self.made_good_at is None

    @property
    def ours_minor(self) -> int:
        """How much of it is ours to send, or was: all but what the bank took with a dispute."""
        return self.amount_minor - self.by_bank_minor

    @property
    def standing(self) -> str:
        """How it stands, also when it came back."""
        if self.is_owed:
            return gettext("Sent back by the bank")
        return self.get_status_display() if self.ours_minor else gettext("Given by the bank, with a dispute")

    @property
    def gone_minor(self) -> int:
        """How much of it has left us, or is on its way: nothing of what failed, or came back and is owed still."""
        return 0 if self.status == self.Status.FAILED or self.is_owed else self.ours_minor

    @property
    def ours(self) -> Money:
        """As `ours_minor`, with its currency; where it is owed, what is owed."""
        return Money(self.ours_minor, self.currency)

    @property
    def by_bank(self) -> Money:
        """What the bank took of it with a dispute, with its currency."""
        return Money(self.by_bank_minor, self.currency)

    @property
    def amount(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount_minor, self.currency)


class Dispute(models.Model):
    """A customer asked their bank for the money instead of us."""

    class Status(models.TextChoices):
        """How it stands. Won and lost are final."""

        OPEN = "open", _("Undecided")
        WON = "won", _("Decided for us")
        LOST = "lost", _("Lost")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    ref = models.CharField(_("provider's reference"), max_length=120, unique=True)
    amount_minor = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.OPEN)
    reason = models.CharField(_("reason the bank gave"), max_length=60, blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ("-opened_at",)

    @property
    def amount(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount_minor, self.currency)
