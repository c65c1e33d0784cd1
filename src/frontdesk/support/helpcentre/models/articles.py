"""Categories and articles. What readers see is one revision of each translation; all others are kept."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import Product
from frontdesk.support.texts import in_language


class Category(models.Model):
    """A shelf of the help centre. Titles and descriptions are kept by language."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    titles = models.JSONField(_("titles"), default=dict)
    descriptions = models.JSONField(_("descriptions"), default=dict, blank=True)
    icon = models.CharField(_("icon"), max_length=40, default="book-open")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

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
    def description(self) -> str:
        """Its description in the reader's language."""
        return in_language(self.descriptions)


class Article(models.Model):
    """One matter, in as many languages as were written. The slug is the same in all of them and stays in addresses.

    What `is_internal` is read and found by the staff alone; to everybody else it is not there.
    """

    class Kind(models.TextChoices):
        """An article explains; a guide leads through steps to find what is wrong."""

        ARTICLE = "article", _("Article")
        GUIDE = "guide", _("Troubleshooting guide")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ARTICLE)
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("category")
    )
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("product")
    )
    is_internal = models.BooleanField(_("for the team only"), default=False, db_default=False)
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related articles"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # The conversation it was written from, so that the agent finds it again; tickets lie above this app.
    drafted_from = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.slug


class ArticleReason(models.Model):
    """The article that stands behind a reason of the catalogue; an article may stand behind several."""

    code = models.CharField(_("reason"), max_length=80, primary_key=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="reasons", verbose_name=_("article"))

    class Meta:
        verbose_name = _("reason with an article")
        verbose_name_plural = _("reasons with an article")

    def __str__(self) -> str:
        return self.code


class Translation(models.Model):
    """An article in one language. `published` is the revision that readers see; None while it is a draft."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="translations", verbose_name=_("article"))
    language = models.CharField(_("language"), max_length=10)
    published = models.ForeignKey(
        "Revision", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("published revision")
    )
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [models.UniqueConstraint(fields=["article", "language"], name="helpcentre_translation_once")]

    def __str__(self) -> str:
        return f"{self.article.slug} ({self.language})"


class Revision(models.Model):
    """What a translation said at one time. Never changed; the newest is what editors go on from."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    translation = models.ForeignKey(Translation, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    keywords = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("keywords"))
    body = models.TextField(_("text"))  # Markdown
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("written"), editable=False)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["translation", "number"], name="helpcentre_revision_once")]

    def __str__(self) -> str:
        return f"{self.title} #{self.number}"


class ArticleImage(models.Model):
    """A picture for articles, made anew from what was uploaded, under a name that nobody guesses."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="images")
    file = models.CharField(max_length=200, unique=True)  # its name in the default storage
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(_("size"))
    source_hash = models.BinaryField(max_length=32)  # of what was uploaded: the same file again is the same picture
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("uploaded"), editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.file

    @property
    def address(self) -> str:
        """Its public path."""
        return reverse("helpcentre:picture", args=[self.file.rpartition("/")[2]])

    @property
    def markdown(self) -> str:
        """How a text shows it."""
        return f"![]({self.address})"
