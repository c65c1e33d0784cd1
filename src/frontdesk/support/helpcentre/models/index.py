"""The search's tables: rebuilt from what they were made of at any time (docs/adr/0011-help-search.md)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Reverse

WORD = 80  # characters of a word that are looked at


class SearchEntry(models.Model):
    """Something that can be found: a published article, later a solved topic of the forum.

    `url` is its address, `subject` the row's uuid. `is_public` is False for what only staff may find. `label_sizes`
    says of how many words title and keywords are, `size` the text; `words` holds each "word/stem" that counts there.
    """

    class Kind(models.TextChoices):
        """What was found."""

        ARTICLE = "article"
        TOPIC = "topic"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    subject = models.UUIDField()
    language = models.CharField(max_length=10)
    url = models.TextField()  # a slug of other letters than Latin ones is nine times as long in an address
    slug = models.CharField(max_length=120)
    title = models.TextField()
    keywords = models.TextField(blank=True, default="")
    summary = models.TextField(blank=True, default="")
    body = models.TextField()  # plain text
    label_sizes = ArrayField(models.PositiveSmallIntegerField(), default=list)
    words = ArrayField(models.TextField(), default=list)
    size = models.PositiveIntegerField(default=0)
    is_public = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "language"], name="helpcentre_search_entry_once")
        ]
        # What the public must not find is little: it is left out by this, without reading the entries.
        indexes = [models.Index("id", condition=models.Q(is_public=False), name="helpcentre_entry_private")]

    def __str__(self) -> str:
        return self.title


class SearchLanguage(models.Model):
    """A language in which something can be found, and how many entries there are."""

    language = models.CharField(max_length=10, primary_key=True)
    entries = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.language


class SearchPosting(models.Model):
    """That a word stem occurs in an entry: how much it says of it, and where it stands (`search.postings`)."""

    # Both are only ever written together, under one lock: no need to check a hundred rows of each entry.
    entry = models.ForeignKey(SearchEntry, models.CASCADE, related_name="postings", db_constraint=False, db_index=False)
    language = models.CharField(max_length=10)
    stem = models.CharField(max_length=WORD, db_collation="C")
    weight = models.FloatField()
    places = ArrayField(models.IntegerField())

    class Meta:
        constraints = [
            # Scores are added up from this index alone.
            models.UniqueConstraint(
                fields=["language", "stem", "entry"], include=["weight"], name="helpcentre_posting_once"
            )
        ]
        indexes = [models.Index(fields=["entry", "stem"], name="helpcentre_posting_entry")]

    def __str__(self) -> str:
        return self.stem


class SearchWord(models.Model):
    """A word as it is written, without accents, its stem, and in how many entries it stands.

    Mistyped words are compared with these, compounds are taken apart by them, and unfinished ones are completed. The
    collation makes beginnings (and, in reverse, endings) ranges of an index.
    """

    language = models.CharField(max_length=10)
    word = models.CharField(max_length=WORD, db_collation="C")
    stem = models.CharField(max_length=WORD, db_collation="C")
    entries = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["language", "word", "stem"], name="helpcentre_word_once")]
        indexes = [
            models.Index("language", Reverse("word"), name="helpcentre_word_reversed"),
            models.Index(fields=["language", "stem"], name="helpcentre_word_stem"),
        ]

    def __str__(self) -> str:
        return self.word
