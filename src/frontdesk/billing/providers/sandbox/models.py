"""The bank's own tables. They know nothing of billing's rows but the keys and numbers that billing sent along.

Business time (`core.clock.now`), except `touched_at` and the events, which are the network's.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.billing.providers.sandbox import cards
from frontdesk.core.money import Money


class IdempotencyKey(models.Model):
    """A deed that was asked for under a key: `digest` of what was asked, `ref` of what came of it."""

    key = models.CharField(max_length=120, primary_key=True)
    digest = models.CharField(max_length=64)
    ref = models.CharField(max_length=60)


class Card(models.Model):
    """A card that was left with the bank: which test card it is and its last digits, never its number."""

    ref = models.CharField(max_length=60, unique=True)
    customer_ref = models.CharField(max_length=60)
    code = models.CharField(_("test card"), max_length=30)
    last4 = models.CharField(_("last four digits"), max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    charges = models.PositiveIntegerField(default=0)  # tries to charge it while it was kept
    is_kept = models.BooleanField(default=True)
    detached_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{cards.BRAND} •••• {self.last4}"

    @property
    def script(self) -> cards.TestCard:
        """What happens with it."""
        return cards.BY_CODE[self.code]

    def has_expired(self, moment: datetime) -> bool:
        """Whether its month is over."""
        return (moment.year, moment.month) > (self.exp_year, self.exp_month)


class Intent(models.Model):
    """A payment, or a card to be left (then without an amount): on the bank's page, or with a kept card.

    While it waits, `card` is the one that waits to be confirmed, and `decline` says why the last try failed.
    """

    class Kind(models.TextChoices):
        """What it is for."""

        PAYMENT = "payment", _("Payment")
        SETUP = "setup", _("Card to be left")

    class Status(models.TextChoices):
        """How it stands. The last two are final."""

        OPEN = "open", _("Waiting")
        CONFIRMING = "confirming", _("Unconfirmed")
        SUCCEEDED = "succeeded", _("Succeeded")
        FAILED = "failed", _("Failed")

    WAITING = (Status.OPEN, Status.CONFIRMING)

    ref = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    customer = models.CharField(max_length=60)  # the caller's number
    customer_ref = models.CharField(max_length=60)
    has_page = models.BooleanField(default=False)
    keeps_card = models.BooleanField(default=False)
    amount_minor = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True, default="")
    description = models.CharField(max_length=200, blank=True, default="")
    statement_text = models.CharField(max_length=40, blank=True, default="")
    return_url = models.TextField(blank=True, default="")
    cancel_url = models.TextField(blank=True, default="")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="intents")
    tries = models.JSONField(default=dict)  # of each test card on the page
    decline = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    silent_until = models.DateTimeField(null=True)  # the answer is lost till then
    dispute_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["customer_ref", "-created_at"], name="sandbox_intent_customer"),
            models.Index(fields=["touched_at"], name="sandbox_intent_touched"),
            models.Index(
                fields=["dispute_at"], condition=models.Q(dispute_at__isnull=False), name="sandbox_intent_dispute"
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(status__in=("open", "confirming")),
                name="sandbox_intent_waiting",
            ),
        ]

    @property
    def amount(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount_minor, self.currency)

    @property
    def turn(self) -> int:
        """How many cards were tried on the page: a form of an earlier turn is not carried out again."""
        return sum(self.tries.values())

    def is_waiting_at(self, moment: datetime) -> bool:
        """Whether it can still be paid or confirmed."""
        return self.status in self.WAITING and moment < self.expires_at


class Refund(models.Model):
    """Money that went back, or that could not."""

    ref = models.CharField(max_length=60, unique=True)
    key = models.CharField(max_length=120)
    intent = models.ForeignKey(Intent, models.PROTECT, related_name="refunds")
    amount_minor = models.PositiveIntegerField()
    has_succeeded = models.BooleanField()
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()


class Dispute(models.Model):
    """A cardholder asked for the money back. `decide_at`: when the bank decides by itself, as `verdict` says."""

    class Status(models.TextChoices):
        """How it stands, seen by the vendor. The last two are final."""

        OPEN = "open", _("Undecided")
        WON = "won", _("Won by you")
        LOST = "lost", _("Lost by you")

    ref = models.CharField(max_length=60, unique=True)
    intent = models.OneToOneField(Intent, models.PROTECT, related_name="dispute")
    amount_minor = models.PositiveIntegerField()
    reason = models.CharField(max_length=60)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    verdict = models.CharField(max_length=8, blank=True, default="")
    opened_at = models.DateTimeField()
    decide_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField()


class Event(models.Model):
    """Something that the bank tells the vendor by webhook; sent until it was taken. Real time."""

    ref = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=10)
    object_ref = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # None: taken, or given up
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="sandbox_event_due")]
