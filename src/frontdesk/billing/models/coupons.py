"""Coupons: a percentage or an amount off, once or for ever, for a limited number of orders."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import Product


class CouponKind(models.TextChoices):
    """How a coupon counts."""

    PERCENT = "percent", _("Percentage")
    AMOUNT = "amount", _("Amount")


class Coupon(models.Model):
    """`uses` counts orders that hold it, open or paid; whoever takes the last one holds the row's lock."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)  # in capitals
    kind = models.CharField(_("kind"), max_length=10, choices=CouponKind.choices)
    percent = models.PositiveSmallIntegerField(_("percent"), null=True, blank=True)
    amount_minor = models.PositiveIntegerField(_("amount in minor units"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    is_forever = models.BooleanField(_("for renewals too"), default=False)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    max_uses = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("used"), default=0)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    stopped_at = models.DateTimeField(_("stopped"), null=True)

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gte=1, percent__lte=100, amount_minor__isnull=True)
                | Q(kind="amount", amount_minor__gte=1, percent__isnull=True),
                name="billing_coupon_value",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=models.F("max_uses")), name="billing_coupon_uses"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CouponUse(models.Model):
    """An order's hold on a coupon; given back when the order is canceled or expires unpaid."""

    id = models.BigAutoField(primary_key=True)
    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="holds")
    order = models.OneToOneField("billing.Order", models.PROTECT, related_name="coupon_use")
    taken_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
