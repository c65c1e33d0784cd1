"""Codes, licences, terms, activations.

What is derived is never edited: a licence's end comes from its terms, its used seats from its activations.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import PlanVersion, Platform, Product


class BatchKind(models.TextChoices):
    """Why codes were made."""

    RETAIL = "retail", _("Shop cards")
    GIFT = "gift", _("Gift")
    RESELLER = "reseller", _("Reseller")
    REPLACEMENT = "replacement", _("Replacement of a lost code")
    ORDER = "order", _("Order")


class Batch(models.Model):
    """Codes made together, for one plan version. The clear list is an encrypted file, gone at its first download."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", verbose_name=_("plan version"))
    kind = models.CharField(_("kind"), max_length=20, choices=BatchKind.choices)
    label = models.CharField(_("label"), max_length=100, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    count = models.PositiveIntegerField(_("codes"))
    made = models.PositiveIntegerField(_("made so far"), default=0)
    created_by = models.UUIDField(_("made by"), null=True)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    list_path = models.CharField(max_length=300, blank=True)
    list_until = models.DateTimeField(_("list kept until"), null=True)
    list_taken_at = models.DateTimeField(_("list downloaded"), null=True)
    voided_at = models.DateTimeField(_("voided"), null=True)

    class Meta:
        verbose_name = _("batch of codes")
        verbose_name_plural = _("batches of codes")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.label or f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"


class License(models.Model):
    """The right to use a product on a number of devices until a moment that its terms add up to."""

    class Status(StrEnum):
        """Reported in this order of precedence from the right."""

        ACTIVE = "active"
        GRACE = "grace"
        EXPIRED = "expired"
        SUSPENDED = "suspended"
        REFUNDED = "refunded"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", verbose_name=_("plan version"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="licenses", verbose_name=_("owner")
    )
    added_devices = models.PositiveIntegerField(_("added devices"), default=0, db_default=0)
    seats_used = models.PositiveIntegerField(_("devices used"), default=0, db_default=0)
    starts_at = models.DateTimeField(_("starts"))
    expires_at = models.DateTimeField(_("ends"))
    tolerated_until = models.DateTimeField(_("tolerated until"), null=True)  # while a late charge is to come
    suspended_at = models.DateTimeField(_("suspended"), null=True)
    refunded_at = models.DateTimeField(_("refunded"), null=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gte=models.F("starts_at")), name="licensing_span")
        ]

    def __str__(self) -> str:
        return f"{self.plan_version.plan} …{str(self.id)[-6:]}"

    @property
    def device_limit(self) -> int:
        """On how many devices it may be used."""
        return self.plan_version.device_limit + self.added_devices

    @property
    def grace_until(self) -> datetime:
        """Until when it is tolerated past its end: its plan's grace, or longer while a late charge is to come."""
        grace = self.expires_at + timedelta(days=self.plan_version.grace_days)
        return max(grace, self.tolerated_until or grace)

    def status_at(self, moment: datetime) -> Status:
        """Its status at a moment of business time."""
        if self.refunded_at:
            return self.Status.REFUNDED
        if self.suspended_at:
            return self.Status.SUSPENDED
        if moment >= self.grace_until:
            return self.Status.EXPIRED
        return self.Status.GRACE if moment >= self.expires_at else self.Status.ACTIVE

    def is_usable_at(self, moment: datetime) -> bool:
        """Whether devices may be activated and leases renewed."""
        return self.status_at(moment) in {self.Status.ACTIVE, self.Status.GRACE}


class Code(models.Model):
    """An activation code, known only by its keyed hash; the last group in clear tells codes apart."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    hash = models.BinaryField(unique=True)
    tail = models.CharField(_("last group"), max_length=5)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="codes", verbose_name=_("batch"))
    license = models.ForeignKey(License, models.PROTECT, null=True, related_name="codes", verbose_name=_("licence"))
    redeemed_at = models.DateTimeField(_("redeemed"), null=True)
    voided_at = models.DateTimeField(_("voided"), null=True)
    replaced_by = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaces", verbose_name=_("replaced by")
    )

    class Meta:
        verbose_name = _("activation code")
        verbose_name_plural = _("activation codes")
        indexes = [models.Index(fields=["tail"], name="licensing_code_tail")]

    def __str__(self) -> str:
        return f"…{self.tail}"


class TermKind(models.TextChoices):
    """Where a piece of a licence's time comes from."""

    CODE = "code", _("Activation code")
    GIFT = "gift", _("Gift")
    ORDER = "order", _("Order")
    TRIAL = "trial", _("Trial")
    ADJUSTMENT = "adjustment", _("Adjustment")


