"""The books: a small double-entry ledger. Rows are never changed, and each booking sums to zero in its currency."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    """Where money stands. Debit is positive: what we hold and are owed; credit negative: what we earned and owe."""

    RECEIVABLE = "receivable", _("Owed by customers")
    CASH = "cash", _("At the provider")
    DISPUTED = "disputed", _("Held by banks in disputes")
    REVENUE = "revenue", _("Revenue")
    TAX = "tax", _("Tax")
    CREDIT = "credit", _("Credit of customers")
    LOSS = "loss", _("Losses and goodwill")


class LedgerEntry(models.Model):
    """One line of a booking. `booking` names it ("payment:<id>"): the same event is booked once."""

    id = models.BigAutoField(primary_key=True)
    booking = models.CharField(_("booking"), max_length=80)
    at = models.DateTimeField(_("when"))
    account = models.CharField(_("account"), max_length=12, choices=Account.choices)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    tax_rate = models.PositiveIntegerField(_("tax, basis points"), null=True)
    tax_country = models.CharField(_("country of the tax"), max_length=2, blank=True, default="")
    invoice = models.ForeignKey("billing.Invoice", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["booking", "account", "currency"], name="billing_booked_once"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="billing_entry_not_zero"),
        ]
        indexes = [models.Index(fields=["at"], name="billing_ledger_at")]
