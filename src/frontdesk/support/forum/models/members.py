"""Members, what they like and what they follow."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Member(models.Model):
    """Somebody who takes part, under the name they chose. Without a person: an account that was erased, or imported.

    `level` is the trust level (`forum.trust`), which `level_fixed` keeps where a moderator put it. Counts are a cache
    (`forum.counting`). `digest_days`: how often the digest comes; 0 never. `mails_nothing` stands above all that they
    chose to be mailed, which stays for when they change their mind. `agreed_at`: when they chose the name that others
    see and agreed to be shown; until then nothing of theirs is written or shown.
    """

    class Level(models.IntegerChoices):
        """How much the community trusts them."""

        NEW = 0, _("New")
        BASIC = 1, _("Basic")
        MEMBER = 2, _("Member")
        REGULAR = 3, _("Regular")
        LEADER = 4, _("Leader")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="member")
    handle = models.CharField(_("handle"), max_length=40, unique=True)  # @handle, small letters
    name = models.CharField(_("name"), max_length=100, blank=True, default="")
    about = models.TextField(_("about"), blank=True, default="")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.NEW)
    level_fixed = models.BooleanField(default=False)
    joined_at = models.DateTimeField(_("joined"))
    agreed_at = models.DateTimeField(null=True)
    seen_on = models.DateField(null=True)
    days_seen = models.PositiveIntegerField(default=0)
    topics_read = models.PositiveIntegerField(default=0)
    post_count = models.PositiveIntegerField(default=0)
    likes_received = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)
    silenced_until = models.DateTimeField(null=True)
    banned_at = models.DateTimeField(null=True)
    shows_expertise = models.BooleanField(_("among the experts"), default=True, db_default=True)
    mails_nothing = models.BooleanField(_("no mails at all"), default=False, db_default=False)
    mails_mentions = models.BooleanField(_("mail when I am mentioned"), default=True)
    digest_days = models.PositiveSmallIntegerField(_("digest"), default=7)
    digest_at = models.DateTimeField(null=True)  # when the next one is due
    external_id = models.CharField(max_length=100, blank=True, default="")
    claim_address_hash = models.BinaryField(max_length=32, null=True)  # of an imported one, for its owner to claim it
    erased_hash = models.BinaryField(max_length=32, null=True)  # of an imported one who was erased: its outside id
    reached_from = models.DateTimeField(null=True)  # real time; what came back before does not count any more

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="forum_member_imported_once"
            )
        ]
        indexes = [
            models.Index(fields=["digest_at"], name="forum_digest_due", condition=Q(digest_at__isnull=False)),
            models.Index(fields=["-accepted_count", "-likes_received"], name="forum_experts"),
            models.Index(fields=["claim_address_hash"], name="forum_claims", condition=~Q(claim_address_hash=None)),
            models.Index(fields=["erased_hash"], name="forum_erased", condition=~Q(erased_hash=None)),
        ]

    def __str__(self) -> str:
        return self.handle

    @property
    def shown_name(self) -> str:
        """What pages call them; who left has no name any more."""
        return self.name or gettext("Former member")


class FormerHandle(models.Model):
    """What somebody was called before: addresses and mentions with it still lead to them, and nobody else takes it."""

    handle = models.CharField(_("handle"), max_length=40, primary_key=True)
    member = models.ForeignKey(Member, models.CASCADE, related_name="former_handles")

    class Meta:
        verbose_name = _("former handle")
        verbose_name_plural = _("former handles")

    def __str__(self) -> str:
        return self.handle


class Reaction(models.Model):
    """That somebody liked a post."""

    post = models.ForeignKey("Post", models.CASCADE, related_name="reactions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="reactions")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [models.UniqueConstraint(fields=["post", "member"], name="forum_reaction_once")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.member_id}"


class Subscription(models.Model):
    """What somebody follows: a topic or a category. `last_number` is the last post of a topic that they have read.

    `is_chosen`: by the member, where READ else is only the mark of what was read. `reply_token` stands in the address
    that replies by mail go to; each member has one of their own for each topic.
    """

    class Kind(models.TextChoices):
        """WATCH mails each post, DIGEST shows it in the digest, READ only remembers what was read, MUTED hides it."""

        WATCH = "watch", _("By mail, at once")
        DIGEST = "digest", _("In the digest")
        READ = "read", _("Not at all")
        MUTED = "muted", _("Muted")

    member = models.ForeignKey(Member, models.CASCADE, related_name="subscriptions")
    topic = models.ForeignKey("Topic", models.CASCADE, null=True, related_name="subscriptions")
    category = models.ForeignKey("Category", models.CASCADE, null=True, related_name="subscriptions")
    kind = models.CharField(_("how"), max_length=10, choices=Kind.choices)
    is_chosen = models.BooleanField(default=False, db_default=False)
    last_number = models.PositiveIntegerField(default=0)
    mailed_number = models.PositiveIntegerField(default=0)  # up to which posts were mailed
    reply_token = models.CharField(max_length=40, unique=True, null=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__isnull=False, category=None) | Q(topic=None, category__isnull=False),
                name="forum_follows_one_thing",
            ),
            models.UniqueConstraint(fields=["member", "topic"], name="forum_follows_topic_once"),
            models.UniqueConstraint(fields=["member", "category"], name="forum_follows_category_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"
