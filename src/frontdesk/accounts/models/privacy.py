"""Copies of everything we hold about somebody."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models.people import Person


class DataExport(models.Model):
    """A ZIP with all of a person's data, made by a job, kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="data_exports")
    asked_at = models.DateTimeField(_("asked"))
    progress = models.SmallIntegerField(_("progress"), default=0, db_default=0)  # per cent
    ready_at = models.DateTimeField(_("ready"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    path = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0, db_default=0)  # bytes

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"
