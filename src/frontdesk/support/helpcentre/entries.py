"""What the search is told of an article."""

from collections.abc import Iterable, Iterator

from django.urls import reverse

from frontdesk.support.helpcentre import rendering
from frontdesk.support.helpcentre.models import Article, SearchEntry, Translation
from frontdesk.support.helpcentre.search import indexing
from frontdesk.support.helpcentre.search.indexing import Findable

KIND: str = SearchEntry.Kind.ARTICLE.value


def of(translation: Translation) -> Findable:
    """The entry of a published translation, as its readers see it."""
    revision, slug = translation.published, translation.article.slug
    if revision is None or translation.published_at is None:
        raise ValueError("nothing is published in this language")
    return Findable(
        kind=KIND,
        subject=translation.article_id,
        language=translation.language,
        url=reverse("helpcentre:article", args=[slug]),
        slug=slug,
        title=revision.title,
        body=rendering.to_text(revision.body),
        changed_at=translation.published_at,
        keywords="\n".join(revision.keywords),
        summary=revision.summary,
        headings="\n".join(heading.text for heading in rendering.headings_of(revision.body)),
        is_public=not translation.article.is_internal,
    )


def enter_again(articles: Iterable[Article]) -> None:
    """Tell the search anew of what is published of these, in the caller's transaction: who may find it has changed."""
    rows = Translation.objects.filter(article__in=list(articles)).exclude(published=None)
    indexing.put_all(of(each) for each in rows.select_related("article", "published").order_by("pk"))


def every() -> Iterator[Findable]:
    """Everything that is published, for making the index anew."""
    published = Translation.objects.exclude(published=None).select_related("article", "published")
    return (of(translation) for translation in published.order_by("pk").iterator(chunk_size=500))
