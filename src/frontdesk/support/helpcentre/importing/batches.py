"""A batch of files becomes articles, translations and published revisions: few statements, one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import DatabaseError, connection, transaction
from django.db.models import Max

from frontdesk.catalog.models import Product
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.support.helpcentre import entries, notes
from frontdesk.support.helpcentre.importing import links
from frontdesk.support.helpcentre.importing.front_matter import Document
from frontdesk.support.helpcentre.importing.links import Folder
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.importing.shelving import Shelves
from frontdesk.support.helpcentre.models import Article, Revision, Translation
from frontdesk.support.helpcentre.search import indexing

Key = tuple[str, str]


@dataclass(frozen=True)
class Taking:
    """An import that is under way."""

    actor: Actor
    folder: Folder
    shelves: Shelves
    done: Imported


class _Batch:
    """What is known of the articles of one batch, and what is to be written."""

    def __init__(self, actor: Actor, documents: Sequence[Document]) -> None:
        self.actor = actor
        self.documents = documents
        self.now = clock.now()
        self.rows: list[AuditEntry] = []
        self.fresh: dict[str, Article] = {}
        self.articles = self._articles()
        self.translations: dict[Key, Translation] = {}
        self.turned: set[str] = set()  # slugs of articles that others may find from now on

    def _articles(self) -> dict[str, Article]:
        """Those that are there, locked; the others made."""
        slugs = list(dict.fromkeys(document.slug for document in self.documents))
        held = Article.objects.select_for_update(no_key=True).filter(slug__in=slugs).order_by("pk")
        articles = {article.slug: article for article in held}
        self.fresh = {slug: Article(slug=slug, created_at=self.now) for slug in slugs if slug not in articles}
        return articles | self.fresh

    def save_articles(self, moved: Mapping[str, Article]) -> None:
        """Make the new ones, and move those that stood elsewhere."""
        Article.objects.bulk_create(self.fresh.values())
        held = [article for slug, article in moved.items() if slug not in self.fresh]
        Article.objects.bulk_update(held, ["kind", "category", "product", "position", "is_internal"])
        for articles, action in ((self.fresh.values(), "article.created"), (held, "article.arranged")):
            self.rows += [notes.prepared(each, actor=self.actor, action=action) for each in articles]
        self.translations = self._translations()

    def _translations(self) -> dict[Key, Translation]:
        by_id = {article.pk: article for article in self.articles.values()}
        rows = Translation.objects.filter(article__in=by_id).select_related("published")
        held = rows.annotate(newest=Max("revisions__number"))
        found = {(by_id[each.article_id].slug, each.language): each for each in held}
        missing = [document for document in self.documents if (document.slug, document.language) not in found]
        fresh = [Translation(article=self.articles[each.slug], language=each.language) for each in missing]
        Translation.objects.bulk_create(fresh)
        return found | {(document.slug, document.language): row for document, row in zip(missing, fresh, strict=True)}


def take(taking: Taking, documents: Sequence[Document]) -> None:
    """Take these files; once more where an editor made one of the articles at this very moment.

    What the database cannot keep costs the others nothing: then each article is taken by itself.
    """
    for _time in range(2):
        try:
            return _take(taking, documents)
        except DatabaseError:
            if not connection.is_usable():
                raise
    for _slug, some in groupby(documents, key=lambda document: document.slug):
        _take_one(taking, list(some))
    return None


def _take_one(taking: Taking, documents: Sequence[Document]) -> None:
    """An article in its languages, or why it cannot be kept."""
    try:
        _take(taking, documents)
    except DatabaseError as error:
        if not connection.is_usable():
            raise
        why = " ".join(str(error).partition("\n")[0].split())
        taking.done.wrong |= {document.file: f"the database cannot keep it: {why}" for document in documents}


def _take(taking: Taking, documents: Sequence[Document]) -> None:
    done = taking.done
    with transaction.atomic():
        batch = _Batch(taking.actor, documents)
        placed = _place(batch, taking.shelves, done)
        written = _write(batch, taking.folder, done)
        AuditEntry.objects.bulk_create(batch.rows)
    for document in documents:
        key = (document.slug, document.language)
        if key in written:
            done.new += written[key]
            done.changed += not written[key]
        elif document.slug in placed:
            done.changed += 1


def _place(batch: _Batch, shelves: Shelves, done: Imported) -> set[str]:
    """Save articles where the first file that says so wants them; returns the slugs of those that moved."""
    moved: dict[str, Article] = {}
    products = {product.slug: product for product in Product.objects.all()} if _names_products(batch) else {}
    said: set[tuple[str, str]] = set()
    for document in batch.documents:
        article = batch.articles[document.slug]
        for name, value in _wishes(document, shelves, products, done).items():
            if (document.slug, name) not in said and getattr(article, name) != value:
                setattr(article, name, value)
                moved[document.slug] = article
                batch.turned |= {document.slug} if name == "is_internal" else set()
            said.add((document.slug, name))
    batch.save_articles(moved)
    return set(moved)


def _names_products(batch: _Batch) -> bool:
    return any(document.product for document in batch.documents)


def _wishes(document: Document, shelves: Shelves, products: Mapping[str, Product], done: Imported) -> dict[str, object]:
    """What a file says of its article's place. By ids, since that is what the rows hold."""
    wishes: dict[str, object] = {}
    if document.kind is not None:
        wishes["kind"] = document.kind
    if document.position is not None:
        wishes["position"] = document.position
    if document.is_internal is not None:
        wishes["is_internal"] = document.is_internal
    if document.category is not None:
        wishes["category_id"] = shelves.named(document.category).pk
    if document.product is not None and document.product in products:
        wishes["product_id"] = products[document.product].pk
    elif document.product is not None:
        done.doubtful[document.file] = f"there is no product {document.product}"
    return wishes


def _write(batch: _Batch, folder: Folder, done: Imported) -> dict[Key, bool]:
    """Publish what says something new; returns whether each of these is there for the first time."""
    written: dict[Key, bool] = {}
    fresh, shown = list[Revision](), list[Translation]()
    for document in batch.documents:
        key = (document.slug, document.language)
        translation, article = batch.translations[key], batch.articles[document.slug]
        said = links.settled(document, article=article, folder=folder, actor=batch.actor, done=done)
        if translation.published is not None and said.says_the_same_as(translation.published):
            continue
        number = (getattr(translation, "newest", None) or 0) + 1
        revision = Revision(
            translation=translation, number=number, title=said.title, summary=said.summary, body=said.body,
            keywords=list(said.keywords), author_id=batch.actor.person, created_at=batch.now,
        )  # fmt: skip
        fresh.append(revision)
        written[key] = number == 1
        translation.article, translation.published, translation.published_at = article, revision, batch.now
        shown.append(translation)
        data = {"language": document.language, "revision": number}
        batch.rows += [
            notes.prepared(article, actor=batch.actor, action=action, **data)
            for action in ("article.written", "article.published")
        ]
    Revision.objects.bulk_create(fresh)
    _show(fresh, batch.now)
    indexing.put_all(entries.of(translation) for translation in shown)
    if batch.turned:
        entries.enter_again(batch.articles[slug] for slug in batch.turned)
    return written


def _show(revisions: Sequence[Revision], now: datetime) -> None:
    """Each is what its translation shows from now on; one statement, since Django's for many rows is slow."""
    with connection.cursor() as cursor:
        cursor.execute(
            """update helpcentre_translation as shown set published_id = revision.id, published_at = %s
               from helpcentre_revision as revision
               where revision.translation_id = shown.id and revision.id = any(%s)""",
            [now, [revision.pk for revision in revisions]],
        )
