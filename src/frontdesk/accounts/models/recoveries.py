"""Ways back for people who have lost every way into their account."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models.people import Person

CLOSED = ("refused_at", "stopped_at", "completed_at", "expired_at")
OPEN = Q(**dict.fromkeys(CLOSED))


class Recovery(models.Model):
    """Somebody has lost every way into their account and asked a person of ours.

    Once staff have approved it, it waits 72 hours in which every known address and device is told, and any of them can
    stop it. For an address without an account `person` is empty, and all else is the same. `next_at` says when the
    sweep has something to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="recoveries")
    email = models.EmailField(_("account's address"), max_length=254, default="", db_default="")
    reach_at = models.EmailField(_("address to reach them at"), max_length=254)
    explanation = models.TextField(_("explanation"), max_length=2000, blank=True)
    wants_address = models.BooleanField(_("wants the account to have this address"), default=False, db_default=False)
    user_agent = models.CharField(max_length=200, blank=True, default="", db_default="")
    ip_prefix = models.CharField(max_length=50, blank=True, default="", db_default="")
    asked_at = models.DateTimeField(_("asked"))
    # Of links only hashes are kept, and how long they work in real time; the link that stops is made from the id.
    reach_token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    reach_expires_at = models.DateTimeField(null=True)
    link_token_hash = models.CharField(max_length=64, blank=True, default="", db_default="", db_index=True)
    link_expires_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(_("address confirmed"), null=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    # What the account looked like when it was approved: a sign-in or a new password since then ends the recovery.
    state_mark = models.CharField(max_length=64, blank=True, default="", db_default="")
    reminded_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    link_sent_at = models.DateTimeField(_("link sent"), null=True)
    refused_at = models.DateTimeField(_("refused"), null=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True)
    stopped_by = models.CharField(max_length=20, blank=True, default="", db_default="")
    completed_at = models.DateTimeField(_("completed"), null=True)
    expired_at = models.DateTimeField(_("expired"), null=True)
    next_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="accounts_one_waiting_recovery", condition=OPEN & Q(approved_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether anything can still come of it."""
        return not any(getattr(self, name) for name in CLOSED)

    @property
    def is_waiting(self) -> bool:
        """Whether it was approved, and can still be stopped."""
        return self.is_open and self.approved_at is not None
