"""What billing knows of a customer, and the rates of tax."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BillingDetails(models.Model):
    """What stands on a customer's invoices from now on; issued ones keep what they were issued with."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="billing_details"
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    company = models.CharField(_("company"), max_length=100, blank=True)
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("town"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    vat_id = models.CharField(_("VAT number"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("invoice details")
        verbose_name_plural = _("invoice details")


class Credit(models.Model):
    """Money that the vendor owes a customer in goods: given by an agent (positive), used by an invoice (negative)."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("customer")
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.IntegerField(_("amount"))
    invoice = models.ForeignKey("billing.Invoice", models.PROTECT, null=True, related_name="credits")
    key = models.CharField(max_length=80, unique=True)  # what it was given or used for: a second time changes nothing
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")


class TaxRate(models.Model):
    """The tax on software in a country from a day on, in basis points (1900 is 19 %)."""

    id = models.BigAutoField(primary_key=True)
    country = models.CharField(_("country"), max_length=2)
    rate = models.PositiveIntegerField(_("rate, basis points"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("rate of tax")
        verbose_name_plural = _("rates of tax")
        ordering = ("country", "-valid_from")
        constraints = [models.UniqueConstraint(fields=["country", "valid_from"], name="billing_tax_rate_once")]

    def __str__(self) -> str:
        return f"{self.country} {self.rate / 100:g} %"
