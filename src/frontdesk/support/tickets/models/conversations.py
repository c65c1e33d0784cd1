"""Conversations, who takes part, and what was said."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.roles import Role
from frontdesk.catalog.models import Product
from frontdesk.support.tickets.models.areas import Area, Team

# What nobody has: not given, or to somebody who is no longer on the staff.
NOBODYS = Q(assignee=None) | Q(assignee__is_staff=False) | Q(assignee__is_active=False)


class Channel(models.TextChoices):
    """The door a matter or a message came through."""

    FORM = "form", _("Form")
    MAIL = "mail", _("E-mail")
    CHAT = "chat", _("Chat")
    FORUM = "forum", _("Forum")
    DESK = "desk", _("Desk")


class Conversation(models.Model):
    """One matter of one customer. Its row is locked whenever something is added or changed.

    `reference` is what people quote (H7K-2QX-9MA); `reply_token` stands in the address that replies go to.
    `last_sequence` numbers the messages. The deadlines are a cache of `tickets.sla`, which can be reckoned anew.
    """

    class Status(models.TextChoices):
        """Whose turn it is. CLOSED takes no more replies: they open a new conversation that points back."""

        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting for the customer")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Spam")
        MERGED = "merged", _("Merged")

    class Priority(models.IntegerChoices):
        """How urgent it is for the team."""

        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=16, unique=True)
    reply_token = models.CharField(max_length=40, unique=True)
    subject = models.CharField(_("subject"), max_length=200)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OPEN)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="conversations",
        verbose_name=_("customer"),
    )
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    area = models.ForeignKey(Area, models.SET_NULL, null=True, related_name="conversations", verbose_name=_("area"))
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, related_name="conversations", verbose_name=_("product")
    )
    license = models.UUIDField(null=True)  # licensing and billing are siblings: known by number
    activation = models.UUIDField(null=True)
    reason_code = models.CharField(_("reason"), max_length=80, blank=True, default="")
    plan_name = models.CharField(_("plan"), max_length=200, blank=True, default="")  # when it began, for reports
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="conversations", verbose_name=_("team"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="assigned_conversations",
        verbose_name=_("assigned to"),
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("tags"))
    # While they talk in real time, what is said is not mailed message by message; the chat's end mails what was missed.
    in_chat = models.BooleanField(_("in chat"), default=False, db_default=False)
    last_sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("begun"))
    last_message_at = models.DateTimeField(_("last message"))
    last_customer_at = models.DateTimeField(null=True)  # when the customer last wrote
    solved_at = models.DateTimeField(_("solved"), null=True)
    snoozed_until = models.DateTimeField(_("put off until"), null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    continues = models.ForeignKey("self", models.SET_NULL, null=True, related_name="continued")
    # The cache of the service level's arithmetic. `next_step_at` is when the sweep looks at the conversation next.
    level = models.ForeignKey(
        "ServiceLevel", models.SET_NULL, null=True, related_name="conversations", verbose_name=_("service level")
    )
    first_due_at = models.DateTimeField(_("first response due"), null=True)
    next_due_at = models.DateTimeField(_("next response due"), null=True)
    solve_due_at = models.DateTimeField(_("solution due"), null=True)
    first_answered_at = models.DateTimeField(_("first answered"), null=True)
    first_met = models.BooleanField(null=True)  # whether it was kept; None while nobody knows
    next_met = models.BooleanField(null=True)  # False as soon as one of them was missed
    solve_met = models.BooleanField(null=True)
    looked_at = models.DateTimeField(null=True)  # until when the sweep has seen what time brought
    next_step_at = models.DateTimeField(null=True)
    # The earliest of the three; the database keeps it, so that the inbox can sort by it.
    due_at = models.GeneratedField(
        expression=Least("first_due_at", "next_due_at", "solve_due_at"),
        output_field=models.DateTimeField(_("due"), null=True),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ("-last_message_at",)
        indexes = [
            models.Index(fields=["status", "-last_message_at"], name="tickets_by_status"),
            models.Index(fields=["person", "-last_message_at"], name="tickets_by_person"),
            models.Index(
                fields=["assignee", "status", "-last_message_at"],
                name="tickets_by_assignee",
                condition=Q(assignee__isnull=False),
            ),
            models.Index(fields=["team", "status", "-last_message_at"], name="tickets_by_team"),
            models.Index(fields=["snoozed_until"], name="tickets_snoozed", condition=Q(snoozed_until__isnull=False)),
            models.Index(fields=["solved_at"], name="tickets_solved", condition=Q(status="solved")),
            models.Index(fields=["next_step_at"], name="tickets_due", condition=Q(next_step_at__isnull=False)),
            GinIndex(fields=["tags"], name="tickets_by_tag"),
            models.Index(fields=["-last_message_at", "-id"], name="tickets_by_last"),
            models.Index(fields=["-created_at", "-id"], name="tickets_by_created"),
            models.Index(fields=["due_at", "id"], name="tickets_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def is_nobodys(self) -> bool:
        """Whether nobody has it; somebody who left the staff has nothing. In queries: NOBODYS."""
        return self.assignee is None or not self.assignee.has_role(Role.AGENT)

    @property
    def is_live(self) -> bool:
        """Whether somebody's turn it still is."""
        return self.status in {self.Status.OPEN, self.Status.WAITING}


