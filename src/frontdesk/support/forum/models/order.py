"""What keeps order: flags, and what moderators decided."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.support.forum.models.members import Member
from frontdesk.support.forum.models.topics import Post, Topic


class Flag(models.Model):
    """Somebody thinks that a moderator should look at a post, or at somebody's profile: one of the two.

    `weight` is their level's when they said so.
    """

    class Kind(models.TextChoices):
        """What they think is wrong."""

        SPAM = "spam", _("Spam")
        RUDE = "rude", _("Rude or hurtful")
        WRONG_PLACE = "place", _("In the wrong place")
        PRIVATE = "private", _("Shows what is private")
        OTHER = "other", _("Something else")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="flags")
    profile = models.ForeignKey(Member, models.CASCADE, null=True, related_name="reports")
    member = models.ForeignKey(Member, models.CASCADE, related_name="flags")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    words = models.CharField(_("words"), max_length=500, blank=True, default="")
    weight = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    was_right = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(fields=["post", "member"], name="forum_flag_once"),
            models.UniqueConstraint(
                fields=["profile", "member"], name="forum_profile_flag_once",
                condition=Q(decided_at=None, profile__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=False, profile=None) | Q(post=None, profile__isnull=False),
                name="forum_flags_one_thing",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["created_at"], name="forum_flags_open", condition=Q(decided_at=None))]

    def __str__(self) -> str:
        return f"{self.post_id or self.profile_id} {self.kind}"


class Decision(models.Model):
    """What a moderator did, and why: the log that moderators share. The audit has it as well.

    `what` is a key of `forum.phrases`; `reason` is shown to whom it concerns.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    what = models.CharField(_("what"), max_length=40)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="decisions")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="decisions")
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="decisions")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["-created_at"], name="forum_decisions_by_time")]

    def __str__(self) -> str:
        return self.what
