"""Reading the help centre as its editors see it: drafts, languages that are missing, votes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from frontdesk.core import clock
from frontdesk.support.helpcentre import feedback, selectors
from frontdesk.support.helpcentre.models import Article, ArticleFeedback, ArticleViews, Category, Revision, Translation

VIEWS_IN = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """A translation as the desk shows it."""

    translation: Translation
    newest: Revision
    yes: int = 0
    no: int = 0
    views: int = 0

    @property
    def is_published(self) -> bool:
        """Whether readers see some revision of it."""
        return self.translation.published_id is not None

    @property
    def has_news(self) -> bool:
        """Whether the newest revision is not the one that readers see."""
        return self.translation.published_id != self.newest.pk


@dataclass
class Row:
    """An article with its languages."""

    article: Article
    lines: list[Line] = field(default_factory=list)

    @property
    def title(self) -> str:
        """In the language that the reader understands best."""
        wanted = selectors.wishes()
        best = sorted(
            self.lines, key=lambda line: (*wanted, line.translation.language).index(line.translation.language)
        )
        return best[0].newest.title if best else self.article.slug

    @property
    def votes(self) -> tuple[int, int]:
        """Yes and no, in all languages."""
        return sum(line.yes for line in self.lines), sum(line.no for line in self.lines)


@dataclass(frozen=True)
class Wanted:
    """What an editor looks for."""

    state: str = ""
    missing: str = ""
    category: Category | None = None
    text: str = ""
    by_votes: bool = False


def articles(wanted: Wanted) -> QuerySet[Article]:
    """The articles that an editor looks for; the latest first, or those that helped least."""
    rows = Article.objects.select_related("category")
    own = Translation.objects.filter(article=OuterRef("pk"))
    newest = Revision.objects.filter(translation=OuterRef("pk")).order_by("-number").values("pk")[:1]
    if wanted.state == "draft":
        rows = rows.filter(Exists(own.annotate(newest=Subquery(newest)).exclude(published=F("newest"))) | ~Exists(own))
    elif wanted.state == "published":
        rows = rows.filter(Exists(own.exclude(published=None)))
    if wanted.missing:
        rows = rows.filter(~Exists(own.filter(language=wanted.missing).exclude(published=None)))
    if wanted.category is not None:
        rows = rows.filter(category=wanted.category)
    if wanted.text:
        named = Revision.objects.filter(translation__article=OuterRef("pk"), title__icontains=wanted.text)
        rows = rows.filter(Q(slug__icontains=wanted.text) | Exists(named))
    return _by_votes(rows) if wanted.by_votes else rows.order_by("-created_at", "slug")


def _by_votes(rows: QuerySet[Article]) -> QuerySet[Article]:
    against = ArticleFeedback.objects.filter(translation__article=OuterRef("pk"), is_helpful=False)
    counted = against.order_by().values("translation__article").annotate(number=Count("pk")).values("number")
    return rows.annotate(against=Subquery(counted)).order_by(F("against").desc(nulls_last=True), "slug")


def rows_of(articles: Iterable[Article]) -> list[Row]:
    """These articles with their languages, revisions, votes and views; four queries, however many they are."""
    rows = {article.pk: Row(article) for article in articles}
    translations = list(Translation.objects.filter(article__in=rows).select_related("article").order_by("language"))
    newest = _newest(translations)
    votes, views = feedback.counts(translations), _views(translations)
    for each in translations:
        yes, no = votes.get(each.pk, (0, 0))
        rows[each.article_id].lines.append(Line(each, newest[each.pk], yes, no, views.get(each.pk, 0)))
    return list(rows.values())


def _newest(translations: Sequence[Translation]) -> dict[UUID, Revision]:
    found = Revision.objects.filter(translation__in=translations).select_related("author")
    found = found.order_by("translation", "-number").distinct("translation").defer("body")
    return {revision.translation_id: revision for revision in found}


def _views(translations: Sequence[Translation]) -> dict[UUID, int]:
    since = (clock.now() - VIEWS_IN).date()
    rows = ArticleViews.objects.filter(translation__in=translations, day__gte=since).values("translation")
    return {row["translation"]: row["number"] for row in rows.annotate(number=Sum("count"))}


def translation_of(article: Article, language: str) -> Translation | None:
    """The article in this language, published or not."""
    return Translation.objects.select_related("article", "published").filter(article=article, language=language).first()


def words_about(article: Article, limit: int = 50) -> list[ArticleFeedback]:
    """What readers wrote, the latest first."""
    rows = ArticleFeedback.objects.filter(translation__article=article).exclude(words="")
    return list(rows.select_related("translation").order_by("-created_at")[:limit])
