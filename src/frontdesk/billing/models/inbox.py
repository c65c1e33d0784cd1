"""What providers tell us: kept as it came, under its own id, before anything is done about it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderEvent(models.Model):
    """One webhook event. It only says where to look: the object is fetched anew. Moments are real time."""

    id = models.BigAutoField(primary_key=True)
    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("event"), max_length=120)
    kind = models.CharField(_("kind"), max_length=80)
    object_kind = models.CharField(_("kind of object"), max_length=20)
    object_ref = models.CharField(_("object"), max_length=120)
    raw = models.TextField(_("as it came"))
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    verdict = models.CharField(_("verdict"), max_length=40, blank=True, default="")
    due_at = models.DateTimeField(_("due"), null=True)

    class Meta:
        verbose_name = _("event of a provider")
        verbose_name_plural = _("events of providers")
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="billing_event_once")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="billing_event_due")]
