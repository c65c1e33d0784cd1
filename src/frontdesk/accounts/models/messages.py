"""Mails as their recipients find them again."""

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models.people import Person


class Message(models.Model):
    """A mail as its recipient finds it again in the account. Where a secret belongs stands a placeholder."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=11, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="messages")
    address = models.EmailField(_("to"), max_length=254)
    template = models.CharField(max_length=80)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    secret_hint = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(_("date"))
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["person", "-created_at"], name="accounts_message_person")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Where its recipient reads it."""
        return reverse("messages:detail", args=[self.pk])
