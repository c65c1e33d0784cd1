"""What keeping order remembers: the vendor's rules, closed edits, old addresses, duplicates, traces, experts."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.support.forum.models.members import Member
from frontdesk.support.forum.models.topics import Category, Post, Topic


class OrderSettings(models.Model):
    """The vendor's rules, one row. `words` hold posts back; links to `hosts` are harmless, like those to our own."""

    words = ArrayField(models.CharField(max_length=80), default=list, verbose_name=_("words"))
    hosts = ArrayField(models.CharField(max_length=253), default=list, verbose_name=_("hosts"))
    hide_weight = models.PositiveSmallIntegerField(_("weight of flags that hides a post"), default=6)
    most_mentions = models.PositiveSmallIntegerField(_("mentions in a post"), default=10)
    storm_count = models.PositiveSmallIntegerField(_("new members who name the same person"), default=4)
    flood_count = models.PositiveSmallIntegerField(_("waiting posts of a new member"), default=5)

    class Meta:
        verbose_name = _("rules of the community")
        verbose_name_plural = _("rules of the community")

    def __str__(self) -> str:
        return str(_("Rules of the community"))


class EditLock(models.Model):
    """Only moderators edit this post. Without `by`: an edit war closed it."""

    post = models.OneToOneField(Post, models.CASCADE, related_name="edit_lock")
    since = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("closed edit")
        verbose_name_plural = _("closed edits")

    def __str__(self) -> str:
        return str(self.post_id)


class MovedPost(models.Model):
    """Where a post stood before it was moved: `topic` and `number` lead to it for good."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="moved_posts")
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, models.CASCADE, related_name="moved")

    class Meta:
        verbose_name = _("moved post")
        verbose_name_plural = _("moved posts")
        constraints = [models.UniqueConstraint(fields=["topic", "number"], name="forum_moved_post_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.number}"


class Duplicate(models.Model):
    """Somebody says that this topic asks what another one asks; the topic's page leads there."""

    topic = models.OneToOneField(Topic, models.CASCADE, related_name="duplicate")
    of = models.ForeignKey(Topic, models.CASCADE, related_name="duplicates")
    by = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("duplicate")
        verbose_name_plural = _("duplicates")

    def __str__(self) -> str:
        return f"{self.topic_id} {self.of_id}"


class Trace(models.Model):
    """What members of low level wrote lately: a digest of the words, or whom they named. Kept for two days."""

    class Kind(models.TextChoices):
        """What `key` is."""

        WORDS = "words", _("Words")
        MENTION = "mention", _("Mention")

    member = models.ForeignKey(Member, models.CASCADE, related_name="traces")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces")
        indexes = [
            models.Index(fields=["kind", "key", "created_at"], name="forum_traces"),
            models.Index(fields=["created_at"], name="forum_traces_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Expertise(models.Model):
    """What somebody is thanked for in a category: accepted answers and likes, of which the same giver's count once a
    month (`forum.experts` reckons it)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="expertise")
    category = models.ForeignKey(Category, models.CASCADE, related_name="expertise")
    accepted = models.PositiveIntegerField(default=0)
    liked = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("expertise")
        verbose_name_plural = _("expertise")
        constraints = [models.UniqueConstraint(fields=["member", "category"], name="forum_expertise_once")]
        indexes = [models.Index(fields=["category", "-accepted", "-liked"], name="forum_experts_of")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.category_id}"
