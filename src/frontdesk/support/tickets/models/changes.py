"""What happened to a conversation, in order: the input of the service level's arithmetic and of the reports."""

from django.db import models

from frontdesk.support.tickets.models.conversations import Conversation


class StateChange(models.Model):
    """One thing that matters for response times. Append-only; a merge copies nothing: both keep their own."""

    class Kind(models.TextChoices):
        """What happened. Only ANSWERED counts as a response; automatic replies do not."""

        OPENED = "opened"
        CUSTOMER_WROTE = "customer_wrote"
        ANSWERED = "answered"
        WAITING = "waiting"  # the customer's turn
        RESUMED = "resumed"  # our turn again, though the customer did not write
        SOLVED = "solved"
        REOPENED = "reopened"
        CLOSED = "closed"
        MERGED = "merged"
        SPAM = "spam"
        LEVEL = "level"  # `level` applies from here on

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    level = models.ForeignKey("ServiceLevel", models.SET_NULL, null=True, related_name="+")
    actor = models.UUIDField(null=True)

    class Meta:
        ordering = ("conversation", "id")
        indexes = [models.Index(fields=["kind", "at"], name="tickets_changes_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
