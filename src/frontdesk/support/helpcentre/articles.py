"""Writing articles: revisions are added, never changed; publishing chooses one. Each verb keeps the search true."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from frontdesk.core import clock, reasons
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre import entries, notes
from frontdesk.support.helpcentre.errors import RevisionOutdated
from frontdesk.support.helpcentre.models import Article, ArticleReason, Category, Revision, Translation
from frontdesk.support.helpcentre.search import indexing
from frontdesk.support.helpcentre.writing import Writing, language_code, put_in_order, written_in

__all__ = ["Writing", "create", "publish", "restore", "stand_behind", "unpublish", "write"]
LONGEST_SLUG = 120


@transaction.atomic
def create(
    *, actor: Actor, slug: str, language: str, writing: Writing, category: Category | None = None,
    kind: str = Article.Kind.ARTICLE, is_internal: bool = False, drafted_from: UUID | None = None,
) -> Article:  # fmt: skip
    """A new article with its first draft; a slug that is taken gets a number. Nothing is public yet.

    Raises RequestInvalid.
    """
    base = slugify(slug)[:LONGEST_SLUG] or slugify(writing.title)[:LONGEST_SLUG] or "article"
    if kind not in Article.Kind.values:
        raise RequestInvalid(field="kind")
    article = _inserted(base, category=category, kind=kind, is_internal=is_internal, drafted_from=drafted_from)
    notes.about(article, actor=actor, action="article.created")
    write(actor=actor, article=article, language=language, writing=writing)
    return article


def _inserted(base: str, **values: object) -> Article:
    """The article under the first slug that is free; two at once get two."""
    number = 1
    while True:
        suffix = f"-{number}" if number > 1 else ""
        article = Article(slug=base[: LONGEST_SLUG - len(suffix)] + suffix, created_at=clock.now(), **values)
        number += 1
        if Article.objects.filter(slug=article.slug).exists():
            continue
        try:
            with transaction.atomic():
                article.save(force_insert=True)
        except IntegrityError:
            continue
        return article


@transaction.atomic
def write(*, actor: Actor, article: Article, language: str, writing: Writing, after: int | None = None) -> Revision:
    """Add a revision (of a new translation, if need be). `after`: the number that the editor began with (0: there was
    none); a newer one raises RevisionOutdated. A writing that changes nothing adds none and returns the newest.

    Raises RequestInvalid.
    """
    code, said = language_code(language), put_in_order(writing)
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)  # so that two first drafts make one translation
    translation, _is_new = Translation.objects.get_or_create(article=article, language=code)
    newest = translation.revisions.first()
    if newest is not None and said.says_the_same_as(newest):
        return newest
    number = newest.number if newest else 0
    if after is not None and after != number:
        raise RevisionOutdated(newest=number)
    revision = _added(actor, translation, number + 1, said)
    notes.about(article, actor=actor, action="article.written", language=code, revision=revision.number)
    return revision


def _added(actor: Actor, translation: Translation, number: int, said: Writing) -> Revision:
    return Revision.objects.create(
        translation=translation,
        number=number,
        title=said.title,
        summary=said.summary,
        keywords=list(said.keywords),
        body=said.body,
        note=said.note,
        author_id=actor.person,
        created_at=clock.now(),
    )


@transaction.atomic
def publish(*, actor: Actor, revision: Revision) -> None:
    """Show this revision to readers and make it findable. A second time changes nothing."""
    translation = _locked(revision.translation_id)
    if translation.published_id == revision.pk:
        return
    translation.published, translation.published_at = revision, clock.now()
    translation.save(update_fields=["published", "published_at"])
    indexing.put(entries.of(translation))
    language, number = translation.language, revision.number
    notes.about(translation.article, actor=actor, action="article.published", language=language, revision=number)


@transaction.atomic
def unpublish(*, actor: Actor, translation: Translation) -> None:
    """Take a translation back; its revisions stay. A second time changes nothing."""
    current = _locked(translation.pk)
    if current.published_id is None:
        return
    current.published, current.published_at = None, None
    current.save(update_fields=["published", "published_at"])
    indexing.remove(kind=entries.KIND, subject=current.article_id, language=current.language)
    notes.about(current.article, actor=actor, action="article.unpublished", language=current.language)


def restore(*, actor: Actor, revision: Revision) -> Revision:
    """Add a revision that says again what an old one said."""
    translation = revision.translation
    said = written_in(revision, note=f"#{revision.number}")
    return write(actor=actor, article=translation.article, language=translation.language, writing=said)


@transaction.atomic
def stand_behind(*, actor: Actor, article: Article, codes: Sequence[str]) -> None:
    """Make it the article behind these reasons, and no others. Raises ValueError for a code the catalogue lacks."""
    wanted = sorted(set(codes))
    if unknown := [code for code in wanted if reasons.find(code) is None]:
        raise ValueError(f"no such reason: {', '.join(unknown)}")
    Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    held = sorted(ArticleReason.objects.filter(article=article).values_list("code", flat=True))
    if held == wanted:
        return
    ArticleReason.objects.filter(article=article).exclude(code__in=wanted).delete()
    for code in wanted:
        ArticleReason.objects.update_or_create(code=code, defaults={"article": article})
    notes.about(article, actor=actor, action="article.reasons", codes=wanted)


def _locked(translation: UUID) -> Translation:
    """The row, so that of two who publish at once one comes after the other; and before it the article's, so that
    nobody else turns it into one for the team meanwhile."""
    Article.objects.select_for_update(no_key=True, of=("self",)).get(translations=translation)
    rows = Translation.objects.select_for_update(no_key=True, of=("self",)).select_related("article")
    return rows.get(pk=translation)
