"""Reading the help centre as its readers see it: published translations only, in their language if there is one.

What is for the team is there for whoever asks `for_team`, and for nobody else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import get_language

from frontdesk.core import clock
from frontdesk.support.helpcentre.models import Article, ArticleViews, Category, Translation
from frontdesk.support.helpcentre.search import finding

MOST_READ_IN = timedelta(days=7)
ORDER = ("position", "slug")


def published(slug: str, language: str = "", *, for_team: bool = False) -> Translation | None:
    """The article in this language (the active one when none is named), else in the installation's, else in any."""
    return next(iter(_chosen(_shown(for_team).filter(article__slug=slug), language)), None)


def behind_reason(code: str, *, for_team: bool = False) -> Translation | None:
    """The published article behind a reason, in the reader's language or another."""
    return next(iter(_chosen(_shown(for_team).filter(article__reasons__code=code), "")), None)


def languages_of(article: Article) -> list[str]:
    """The languages in which it can be read."""
    rows = Translation.objects.filter(article=article).exclude(published=None)
    return sorted(rows.values_list("language", flat=True))


def related_to(translation: Translation, limit: int = 4, *, for_team: bool = False) -> Sequence[Translation]:
    """Articles to read next: those an editor named, then those that the search finds alike."""
    own = translation.article_id
    named = _chosen(_shown(for_team).filter(article__related=own), translation.language)[:limit]
    if len(named) == limit or translation.published is None:
        return named
    seen = {own, *(each.article_id for each in named)}
    alike = finding.find(translation.published.title, language=translation.language, limit=limit + len(seen))
    more = [hit.subject for hit in alike if hit.kind == "article" and hit.subject not in seen]
    return [*named, *in_order(more[: limit - len(named)], translation.language)]


@dataclass(frozen=True)
class Shelf:
    """A category with what can be read in it: the first articles, and how many there are."""

    category: Category
    first: Sequence[Translation]
    count: int


def shelves(each: int = 4, language: str = "") -> list[Shelf]:
    """The categories in which something is published, in their order."""
    by_category: dict[UUID, list[UUID]] = {}
    for article, category in readable().filter(category__isnull=False).values_list("pk", "category"):
        by_category.setdefault(category, []).append(article)
    first = [article for articles in by_category.values() for article in articles[:each]]
    shown = {row.article_id: row for row in in_order(first, language)}
    return [
        Shelf(category, [shown[pk] for pk in articles[:each] if pk in shown], len(articles))
        for category in Category.objects.all()
        if (articles := by_category.get(category.pk))
    ]


def readable(category: Category | None = None, *, for_team: bool = False) -> QuerySet[Article]:
    """Articles that can be read in some language, in their order; of one category, or of all."""
    is_published = Exists(Translation.objects.filter(article=OuterRef("pk")).exclude(published=None))
    rows = Article.objects.filter(is_published).order_by(*ORDER)
    rows = rows if for_team else rows.filter(is_internal=False)
    return rows if category is None else rows.filter(category=category)


def most_read(limit: int = 6, language: str = "") -> list[Translation]:
    """What most people read in the last days; where nobody has read anything yet, nothing.

    Summed up before anything is joined, since every start of somebody's search for help asks for it.
    """
    since = (clock.now() - MOST_READ_IN).date()
    counted = ArticleViews.objects.filter(day__gte=since).values("translation").annotate(views=Sum("count"))
    views = dict(counted.order_by("-views", "translation").values_list("translation", "views")[: limit * 4])
    articles: dict[UUID, int] = {}
    public = Translation.objects.filter(pk__in=views, article__is_internal=False).exclude(published=None)
    for pk, article in public.values_list("pk", "article"):
        articles[article] = articles.get(article, 0) + views[pk]
    return in_order(sorted(articles, key=lambda article: (-articles[article], article))[:limit], language)


def _shown(for_team: bool) -> QuerySet[Translation]:
    held = Translation.objects if for_team else Translation.objects.filter(article__is_internal=False)
    rows = held.exclude(published=None).select_related("article__category", "article__product", "published")
    return rows.order_by("article__position", "article__slug")


def in_order(articles: Sequence[UUID], language: str = "", *, for_team: bool = False) -> list[Translation]:
    """These articles for a list, in this order and without their text."""
    rows = _shown(for_team).filter(article__in=articles).defer("published__body") if articles else ()
    found = {row.article_id: row for row in _chosen(rows, language)}
    return [found[article] for article in articles if article in found]


def _chosen(rows: Iterable[Translation], language: str) -> list[Translation]:
    """One translation of each article: the one that its reader understands best."""
    wanted = wishes(language)
    best: dict[UUID, tuple[int, Translation]] = {}
    for row in rows:
        rank = wanted.index(row.language) if row.language in wanted else len(wanted)
        if row.article_id not in best or rank < best[row.article_id][0]:
            best[row.article_id] = (rank, row)
    return [row for _rank, row in best.values()]


def wishes(language: str = "") -> list[str]:
    """Languages in the order in which a reader would have them: theirs, without its region, the installation's."""
    own = (language or get_language() or settings.LANGUAGE_CODE).lower()
    return list(
        dict.fromkeys([own, own.split("-")[0], settings.LANGUAGE_CODE.lower(), settings.LANGUAGE_CODE.split("-")[0]])
    )


def public_addresses() -> Iterable[tuple[str, str, datetime | None]]:
    """Everything that search engines may know, as slug, language and moment; the latest first."""
    public = Translation.objects.filter(article__is_internal=False)
    rows = public.exclude(published=None).order_by("-published_at", "pk")
    return rows.values_list("article__slug", "language", "published_at").iterator(chunk_size=2000)
