"""Mail in and out. What came in is kept as it came, before anybody looks at it."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models.conversations import Conversation, Message


class Verdict(models.TextChoices):
    """What became of a mail. Every mail ends with one of these."""

    OPENED = "opened", _("Opened a conversation")
    REPLY = "reply", _("Continued a conversation")
    POSTED = "posted", _("Became a post in the community")
    REFUSED = "refused", _("Refused, and the sender told why")
    REVIEW = "review", _("Waits for review")
    DUPLICATE = "duplicate", _("Had come before")
    OWN = "own", _("Our own mail came back")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    BOUNCE = "bounce", _("Could not be delivered")
    LIST = "list", _("From a mailing list")
    EMPTY = "empty", _("Said nothing")
    UNREADABLE = "unreadable", _("Could not be read")
    TOO_LARGE = "too_large", _("Too large")
    BLOCKED = "blocked", _("From a blocked sender")
    TIMED_OUT = "timed_out", _("Took too long to read")
    DISMISSED = "dismissed", _("Dismissed by staff")


class IncomingMail(models.Model):
    """A mail as it came. Stored and committed before it is acknowledged; processed by the worker; can be replayed.

    `verdict` is empty until it was processed. `detail` says why in a few words, never with the mail's text.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    source = models.CharField(_("came by"), max_length=20)  # imap, lmtp, smtp, webhook, command, demo
    source_key = models.CharField(max_length=300, null=True, unique=True)  # of sources that hand a mail over twice
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size"))
    envelope_from = models.CharField(max_length=320, blank=True, default="")
    envelope_to = models.CharField(max_length=320, blank=True, default="")
    internet_id = models.CharField(_("Message-ID"), max_length=500, blank=True, default="")
    from_address = models.CharField(_("from"), max_length=320, blank=True, default="")
    from_name = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=300, blank=True, default="")
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # real time; when it is processed (again); None once there is a verdict
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices, blank=True, default="")
    detail = models.CharField(_("detail"), max_length=300, blank=True, default="")
    digest = models.CharField(
        max_length=64, blank=True, default=""
    )  # of what it says: the same by whatever way it came
    authentication = models.CharField(_("sender"), max_length=20, blank=True, default="")  # pass, fail, none
    # What could not be read as it should have been: codes of details.REPORTS.
    reports = ArrayField(models.CharField(max_length=30), default=list, db_default=[])
    conversation = models.ForeignKey(Conversation, models.SET_NULL, null=True, related_name="incoming_mails")
    message = models.OneToOneField(Message, models.SET_NULL, null=True, related_name="incoming_mail")

    class Meta:
        verbose_name = _("received mail")
        verbose_name_plural = _("received mails")
        ordering = ("-received_at",)
        indexes = [
            models.Index(fields=["due_at"], name="tickets_mail_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["internet_id"], name="tickets_mail_message_id"),
            models.Index(fields=["sha256"], name="tickets_mail_sha256"),
            models.Index(fields=["verdict", "-received_at"], name="tickets_mail_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict or 'new'} {self.id}"


class ImapFolder(models.Model):
    """How far a mailbox was read. `last_uid` moves with the mail it stands for, in one commit; `missed` is tried again.

    Another `validity` means that the server has numbered everything anew. Numbers below `old_below` are of mails that
    lay there when we came, or when it numbered anew; `begun_at` is when we came (real time), None where we took
    everything.
    """

    name = models.CharField(max_length=250, unique=True)
    validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    missed = ArrayField(models.BigIntegerField(), default=list)
    begun_at = models.DateTimeField(null=True)
    old_below = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("polled mailbox")
        verbose_name_plural = _("polled mailboxes")

    def __str__(self) -> str:
        return self.name


class ErasedMail(models.Model):
    """That a mail was erased: its SHA-256 under a key of ours, so that a mailbox does not bring it back."""

    mark = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("erased mail")
        verbose_name_plural = _("erased mails")

    def __str__(self) -> str:
        return self.mark[:12]


class RawMail(models.Model):
    """The bytes of a mail, and what was read in them, apart from its row so that lists stay light.

    `text`, `quoted` and `files` are what staff are shown of it, shortened; None until it was read. Whoever deletes the
    row deletes all that the mail says. `files`: for each its name, its size in bytes and why it would be refused.
    """

    mail = models.OneToOneField(IncomingMail, models.CASCADE, primary_key=True, related_name="raw")
    raw = models.BinaryField()
    text = models.TextField(null=True)
    quoted = models.TextField(null=True)
    files = models.JSONField(null=True)

    class Meta:
        verbose_name = _("mail as it came")
        verbose_name_plural = _("mails as they came")

    def __str__(self) -> str:
        return str(self.mail_id)


class OutgoingMail(models.Model):
    """One message on its way to one participant. Its Message-ID is how a reply without the token is matched."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="outgoing_mails")
    address = models.EmailField(max_length=254)
    internet_id = models.CharField(max_length=200, unique=True)
    account_message = models.UUIDField(null=True)  # accounts.Message, which tells when it was sent
    bounced_at = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("sent mail")
        verbose_name_plural = _("sent mails")
        constraints = [models.UniqueConstraint(fields=["message", "address"], name="tickets_outgoing_once")]

    def __str__(self) -> str:
        return self.internet_id


class BlockedSender(models.Model):
    """An address or a whole domain ("@example.com") whose mail is kept but not shown."""

    pattern = models.CharField(_("address or @domain"), max_length=254, unique=True)
    reason = models.CharField(_("reason"), max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("blocked sender")
        verbose_name_plural = _("blocked senders")

    def __str__(self) -> str:
        return self.pattern
