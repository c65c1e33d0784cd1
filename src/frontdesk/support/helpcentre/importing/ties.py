"""What ties articles of an import to others: the reasons they stand behind, and what is read next."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from frontdesk.core import reasons
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.support.helpcentre import notes
from frontdesk.support.helpcentre.importing.front_matter import Document
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.models import Article, ArticleReason

Related = Article.related.through


@transaction.atomic
def tie(actor: Actor, documents: Sequence[Document], done: Imported) -> None:
    """Tie what the files name; the first file that names a reason has it."""
    naming = {document.slug for document in documents if document.reasons is not None or document.related is not None}
    if not naming:
        return
    named = {slug for document in documents for slug in document.related or ()}
    articles = {article.slug: article for article in Article.objects.filter(slug__in=naming | named)}
    _tie_reasons(actor, documents, articles, done)
    _tie_related(actor, documents, articles, done)


def _tie_reasons(actor: Actor, documents: Sequence[Document], articles: dict[str, Article], done: Imported) -> None:
    wanted: dict[str, str] = {}
    for document in documents:
        for code in document.reasons or ():
            if reasons.find(code) is None:
                done.doubtful[document.file] = f"there is no reason {code}"
            elif wanted.setdefault(code, document.slug) != document.slug:
                done.doubtful[document.file] = f"behind the reason {code} stands {wanted[code]} already"
    speaking = {articles[document.slug].pk: document.slug for document in documents if document.reasons is not None}
    held = dict(ArticleReason.objects.filter(article__in=speaking).values_list("code", "article"))
    gone = [code for code, article in held.items() if wanted.get(code) != speaking[article]]
    fresh = [code for code, slug in wanted.items() if held.get(code) != articles[slug].pk]
    ArticleReason.objects.filter(code__in=gone).delete()
    for code in fresh:
        ArticleReason.objects.update_or_create(code=code, defaults={"article": articles[wanted[code]]})
    for slug in sorted({wanted[code] for code in fresh} | {speaking[held[code]] for code in gone}):
        codes = sorted(code for code, owner in wanted.items() if owner == slug)
        notes.about(articles[slug], actor=actor, action="article.reasons", codes=codes)


def _tie_related(actor: Actor, documents: Sequence[Document], articles: dict[str, Article], done: Imported) -> None:
    """Both ways, as Django keeps it. An article that names some is tied to these and to those that name it."""
    wanted: set[tuple[UUID, UUID]] = set()
    speaking: set[UUID] = set()
    for document in documents:
        if document.related is None:
            continue
        own = articles[document.slug].pk
        speaking.add(own)
        for slug in document.related:
            if slug not in articles:
                done.doubtful[document.file] = f"there is no article {slug}"
            elif slug != document.slug:
                wanted |= {(own, articles[slug].pk), (articles[slug].pk, own)}
    held = Related.objects.filter(from_article__in=speaking) | Related.objects.filter(to_article__in=speaking)
    pairs = {(each.from_article_id, each.to_article_id): each.pk for each in held}
    changed = wanted ^ set(pairs)
    Related.objects.filter(pk__in=[pairs[pair] for pair in changed & set(pairs)]).delete()
    fresh = [Related(from_article_id=one, to_article_id=other) for one, other in sorted(changed & wanted)]
    Related.objects.bulk_create(fresh, ignore_conflicts=True)
    touched = {one for one, _other in changed}
    rows = [each for each in articles.values() if each.pk in touched]
    AuditEntry.objects.bulk_create(notes.prepared(each, actor=actor, action="article.arranged") for each in rows)
