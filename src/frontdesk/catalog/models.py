"""What is sold. A plan's versions are never changed: batches, orders and licences keep the version they were sold."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.core.money import Money


class Product(models.Model):
    """Something that is licensed. Its slug stands in the SDK of every shipped copy, so it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=100)
    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="package")
    reference_currency = models.CharField(_("reference currency"), max_length=3, default="EUR")
    is_listed = models.BooleanField(_("listed"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """A way to buy a product: an edition for a number of devices and a term."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="plans", verbose_name=_("product"))
    slug = models.SlugField(_("slug"), max_length=60)
    name = models.CharField(_("name"), max_length=100)
    is_listed = models.BooleanField(_("listed"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ("product", "position", "slug")
        constraints = [models.UniqueConstraint(fields=["product", "slug"], name="catalog_plan_slug")]

    def __str__(self) -> str:
        return f"{self.product.name} {self.name}"


class PlanVersion(models.Model):
    """What a plan was at one time. Immutable: a trigger refuses updates."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("version"))
    device_limit = models.PositiveIntegerField(_("devices"))
    term_months = models.PositiveIntegerField(_("term of an order, months"), default=12)
    code_days = models.PositiveIntegerField(_("term of a code, days"), default=365)
    grace_days = models.PositiveIntegerField(_("grace, days"), default=14)
    lease_days = models.PositiveIntegerField(_("lease, days"), default=14)
    offline_lease_days = models.PositiveIntegerField(_("offline lease, days"), default=90)
    swap_limit = models.PositiveIntegerField(_("swaps in 30 days"), default=4)
    trial_days = models.PositiveIntegerField(_("trial, days"), default=0, db_default=0)
    features = ArrayField(models.CharField(max_length=60), verbose_name=_("features"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        ordering = ("plan", "-number")
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="catalog_plan_version"),
            models.CheckConstraint(
                condition=Q(device_limit__gte=1, term_months__gte=1, code_days__gte=1, lease_days__gte=1),
                name="catalog_plan_version_sane",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(plan)s (version %(number)d)") % {"plan": self.plan, "number": self.number}


class Price(models.Model):
    """What a plan version costs for one term, tax included, in one currency. Immutable like its version."""

    id = models.BigAutoField(primary_key=True)
    plan_version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="prices")
    currency = models.CharField(_("currency"), max_length=3)
    minor = models.PositiveIntegerField(_("amount in minor units"))
    # What one more device costs for the same term; None: none can be added.
    device_minor = models.PositiveIntegerField(_("one more device, minor units"), null=True, blank=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [models.UniqueConstraint(fields=["plan_version", "currency"], name="catalog_price_once")]

    def __str__(self) -> str:
        return str(self.money)

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.minor, self.currency)


class Platform(models.TextChoices):
    """Where a product runs."""

    WINDOWS = "windows", _("Windows")
    MACOS = "macos", _("macOS")
    LINUX = "linux", _("Linux")
    ANDROID = "android", _("Android")
    IOS = "ios", _("iOS")
    OTHER = "other", _("Other")


class Channel(models.TextChoices):
    """How finished a release is."""

    STABLE = "stable", _("Stable")
    BETA = "beta", _("Beta")


class Release(models.Model):
    """One version of a product, on one channel, with a file for each platform."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="releases", verbose_name=_("product"))
    version = models.CharField(_("version"), max_length=50)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices, default=Channel.STABLE)
    notes = models.TextField(_("notes"), blank=True)
    is_public = models.BooleanField(_("downloadable without a licence"), default=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ("product", "-published_at")
        constraints = [models.UniqueConstraint(fields=["product", "version", "channel"], name="catalog_release_once")]

    def __str__(self) -> str:
        return f"{self.product.name} {self.version}"


class ReleaseFile(models.Model):
    """The build of a release for one platform."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    release = models.ForeignKey(Release, models.CASCADE, related_name="files", verbose_name=_("release"))
    platform = models.CharField(_("platform"), max_length=20, choices=Platform.choices)
    filename = models.CharField(_("file name"), max_length=200)
    path = models.CharField(_("where it lies in the storage"), max_length=300)
    size = models.BigIntegerField(_("size, bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    signature = models.TextField(_("signature"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["release", "platform"], name="catalog_file_once")]

    def __str__(self) -> str:
        return self.filename
