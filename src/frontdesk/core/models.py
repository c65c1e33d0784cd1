"""Tables of the mechanisms. People appear by uuid only."""

from datetime import timedelta
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockOffset(models.Model):
    """How far the demo has travelled from real time: at most one row."""

    offset = models.DurationField(default=timedelta)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="core_clock_single")]


class AuditEntry(models.Model):
    """Something that was done. Append-only: a trigger refuses update and delete.

    `data` holds nothing personal; personal values are in `personal`, sealed under the key of `person`.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(_("kind of actor"), max_length=12)
    actor = models.UUIDField(_("actor"), null=True)
    action = models.CharField(_("action"), max_length=80)
    subject_type = models.CharField(_("kind of object"), max_length=40)
    subject = models.UUIDField(_("object"))
    person = models.UUIDField(_("person"), null=True)
    reason = models.TextField(_("reason"), default="", db_default="")
    data = models.JSONField(_("details"), default=dict, db_default={})
    personal = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["subject", "id"], name="core_audit_subject"),
            models.Index(fields=["person", "id"], name="core_audit_person", condition=models.Q(person__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class AuditSeal(models.Model):
    """One link of the hash chain over a run of audit entries."""

    id = models.BigAutoField(primary_key=True)
    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField(unique=True)
    count = models.IntegerField()
    sealed_at = models.DateTimeField()
    previous = models.BinaryField()
    digest = models.BinaryField()


class PersonKey(models.Model):
    """A person's own data key, sealed under the master key. Deleting it makes their audit values unreadable."""

    person = models.UUIDField(primary_key=True)
    sealed_key = models.BinaryField()


class OutboxMessage(models.Model):
    """Something to tell the world outside, written in the business transaction and delivered by the worker.

    `secret` holds what must not stay (a code in a mail), sealed, and is erased on delivery.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(_("key"), default=uuid4, unique=True)
    topic = models.CharField(_("topic"), max_length=80)
    payload = models.JSONField(default=dict)
    secret = models.BinaryField(null=True)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("due"))
    attempts = models.SmallIntegerField(_("attempts"), default=0, db_default=0)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(_("given up"), null=True)
    last_error = models.CharField(_("last error"), max_length=200, default="", db_default="")

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(
                fields=["due_at"],
                name="core_outbox_due",
                condition=models.Q(delivered_at__isnull=True, failed_at__isnull=True),
            )
        ]


class ThrottleCounter(models.Model):
    """How often something happened in one window of time."""

    bucket = models.CharField(max_length=120)
    window = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="core_throttle_once")]


class SpentTicket(models.Model):
    """A ticket for a stream that has served, until its time is over. Unlogged: what a crash forgets lasted a minute."""

    nonce = models.UUIDField(primary_key=True)
    until = models.DateTimeField()


class SigningKey(models.Model):
    """An Ed25519 key that signs leases or releases; the private half is sealed under the master key."""

    kid = models.CharField(max_length=43, primary_key=True)
    purpose = models.CharField(max_length=10, choices=[("lease", "lease"), ("release", "release")])
    public = models.BinaryField()
    sealed_private = models.BinaryField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class KeySet(models.Model):
    """A key set as published: its keys and serial, signed by the trust root, which is kept off the server."""

    serial = models.PositiveIntegerField(primary_key=True)
    root = models.BinaryField()
    document = models.JSONField()
    created_at = models.DateTimeField()
