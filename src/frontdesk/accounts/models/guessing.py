"""What slows guessing down, and the codes that are guessed at."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models.people import Person


class GuessCounter(models.Model):
    """Wrong guesses in a row in one place: at one account by all unknown clients, or by one known browser.

    `bucket` names what is guessed (password, second factor, reset) and holds whose it is only as a keyed hash, so that
    unknown accounts are counted in the same way.
    """

    bucket = models.CharField(max_length=120, primary_key=True)
    failures = models.IntegerField(default=0, db_default=0)
    waits_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failures}"


class Purpose(models.TextChoices):
    """What a code that was sent is for."""

    SIGN_IN = "sign_in", _("signing in")
    SECOND_STEP = "second_step", _("the second step")
    PHONE = "phone", _("confirming a phone number")


class Channel(models.TextChoices):
    """How a code was sent."""

    MAIL = "mail", _("mail")
    SMS = "sms", _("SMS")


class OneTimeCode(models.Model):
    """A code that was mailed or sent by SMS: single use, for ten minutes, for the browser session that asked.

    Only its HMAC is kept. For an address without an account `person` is empty and no code fits.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    destination = models.CharField(max_length=254)
    request_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    guesses = models.SmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d}"
