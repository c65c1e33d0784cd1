"""The search's tables: rebuilt from what they were made of at any time."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchEntry(models.Model):
    """Something that can be found: a published article, later a solved topic of the forum.

    `url` is its address, `subject` the row's uuid. `is_public` is False for what only staff may find.
    """

    class Kind(models.TextChoices):
        """What was found."""

        ARTICLE = "article"
        TOPIC = "topic"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.UUIDField()
    language = models.CharField(max_length=10)
    url = models.CharField(max_length=300)
    slug = models.CharField(max_length=120)
    title = models.TextField()
    keywords = models.TextField(blank=True, default="")
    summary = models.TextField(blank=True, default="")
    body = models.TextField()  # plain text
    vector = SearchVectorField(null=True)
    is_public = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "language"], name="helpcentre_search_entry_once")
        ]

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that occurs, with in how many entries, by language: what a mistyped word is compared with."""

    language = models.CharField(max_length=10)
    word = models.CharField(max_length=80)
    entries = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word"], name="helpcentre_word_once")]

    def __str__(self) -> str:
        return self.word
