"""Categories, topics, posts and what posts said before."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import Product
from frontdesk.support.forum.models.members import Member
from frontdesk.support.texts import in_language


class Category(models.Model):
    """A part of the forum, with who may read and who may begin topics there."""

    class Who(models.TextChoices):
        """EVERYBODY (reading needs no account), those who own the product, or the team."""

        EVERYBODY = "everybody", _("Everybody")
        OWNERS = "owners", _("Owners of the product")
        STAFF = "staff", _("The team")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    titles = models.JSONField(_("titles"), default=dict)
    abouts = models.JSONField(_("descriptions"), default=dict)
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    reads = models.CharField(_("who reads"), max_length=10, choices=Who.choices, default=Who.EVERYBODY)
    begins = models.CharField(_("who begins topics"), max_length=10, choices=Who.choices, default=Who.EVERYBODY)
    asks = models.BooleanField(_("topics are questions"), default=True)  # they wait for an answer, and can be solved
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    external_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Its title in the reader's language."""
        return in_language(self.titles) or self.slug

    @property
    def about(self) -> str:
        """What it is for, in the reader's language."""
        return in_language(self.abouts)


class Topic(models.Model):
    """Something that is talked about. Its row is locked whenever something is added, changed or moved.

    `number` is in its address. Counts and `last_post_at` are a cache of the visible posts, kept by the verbs.
    `conversation` is the team's, once it waited for an answer for too long.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.PositiveBigIntegerField(unique=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="topics", verbose_name=_("category"))
    title = models.CharField(_("title"), max_length=200)
    slug = models.CharField(max_length=120)
    language = models.CharField(max_length=10, blank=True, default="")
    author = models.ForeignKey(Member, models.PROTECT, related_name="topics")
    created_at = models.DateTimeField(_("begun"))
    last_number = models.PositiveIntegerField(default=0)  # of its posts, whatever became of them
    post_count = models.PositiveIntegerField(default=0)  # visible ones, the first one included
    last_post_at = models.DateTimeField(_("last post"))
    last_poster = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    views = models.PositiveIntegerField(_("views"), default=0)
    accepted = models.ForeignKey("Post", models.SET_NULL, null=True, related_name="+")
    solved_at = models.DateTimeField(_("solved"), null=True)
    locked_at = models.DateTimeField(_("locked"), null=True)
    pinned_at = models.DateTimeField(_("pinned"), null=True)
    hidden_at = models.DateTimeField(null=True)  # nobody but its author and moderators see it
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    unanswered_since = models.DateTimeField(null=True)  # a question's: None once somebody else has written
    escalate_at = models.DateTimeField(null=True)  # when the team is asked, unless somebody answers
    conversation = models.UUIDField(null=True)
    external_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="forum_topic_imported_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["category", "-last_post_at", "-id"], name="forum_by_category", condition=Q(merged_into=None)
            ),
            models.Index(fields=["-last_post_at", "-id"], name="forum_by_last", condition=Q(merged_into=None)),
            models.Index(
                fields=["unanswered_since"], name="forum_unanswered", condition=Q(unanswered_since__isnull=False)
            ),
            models.Index(fields=["-solved_at", "-id"], name="forum_solved", condition=Q(solved_at__isnull=False)),
            models.Index(fields=["escalate_at"], name="forum_escalate", condition=Q(escalate_at__isnull=False)),
            models.Index(fields=["author", "-created_at"], name="forum_topics_of"),
            models.Index(fields=["conversation"], name="forum_by_conversation", condition=~Q(conversation=None)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("forum:topic", args=[self.number, self.slug])

    @property
    def is_question(self) -> bool:
        """Whether it waits for an answer, or did."""
        return self.category.asks

    @property
    def reply_count(self) -> int:
        """Visible posts without the first."""
        return max(self.post_count - 1, 0)


class Post(models.Model):
    """Something that was said in a topic, in order of `number`, which never changes. Its `text` is Markdown.

    `html` is the sanitised form and can be made anew; `client_id` is the sender's own number: posting twice adds it
    once. WAITING is seen by its author and moderators until somebody looks at it.
    """

    class State(models.TextChoices):
        """What became of it."""

        VISIBLE = "visible", _("Visible")
        WAITING = "waiting", _("Waits for a look")
        HIDDEN = "hidden", _("Hidden")
        DELETED = "deleted", _("Deleted")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="posts")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(Member, models.PROTECT, related_name="posts")
    client_id = models.UUIDField()
    text = models.TextField(_("text"))
    html = models.TextField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.VISIBLE)
    is_official = models.BooleanField(default=False)  # by the team, as they were when they wrote it
    answers = models.ForeignKey("self", models.SET_NULL, null=True, related_name="answered_by")
    mentions = ArrayField(models.CharField(max_length=40), default=list)
    like_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("edited"), null=True)
    edit_count = models.PositiveSmallIntegerField(default=0)
    waits_for = models.CharField(max_length=40, blank=True, default="")  # why it waits; a key of `forum.phrases`
    solved_at = models.DateTimeField(
        null=True
    )  # when it solved its topic, while it waits or is hidden: then it does again
    by_mail = models.BooleanField(default=False)
    search = SearchVectorField(null=True)
    external_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="forum_post_number"),
            models.UniqueConstraint(fields=["author", "client_id"], name="forum_post_once"),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="forum_post_imported_once"
            ),
        ]
        indexes = [
            models.Index(fields=["author", "-created_at"], name="forum_posts_of"),
            models.Index(fields=["created_at"], name="forum_waiting", condition=Q(state="waiting")),
            GinIndex(fields=["search"], name="forum_post_search"),
            models.Index(fields=["-created_at"], name="forum_post_newest", condition=Q(state="visible")),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id} {self.number}"

    def get_absolute_url(self) -> str:
        """Leads to where it stands, whatever became of its topic."""
        return reverse("forum:post", args=[self.pk])

    @property
    def is_visible(self) -> bool:
        """Whether all readers of the topic see it."""
        return self.state == self.State.VISIBLE


class Revision(models.Model):
    """What a post said before it was edited."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="revisions")
    text = models.TextField()
    title = models.CharField(max_length=200, blank=True, default="")  # of the topic, when its first post was edited
    editor = models.ForeignKey(Member, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    until = models.DateTimeField()  # when it was replaced
    was_seen = models.BooleanField(default=True, db_default=True)  # by all readers; not while it waited or was hidden

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("until",)
        indexes = [models.Index(fields=["post", "until"], name="forum_revisions_of")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.until}"
