"""Makers of articles for tests."""

from collections.abc import Sequence

from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import articles
from frontdesk.support.helpcentre.models import Article, Category, Revision, Translation
from frontdesk.support.helpcentre.writing import Writing

SYSTEM = Actor.system("test")
BODY = "Do this.\n\n## First\n\nPress **Start**.\n\n## Then\n\nWait.\n\n## At last\n\nDone."


def writing(title: str = "Lost password", body: str = BODY, **values: str | Sequence[str]) -> Writing:
    """What somebody wrote."""
    return Writing(title=title, body=body, **values)  # type: ignore[arg-type] # texts and keywords


def draft(slug: str = "lost-password", language: str = "en", said: Writing | None = None, **values: object) -> Revision:
    """An article that nobody has published."""
    article = articles.create(actor=SYSTEM, slug=slug, language=language, writing=said or writing(), **values)  # type: ignore[arg-type] # as create takes them
    return Revision.objects.get(translation__article=article)


def published(
    slug: str = "lost-password", language: str = "en", said: Writing | None = None, **values: object
) -> Translation:
    """An article that everybody may read; in another language, of the article that has this slug."""
    article = Article.objects.filter(slug=slug).first()
    if article is None:
        revision = draft(slug, language, said, **values)
    else:
        revision = articles.write(actor=SYSTEM, article=article, language=language, writing=said or writing())
    articles.publish(actor=SYSTEM, revision=revision)
    return Translation.objects.select_related("article", "published").get(pk=revision.translation_id)


def category(slug: str = "account", **titles: str) -> Category:
    """A shelf."""
    return Category.objects.create(slug=slug, titles=titles or {"en": "Your account", "de": "Ihr Konto"})
