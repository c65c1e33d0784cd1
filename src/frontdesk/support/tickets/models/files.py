"""The files of messages."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models.conversations import Message


class Attachment(models.Model):
    """A file of a message, by content: checked, images made anew, under a name that nobody guesses.

    `refused` says why there is no file ("executable", "too_large"): the message tells that something was left out.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="attachments")
    # Uploaded before the message is sent: to whom it belongs until then.
    uploaded_by = models.UUIDField(null=True)
    upload_key = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, blank=True, default="")
    file = models.CharField(max_length=200, blank=True, default="")  # its name in the default storage
    content_id = models.CharField(max_length=200, blank=True, default="")
    is_inline = models.BooleanField(default=False)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    refused = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("created_at", "name")

    def __str__(self) -> str:
        return self.name