class Participant(models.Model):
    """An address that takes part. The requester's mail and replies go there; copies go to the others.

    `proved_at`: the address was shown to be the writer's (signed in, confirmed by a link, aligned mail).
    `access_hash` is the SHA-256 of the secret in a guest's link to the conversation's page.
    """

    class Role(models.TextChoices):
        """How they take part."""

        REQUESTER = "requester", _("Requester")
        COPY = "copy", _("Copy")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REQUESTER)
    address = models.EmailField(_("e-mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=100, blank=True, default="")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    proved_at = models.DateTimeField(null=True)
    bounced_at = models.DateTimeField(_("mail came back"), null=True)
    access_hash = models.BinaryField(max_length=32, null=True)
    last_read_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "address"], name="tickets_participant_once"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(role="requester"), name="tickets_one_requester"
            ),
        ]
        indexes = [models.Index(fields=["address"], name="tickets_by_address")]

    def __str__(self) -> str:
        return self.address


class Message(models.Model):
    """Something said in a conversation, in order of `sequence`. Never changed, only redacted.

    `client_id` is the sender's own number for it: posting twice adds it once. `text` is what readers see first,
    `html` its sanitised form when it came as one, `quoted` what was split off. A NOTE is seen by staff only; EVENT is a
    line about what happened ("Kim solved this"), whose `data` says what.
    """

    class Kind(models.TextChoices):
        """Who speaks."""

        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        AUTOMATIC = "automatic", _("Automatic")
        NOTE = "note", _("Note")
        EVENT = "event", _("Event")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    sequence = models.PositiveIntegerField()
    client_id = models.UUIDField(default=uuid4)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=100, blank=True, default="")
    author_address = models.CharField(max_length=254, blank=True, default="")
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    quoted = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("conversation", "sequence")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "sequence"], name="tickets_message_sequence"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="tickets_message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.sequence}"

    @property
    def is_theirs(self) -> bool:
        """Whether it comes from the customer's side: what they wrote, and what their mailbox answered by itself."""
        return self.kind == self.Kind.CUSTOMER or bool(self.data.get("received"))

    @property
    def is_public(self) -> bool:
        """Whether the customer sees it."""
        return self.kind not in {self.Kind.NOTE, self.Kind.EVENT}


class ConversationSearch(models.Model):
    """The words of a conversation (reference, subject, who takes part, what was said, notes), for the inbox's search.

    Kept by triggers (0002_inbox_search), whoever writes; it holds nothing that the conversation does not.
    """

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="search")
    document = SearchVectorField()

    class Meta:
        verbose_name = _("words of a conversation")
        verbose_name_plural = _("words of conversations")
        indexes = [GinIndex(fields=["document"], name="tickets_search")]

    def __str__(self) -> str:
        return str(self.conversation_id)
