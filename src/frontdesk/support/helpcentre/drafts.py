"""What was drafted from a conversation, when words of that are taken away for good."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.text import slugify

from frontdesk.support.helpcentre.models import Article, Revision, Translation


@transaction.atomic
def reword(drafted_from: UUID, *, words: Callable[[str], str]) -> None:
    """Put `words` of them in the place of titles and texts of what was drafted from this conversation, in every
    revision but one that is published: that one an editor has read, and answers for. For whoever notes it."""
    for article in Article.objects.select_for_update(no_key=True).filter(drafted_from=drafted_from).order_by("pk"):
        unseen = Q(translation__published=None) | ~Q(translation__published=F("pk"))
        for revision in Revision.objects.filter(unseen, translation__article=article):
            _reword(article, revision, words)


def _reword(article: Article, revision: Revision, words: Callable[[str], str]) -> None:
    title, body = words(revision.title), words(revision.body)
    if (title, body) == (revision.title, revision.body):
        return
    Revision.objects.filter(pk=revision.pk).update(title=title[:200], body=body)
    is_public = Translation.objects.filter(article=article, published__isnull=False).exists()
    if title != revision.title and not is_public and article.slug.startswith(slugify(revision.title)[:100]):
        Article.objects.filter(pk=article.pk).update(slug=f"article-{article.pk.hex[:12]}")  # its address said it, too
