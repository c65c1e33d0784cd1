"""What guests have written and not yet confirmed."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models.conversations import Conversation


class PendingContact(models.Model):
    """What a guest wrote in the form, until they confirm their address by the mailed link. Gone after two days."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True)
    address = models.EmailField(max_length=254)
    name = models.CharField(max_length=100, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    subject = models.CharField(max_length=200)
    text = models.TextField()
    context = models.JSONField(default=dict)  # area, product, reason, files, the conversation it goes on with
    upload_key = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    conversation = models.ForeignKey(Conversation, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("request of a guest")
        verbose_name_plural = _("requests of guests")

    def __str__(self) -> str:
        return str(self.id)
