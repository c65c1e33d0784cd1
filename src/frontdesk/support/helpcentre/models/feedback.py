"""What readers thought of an article, and how often it was read."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.helpcentre.models.articles import Translation


class ArticleFeedback(models.Model):
    """One reader's yes or no, with words if they gave any. A reader is known by a keyed hash, and can change it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    translation = models.ForeignKey(Translation, models.CASCADE, related_name="feedback")
    reader_hash = models.BinaryField(max_length=32)
    is_helpful = models.BooleanField(_("helpful"))
    words = models.TextField(_("words"), blank=True, default="")
    person = models.UUIDField(null=True)  # of a signed-in reader
    created_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = [models.UniqueConstraint(fields=["translation", "reader_hash"], name="helpcentre_feedback_once")]

    def __str__(self) -> str:
        return "+" if self.is_helpful else "-"


class ArticleViews(models.Model):
    """How often a translation was read on a day."""

    translation = models.ForeignKey(Translation, models.CASCADE, related_name="views")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["translation", "day"], name="helpcentre_views_once")]
        indexes = [models.Index(fields=["day"], name="helpcentre_views_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
