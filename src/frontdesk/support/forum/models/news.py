"""What members are told: what is new for them, the mails about it, and where things stood before they came here."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from frontdesk.support.forum.models.members import Member
from frontdesk.support.forum.models.topics import Category, Post, Topic


class NewsMail(models.Model):
    """A mail that went to a member. Its Message-ID is how a reply without the token is matched.

    Times are real ones: they space mails. `told_until` is the topic's post up to which it told of.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="news_mails")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="news_mails")  # None: a digest
    internet_id = models.CharField(max_length=200, unique=True)
    account_message = models.UUIDField(null=True)  # accounts.Message
    told_until = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField()
    bounced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("community mail")
        verbose_name_plural = _("community mails")
        indexes = [
            models.Index(fields=["member", "topic", "-sent_at"], name="forum_mails_of"),
            models.Index(fields=["account_message"], name="forum_mail_by_message"),
        ]

    def __str__(self) -> str:
        return self.internet_id


class News(models.Model):
    """That something happened which concerns a member: the list on their page, and what mails are made of.

    A post is told once to each, whatever it is for them; that it was accepted is another piece of news. `mail_at` (real
    time) is when it is to be mailed, None where it is not, or was; rights and wishes are asked again then.
    """

    class Kind(models.TextChoices):
        """Why it is told."""

        MENTION = "mention", _("You are mentioned")
        ANSWER = "answer", _("Your post was answered")
        POST = "post", _("There is a new post")
        TOPIC = "topic", _("There is a new topic")
        ACCEPTED = "accepted", _("Your answer was accepted")
        ASKED = "asked", _("Our team was asked")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="news")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="news")
    post = models.ForeignKey(Post, models.CASCADE, related_name="news")
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_at = models.DateTimeField(null=True)
    mail = models.ForeignKey(NewsMail, models.SET_NULL, null=True, related_name="news")

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("news")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "post"], condition=~Q(kind__in=["accepted", "asked"]), name="forum_news_once"
            ),
            models.UniqueConstraint(
                fields=["member", "post", "kind"],
                condition=Q(kind__in=["accepted", "asked"]),
                name="forum_news_of_once",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-created_at"], name="forum_news_of"),
            models.Index(fields=["member"], name="forum_news_unread", condition=Q(read_at=None)),
            models.Index(fields=["mail_at"], name="forum_news_due", condition=Q(mail_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind}"


class OldAddress(models.Model):
    """Where something stood before it was imported: the path (with its query) at the old place."""

    path = models.CharField(max_length=500, unique=True)
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, related_name="+")
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("old address")
        verbose_name_plural = _("old addresses")

    def __str__(self) -> str:
        return self.path
