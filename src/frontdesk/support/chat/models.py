"""Chats: who waits, who is there, and what became of it. What is said are the conversation's messages."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.models import Conversation


class Chat(models.Model):
    """The part of a conversation in which both sides are there. The conversation's row is locked whenever it changes.

    Moments of presence are real time, since they are about people at their screens; all others are business time.
    """

    class State(models.TextChoices):
        """WAITING: nobody has taken it yet (it may be offered to an agent); ACTIVE: an agent has it; TICKET: it goes on
        by mail."""

        WAITING = "waiting", _("Waiting")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")
        TICKET = "ticket", _("Goes on by mail")

    class By(models.TextChoices):
        """Who ended it."""

        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        SILENCE = "silence", _("Nobody wrote any more")

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="chat")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    visitor = models.ForeignKey("Visitor", models.SET_NULL, null=True, related_name="chats")  # a guest who began it
    # Who has taken it. While it waits, the conversation's assignee is who it was offered to.
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    page = models.CharField(_("page"), max_length=500, blank=True, default="")  # where it was begun
    site = models.CharField(
        _("site"), max_length=200, blank=True, default=""
    )  # another origin of the vendor's; "": ours
    began_at = models.DateTimeField(_("begun"))
    given_at = models.DateTimeField(null=True)  # since when the agent who has it has it
    answered_at = models.DateTimeField(_("first answered"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_by = models.CharField(_("ended by"), max_length=10, choices=By.choices, blank=True, default="")
    asked_at = models.DateTimeField(null=True)  # when a silent customer was asked whether they are still there
    silent_since = models.DateTimeField(null=True)  # our last answer; None when the customer spoke last
    customer_here_until = models.DateTimeField(null=True)
    agent_read_sequence = models.PositiveIntegerField(default=0)  # the customer's is their participant's
    mailed_sequence = models.PositiveIntegerField(default=0)  # up to where a customer who had gone got it by mail
    next_step_at = models.DateTimeField(null=True)  # when the sweep looks at it next

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "active"], ended_at=None)
                | Q(state__in=["ended", "ticket"], ended_at__isnull=False),
                name="chat_over_or_not",
            )
        ]
        indexes = [
            models.Index(fields=["began_at"], name="chat_queue", condition=Q(state="waiting")),
            models.Index(fields=["next_step_at"], name="chat_due", condition=Q(next_step_at__isnull=False)),
            models.Index(fields=["-began_at"], name="chat_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.state}"

    @property
    def is_on(self) -> bool:
        """Whether it waits or is talked in."""
        return self.state in {self.State.WAITING, self.State.ACTIVE}


class Visitor(models.Model):
    """Somebody without an account who shows that an address is theirs, by a code that is mailed there.

    `secret_hash` is the SHA-256 of what their browser keeps once they have; `code_hash` is keyed and bound to the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=100, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    code_hash = models.BinaryField(max_length=32, null=True)
    code_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)
    secret_hash = models.BinaryField(max_length=32, null=True, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        indexes = [models.Index(fields=["address"], name="chat_visitor_address")]

    def __str__(self) -> str:
        return str(self.pk)


class ChatSettings(models.Model):
    """How the vendor wants to chat; one row.

    `sites`: other origins of theirs that may show the chat, one a line (https://docs.halcyon.example).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_open = models.BooleanField(_("chat is offered"), default=True)
    sites = models.TextField(_("other sites"), blank=True, default="")
    take_within_seconds = models.PositiveIntegerField(_("seconds until a chat goes to the next agent"), default=90)
    ask_after_minutes = models.PositiveIntegerField(_("minutes until a silent customer is asked"), default=5)
    end_after_minutes = models.PositiveIntegerField(_("minutes until a silent chat ends"), default=15)
    longest_wait_minutes = models.PositiveIntegerField(_("minutes until a waiting chat goes on by mail"), default=15)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("chat settings")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="chat_settings_one")]

    def __str__(self) -> str:
        return "chat"
