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
