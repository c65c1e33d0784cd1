"""Orders: what a customer agreed to, at which price and on which terms. An order never changes; it is paid or not."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import PlanVersion
from frontdesk.core.money import Money


class Purpose(models.TextChoices):
    """What a payment is for."""

    NEW = "new", _("New licence")
    TRIAL = "trial", _("Trial")
    RENEWAL = "renewal", _("Renewal")
    UPGRADE = "upgrade", _("Change of plan")
    DEVICES = "devices", _("More devices")


class Order(models.Model):
    """What was quoted and agreed. `due_minor` is what is paid now, `renewal_minor` what a next term will cost.

    `license` is the licence it changes (None: a new one); `subscription` the one it belongs to (made when a new one is
    paid). `zone` is the customer's time zone then. The two proofs say from where the customer buys, for the tax.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=11, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="orders", verbose_name=_("customer")
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", verbose_name=_("plan"))
    added_devices = models.PositiveIntegerField(_("added devices"), default=0)
    license = models.UUIDField(_("licence"), null=True)
    subscription = models.ForeignKey(
        "billing.Subscription", models.PROTECT, null=True, related_name="orders", verbose_name=_("subscription")
    )
    # What an upgrade or more devices start from, and go back to when they are taken back.
    from_plan_version = models.ForeignKey(
        PlanVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("plan before")
    )
    from_added_devices = models.PositiveIntegerField(_("added devices before"), null=True)
    currency = models.CharField(_("currency"), max_length=3)
    list_minor = models.PositiveIntegerField(_("list price"))
    discount_minor = models.PositiveIntegerField(_("discount"), default=0)
    due_minor = models.PositiveIntegerField(_("to pay"))
    renewal_minor = models.PositiveIntegerField(_("price of the next term"))
    auto_renew = models.BooleanField(_("renews by itself"), default=True)
    tax_rate = models.PositiveIntegerField(_("tax, basis points"))
    tax_country = models.CharField(_("country of the tax"), max_length=2)
    proof_given = models.CharField(_("country as given"), max_length=2)
    proof_network = models.CharField(_("country of the network or card"), max_length=2, blank=True)
    zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    quote = models.JSONField(_("quote"), default=dict)  # the lines as they were shown: [{"text", "minor"}]
    key = models.UUIDField(_("key of the form"), unique=True)  # a second press of the button finds the same order
    placed_at = models.DateTimeField(_("placed"))
    expires_at = models.DateTimeField(_("open until"))
    paid_at = models.DateTimeField(_("paid"), null=True)
    canceled_at = models.DateTimeField(_("canceled"), null=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at",)
        constraints = [
            models.CheckConstraint(condition=Q(discount_minor__lte=models.F("list_minor")), name="billing_discount")
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(paid_at__isnull=True, canceled_at__isnull=True),
                name="billing_order_open",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def due(self) -> Money:
        """What is paid now."""
        return Money(self.due_minor, self.currency)

    @property
    def renewal(self) -> Money:
        """What the next term will cost."""
        return Money(self.renewal_minor, self.currency)

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid."""
        return self.paid_at is None and self.canceled_at is None
