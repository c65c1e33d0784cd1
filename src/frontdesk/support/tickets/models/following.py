"""After solving: the survey, and asking again after three days."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models.conversations import Conversation


class Survey(models.Model):
    """How it was for the customer: one click from the mail, words if they like. One for each time it was solved."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="surveys")
    token_hash = models.BinaryField(max_length=32, unique=True)
    asked_at = models.DateTimeField(_("asked"))
    score = models.PositiveSmallIntegerField(_("score"), null=True)  # 1 bad, 2 so-so, 3 good
    words = models.TextField(_("words"), blank=True, default="")
    answered_at = models.DateTimeField(_("answered"), null=True)
    agent = models.UUIDField(null=True)  # who had solved it

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return str(self.score or "")


class FollowUp(models.Model):
    """A mail that asks, three days after solving, whether it still works. Dropped when the conversation reopens."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="follow_up")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="tickets_follow_ups", condition=models.Q(sent_at=None))]

    def __str__(self) -> str:
        return str(self.due_at)


class QuietAddress(models.Model):
    """An address that wants no questions after solving: no survey, no follow-up. Answers still go there."""

    address = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("address that is asked nothing")
        verbose_name_plural = _("addresses that are asked nothing")

    def __str__(self) -> str:
        return self.address
