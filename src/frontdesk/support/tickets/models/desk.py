"""What agents keep beside conversations: drafts, presence, mentions, reminders, texts ready to use, saved views."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models.areas import Team
from frontdesk.support.tickets.models.conversations import Conversation, Message


class Draft(models.Model):
    """What an agent (or the customer) was writing; survives a reload."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Message.Kind.choices, default=Message.Kind.AGENT)
    text = models.TextField()
    client_id = models.UUIDField(default=uuid4)  # of the message that it becomes
    attachments = ArrayField(models.UUIDField(), default=list)  # uploaded, and of no message yet
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "person"], name="tickets_draft_once")]

    def __str__(self) -> str:
        return str(self.client_id)


class Presence(models.Model):
    """Who looks at a conversation or answers it right now: a short lease, in real time."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="presences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    is_answering = models.BooleanField(default=False)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "person"], name="tickets_presence_once")]

    def __str__(self) -> str:
        return str(self.person_id)


class Mention(models.Model):
    """A note that names a colleague, until they have seen it."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="tickets_mention_once")]

    def __str__(self) -> str:
        return str(self.person_id)


class Reminder(models.Model):
    """An agent wants to look at a conversation again."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    due_at = models.DateTimeField(_("when"))
    words = models.CharField(_("about what"), max_length=200, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ("due_at",)

    def __str__(self) -> str:
        return self.words


class CannedReply(models.Model):
    """A text ready to use, by language; {{customer_name}} and its like are filled in (`tickets.variables`)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    title = models.CharField(_("title"), max_length=100)
    shortcut = models.SlugField(_("shortcut"), max_length=40, unique=True)
    texts = models.JSONField(_("texts"), default=dict)
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, verbose_name=_("only for"))
    uses = models.PositiveIntegerField(_("used"), default=0)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Macro(models.Model):
    """Several steps at one press: a list of `tickets.actions`."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    title = models.CharField(_("title"), max_length=100, unique=True)
    actions = models.JSONField(_("steps"), default=list)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title


class SavedView(models.Model):
    """A filter of the inbox under a name, for one agent or for all (`person` is None)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=80)
    query = models.JSONField(default=dict)  # the parameters of the inbox's address
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title
