"""Service levels: what was promised, by when, by which calendar. Policies and calendars are dated, never changed."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceLevel(models.Model):
    """A promise that plans come with ("Standard", "Priority"). The highest rank of a customer's plans counts."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    rank = models.PositiveSmallIntegerField(_("rank"), default=0)
    is_default = models.BooleanField(_("for everybody else"), default=False)

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        ordering = ("rank",)
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="tickets_one_default_level"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Calendar(models.Model):
    """When people are there."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """A calendar's hours from a day on.

    `hours`: for each weekday ("0" is Monday) a list of ["09:00", "17:00"] in local time; "24:00" ends a day.
    `holidays`: ISO dates on which nobody is there.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="versions", verbose_name=_("calendar"))
    since = models.DateTimeField(_("from"))
    time_zone = models.CharField(_("time zone"), max_length=60)
    hours = models.JSONField(_("hours"))
    holidays = models.JSONField(_("holidays"), default=list, blank=True)

    class Meta:
        verbose_name = _("hours")
        verbose_name_plural = _("hours")
        ordering = ("calendar", "since")
        constraints = [models.UniqueConstraint(fields=["calendar", "since"], name="tickets_calendar_version_once")]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.since:%Y-%m-%d}"


class Policy(models.Model):
    """What a level promises from a day on, in minutes of the calendar's hours; None promises nothing of the kind."""

    level = models.ForeignKey(ServiceLevel, models.CASCADE, related_name="policies", verbose_name=_("service level"))
    since = models.DateTimeField(_("from"))
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="policies", verbose_name=_("calendar"))
    first_minutes = models.PositiveIntegerField(_("first response (minutes)"), null=True, blank=True)
    next_minutes = models.PositiveIntegerField(_("next response (minutes)"), null=True, blank=True)
    solve_minutes = models.PositiveIntegerField(_("solution (minutes)"), null=True, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ("level", "since")
        constraints = [models.UniqueConstraint(fields=["level", "since"], name="tickets_policy_once")]

    def __str__(self) -> str:
        return f"{self.level_id} {self.since:%Y-%m-%d}"
