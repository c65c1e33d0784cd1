"""Invoices and credit notes. A number is given at issue and never before, so that the series has no gap."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.models.orders import Order, Purpose
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.money import Money


class InvoiceKind(models.TextChoices):
    """A demand, what takes one back, or what puts the buyer on one right (over no amount)."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    CORRECTION = "correction", _("Correction")


class NumberSeries(models.Model):
    """The last number given in a series ("invoice 2026"); its row's lock makes the series gapless."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Invoice(models.Model):
    """A demand: open until it is paid (then issued, with its number) or given up. A credit note is issued at once.

    `gross_minor` = `net_minor` + `tax_minor`; a credit note's amounts are positive too. `lines` as they are printed:
    [{"text", "minor"}]; `buyer` and `seller` as they were at issue. `credit_minor` of the gross was paid by credit.
    A renewal's invoice belongs to one period of one subscription, and there is only one that was not given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=InvoiceKind.choices, default=InvoiceKind.INVOICE)
    number = models.CharField(_("number"), max_length=30, null=True, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="invoices", verbose_name=_("customer")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="invoices", verbose_name=_("order"))
    subscription = models.ForeignKey(
        "billing.Subscription", models.PROTECT, null=True, related_name="invoices", verbose_name=_("subscription")
    )
    # What it pays for; kept apart from the subscription, whose plan changes.
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("plan"))
    period_anchor = models.DateTimeField(_("anchor"), null=True)
    period_number = models.PositiveIntegerField(_("period"), null=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="credit_notes", verbose_name=_("corrects")
    )
    currency = models.CharField(_("currency"), max_length=3)
    gross_minor = models.PositiveIntegerField(_("gross"))
    net_minor = models.PositiveIntegerField(_("net"))
    tax_minor = models.PositiveIntegerField(_("tax"))
    credit_minor = models.PositiveIntegerField(_("paid by credit"), default=0)
    tax_rate = models.PositiveIntegerField(_("tax, basis points"))
    tax_country = models.CharField(_("country of the tax"), max_length=2)
    lines = models.JSONField(_("lines"), default=list)
    buyer = models.JSONField(_("buyer"), default=dict)
    seller = models.JSONField(_("seller"), default=dict)
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField(_("created"))
    issued_at = models.DateTimeField(_("issued"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    void_at = models.DateTimeField(_("given up"), null=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(gross_minor=models.F("net_minor") + models.F("tax_minor")), name="billing_invoice_sum"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, issued_at__isnull=True)
                | Q(number__isnull=False, issued_at__isnull=False),
                name="billing_number_at_issue",
            ),
            models.UniqueConstraint(
                fields=["subscription", "period_anchor", "period_number"],
                condition=Q(kind="invoice", void_at__isnull=True, period_number__isnull=False),
                name="billing_one_invoice_a_period",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="invoice", void_at__isnull=True), name="billing_one_invoice_an_order"
            ),
        ]
        indexes = [models.Index(fields=["person", "-created_at"], name="billing_invoice_person")]

    def __str__(self) -> str:
        return self.number or f"…{str(self.id)[-6:]}"

    @property
    def gross(self) -> Money:
        """The whole amount."""
        return Money(self.gross_minor, self.currency)

    @property
    def due_minor(self) -> int:
        """What a payment has to bring."""
        return self.gross_minor - self.credit_minor

    @property
    def is_open(self) -> bool:
        """Whether it can be paid."""
        return self.paid_at is None and self.void_at is None

    @property
    def is_demanded(self) -> bool:
        """Whether a subscription that still runs asks for this money, for its coming term."""
        held = self.subscription
        if held is None or not held.is_live or held.handed_over_at is not None or not self.is_open:
            return False
        period = (self.kind, self.period_anchor, self.period_number)
        return period == (InvoiceKind.INVOICE, held.anchor, held.paid_periods + 1)