class Term(models.Model):
    """A dated piece of a licence's time: a number of calendar months, or of seconds (days, after conversion exact)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    license = models.ForeignKey(License, models.PROTECT, related_name="terms", verbose_name=_("licence"))
    kind = models.CharField(_("kind"), max_length=20, choices=TermKind.choices)
    grant_ref = models.CharField(_("granted by"), max_length=100, unique=True)
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+", verbose_name=_("sold as"))
    code = models.ForeignKey(Code, models.PROTECT, null=True, related_name="terms")
    months = models.PositiveIntegerField(_("months"), null=True)
    seconds = models.BigIntegerField(_("seconds"), null=True)
    granted_at = models.DateTimeField(_("granted"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("granted_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(months__isnull=True, seconds__gt=0) | Q(months__gt=0, seconds__isnull=True),
                name="licensing_term_length",
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=models.F("starts_at")), name="licensing_term_span"),
        ]
        indexes = [models.Index(fields=["license", "granted_at"], name="licensing_term_order")]


class Activation(models.Model):
    """A device that holds, or held, a seat. The fingerprint is kept as its SHA-256 only.

    `token_hashes`: SHA-256 of the random part of the five newest tokens, newest first.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    license = models.ForeignKey(License, models.PROTECT, related_name="activations", verbose_name=_("licence"))
    fingerprint = models.BinaryField(max_length=32)
    name = models.CharField(_("device"), max_length=100)
    platform = models.CharField(_("platform"), max_length=20, choices=Platform.choices)
    app_version = models.CharField(_("version"), max_length=50, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("activated"))
    last_seen_at = models.DateTimeField(_("last seen"))
    is_swap = models.BooleanField(_("swap"), default=False, db_default=False)
    token_hashes = ArrayField(models.BinaryField(), default=list, db_default=[])
    removed_at = models.DateTimeField(_("removed"), null=True)
    removed_by = models.CharField(_("removed by"), max_length=12, default="", db_default="")
    offline_until = models.DateTimeField(_("offline until"), null=True)
    offline_nonce = models.CharField(max_length=100, default="", db_default="")
    offline_key = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ("-last_seen_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["license", "fingerprint"], condition=Q(removed_at__isnull=True), name="licensing_one_seat"
            )
        ]
        indexes = [
            models.Index(
                fields=["license", "removed_at"], condition=Q(removed_at__isnull=False), name="licensing_freed"
            ),
            models.Index(fields=["offline_until"], condition=Q(removed_at__isnull=True), name="licensing_offline"),
        ]

    def __str__(self) -> str:
        return self.name


class RefusedActivation(models.Model):
    """Why devices got no seat of a licence lately: one row for each reason, so it stays small whatever knocks.

    Written by the seats' function; says nothing of who or where, only what kind of device and how often.
    """

    license = models.ForeignKey(License, models.CASCADE, related_name="refused_activations")
    reason = models.CharField(_("reason"), max_length=40)
    times = models.PositiveIntegerField(_("times"))
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    platform = models.CharField(_("platform"), max_length=20, choices=Platform.choices)  # of the last one
    app_version = models.CharField(_("version"), max_length=50, blank=True, default="")

    class Meta:
        verbose_name = _("refused activation")
        verbose_name_plural = _("refused activations")
        ordering = ("-last_at",)
        constraints = [models.UniqueConstraint(fields=["license", "reason"], name="licensing_refused_once")]

    def __str__(self) -> str:
        return self.reason


class Replacement(models.Model):
    """A device at the limit asks the owner to give it another device's seat. Real time: 24 hours.

    Unknown codes get a row without a licence, so that all requests look alike.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    license = models.ForeignKey(License, models.CASCADE, null=True, related_name="replacements")
    fingerprint = models.BinaryField(max_length=32)
    name = models.CharField(max_length=100)
    platform = models.CharField(max_length=20, choices=Platform.choices)
    app_version = models.CharField(max_length=50, blank=True)
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("request for replacement")
        verbose_name_plural = _("requests for replacement")


class HandOver(models.Model):
    """The offer of a licence to another person, by mail; accepted by signing in. Real time: 7 days.

    `devices_to_free`: the activations that the owner takes along, freed at acceptance.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    license = models.ForeignKey(License, models.CASCADE, related_name="hand_overs")
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    to_email = models.EmailField(max_length=254)
    devices_to_free = ArrayField(models.UUIDField(), default=list, db_default=[])
    token_hash = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(
                fields=["license"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="licensing_one_offer",
            )
        ]
