"""Pictures in posts."""

from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.support.forum.models.members import Member
from frontdesk.support.forum.models.topics import Post


class Picture(models.Model):
    """A picture made anew from what was uploaded, under a name that nobody guesses; shown while its post is.

    Without a post: it is not sent yet, and only who uploaded it sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="pictures")
    uploaded_by = models.ForeignKey(Member, models.CASCADE, related_name="pictures")
    file = models.CharField(max_length=200, unique=True)  # its name in the default storage
    content_type = models.CharField(_("type"), max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(_("bytes"))
    source_hash = models.BinaryField(max_length=32)  # of what was uploaded
    created_at = models.DateTimeField(_("uploaded"))  # real time

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes = [
            models.Index(fields=["created_at"], name="forum_pictures_unsent", condition=models.Q(post=None)),
        ]

    def __str__(self) -> str:
        return self.file

    @property
    def name(self) -> str:
        """By which texts name it."""
        return self.file.rpartition("/")[2]

    @property
    def address(self) -> str:
        """Its path."""
        return reverse("forum:picture", args=[self.name])

    @property
    def markdown(self) -> str:
        """How a text shows it."""
        return f"![]({self.address})"
