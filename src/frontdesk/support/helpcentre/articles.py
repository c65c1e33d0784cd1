"""Writing articles: revisions are added, never changed; publishing chooses one. Each verb keeps the search true."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre.models import Article, Category, Revision, Translation


@dataclass(frozen=True)
class Writing:
    """What an editor wrote. `body` is Markdown."""

    title: str
    body: str
    summary: str = ""
    keywords: Sequence[str] = ()
    note: str = ""


def create(
    *, actor: Actor, slug: str, language: str, writing: Writing, category: Category | None = None,
    kind: str = Article.Kind.ARTICLE, drafted_from: UUID | None = None,
) -> Article:  # fmt: skip
    """A new article with its first draft; a slug that is taken gets a number. Nothing is public yet."""
    raise NotImplementedError


def write(*, actor: Actor, article: Article, language: str, writing: Writing, after: int | None = None) -> Revision:
    """Add a revision (of a new translation, if need be). `after`: the number that the editor began with; a newer one
    raises RevisionOutdated. A writing that changes nothing adds none and returns the newest."""
    raise NotImplementedError


def publish(*, actor: Actor, revision: Revision) -> None:
    """Show this revision to readers and make it findable."""
    raise NotImplementedError


def unpublish(*, actor: Actor, translation: Translation) -> None:
    """Take a translation back; its revisions stay."""
    raise NotImplementedError


def restore(*, actor: Actor, revision: Revision) -> Revision:
    """Add a revision that says again what an old one said."""
    raise NotImplementedError


def stand_behind(*, actor: Actor, article: Article, codes: Sequence[str]) -> None:
    """Make it the article behind these reasons, and no others. Raises ValueError for a code the catalogue lacks."""
    raise NotImplementedError
