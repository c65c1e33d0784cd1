"""Automation: rules on a fixed vocabulary, and what each run did."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models.conversations import Conversation


class Rule(models.Model):
    """When … and … then …: the vocabulary is `tickets.rules.vocabulary` and `tickets.actions`."""

    class Trigger(models.TextChoices):
        """What makes a rule look."""

        OPENED = "opened", _("a conversation is opened")
        CUSTOMER_WROTE = "customer_wrote", _("the customer writes")
        ANSWERED = "answered", _("an agent answers")
        SOLVED = "solved", _("it is solved")
        REOPENED = "reopened", _("it is reopened")
        UNANSWERED = "unanswered", _("nobody has answered for a while")
        DUE_SOON = "due_soon", _("an answer is due soon")
        OVERDUE = "overdue", _("an answer is overdue")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    title = models.CharField(_("title"), max_length=100, unique=True)
    trigger = models.CharField(_("when"), max_length=20, choices=Trigger.choices)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)  # of "for a while" and "soon"
    conditions = models.JSONField(_("and"), default=list, blank=True)  # [{"field", "is", "value"}], all must hold
    actions = models.JSONField(_("then"), default=list)
    is_on = models.BooleanField(_("on"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title


class RuleRun(models.Model):
    """One look of a rule at a conversation that matched: what it did, or why it could not."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="runs", verbose_name=_("rule"))
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="rule_runs")
    at = models.DateTimeField(_("when"))
    cause = models.CharField(max_length=80)  # what it looked at; one run for each (rule, conversation, cause)
    did = models.JSONField(_("did"), default=list)
    error = models.CharField(_("error"), max_length=80, blank=True, default="")

    class Meta:
        verbose_name = _("run of a rule")
        verbose_name_plural = _("runs of rules")
        ordering = ("-at",)
        constraints = [models.UniqueConstraint(fields=["rule", "conversation", "cause"], name="tickets_rule_run_once")]
        indexes = [models.Index(fields=["rule", "-at"], name="tickets_rule_run_at")]

    def __str__(self) -> str:
        return self.cause
