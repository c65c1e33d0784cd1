"""Browsers: signed in now (sessions), and known from earlier."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models.people import Person


class Session(models.Model):
    """A browser that is signed in, or on the way. Only the HMAC of the cookie's key is kept, and the data is sealed."""

    id = models.CharField(primary_key=True, max_length=64)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="sessions")
    sealed_data = models.BinaryField()
    user_agent = models.CharField(max_length=200, blank=True)
    ip_prefix = models.CharField(max_length=50, blank=True)
    place = models.CharField(max_length=100, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    def __str__(self) -> str:
        return f"{self.ip_prefix} {self.created_at:%Y-%m-%d}"


class KnownBrowser(models.Model):
    """A browser in which somebody has completed a sign-in; one browser may be known to several people.

    Its guesses are counted apart, so that a stranger's attack never locks its owner out. Until `remembered_until` it
    skips the second step too. The cookie holds a token; here lies its hash.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="known_browsers")
    token_hash = models.CharField(max_length=64, db_index=True)
    user_agent = models.CharField(max_length=200, blank=True)
    ip_prefix = models.CharField(max_length=50, blank=True)
    place = models.CharField(max_length=100, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    remembered_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("known browser")
        verbose_name_plural = _("known browsers")
        constraints = [models.UniqueConstraint(fields=["person", "token_hash"], name="accounts_known_browser_once")]

    def __str__(self) -> str:
        return f"{self.ip_prefix} {self.created_at:%Y-%m-%d}"
