"""Withdrawals and cancellations declared by who is not signed in: the date counts, the effect waits for proof."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.models.orders import Order


class DeclarationKind(models.TextChoices):
    """What is declared."""

    WITHDRAWAL = "withdrawal", _("Withdrawal")
    CANCELLATION = "cancellation", _("Cancellation")


class Declaration(models.Model):
    """Recorded and receipted at once. Carried out when the mailed link is used, or by an agent.

    `order` is the one that was found by what was typed; None when none fits, for an agent to look at.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=DeclarationKind.choices)
    name = models.CharField(_("name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254)
    contract = models.CharField(_("order, invoice or licence, as typed"), max_length=100)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="declarations", verbose_name=_("order"))
    token_hash = models.BinaryField(unique=True)
    declared_at = models.DateTimeField(_("declared"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    done_at = models.DateTimeField(_("carried out"), null=True)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True)

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ("-declared_at",)
