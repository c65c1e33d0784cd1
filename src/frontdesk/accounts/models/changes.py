"""Changes of an account that take time, and ways back."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models.people import Person


class AddressChange(models.Model):
    """From one e-mail address to another: confirmed by one or both of them, undone from the old one for 72 hours.

    Tokens of the mailed links are kept as hashes.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="address_changes")
    old_address = models.EmailField(max_length=254)
    new_address = models.EmailField(max_length=254)
    needs_old = models.BooleanField()
    old_token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    new_token_hash = models.CharField(max_length=64, db_index=True)
    undo_token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    old_confirmed_at = models.DateTimeField(null=True)
    new_confirmed_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                name="accounts_one_open_address_change",
                condition=Q(completed_at=None, canceled_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"


class SecuringLink(models.Model):
    """The link in a "was this you?" mail that secures the account in one go."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    cause = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.cause} {self.created_at:%Y-%m-%d}"


class Recovery(models.Model):
    """Somebody has lost every way into their account and asked a person of ours.

    Once staff have approved it, it waits 72 hours in which every known address and device is told, and any of them can
    stop it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recoveries")
    reach_at = models.EmailField(_("address to reach them at"), max_length=254)
    explanation = models.TextField(_("explanation"), max_length=2000, blank=True)
    reach_token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    stop_token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    asked_at = models.DateTimeField(_("asked"))
    reached_at = models.DateTimeField(_("address confirmed"), null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    due_at = models.DateTimeField(_("due"), null=True, db_index=True)
    refused_at = models.DateTimeField(_("refused"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"
