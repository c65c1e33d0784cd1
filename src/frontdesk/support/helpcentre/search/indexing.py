"""Keeping the search's table up to date with what it was made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.helpcentre.search.languages import configuration


@dataclass(frozen=True)
class Findable:
    """What is to be found. `body` is plain text, `url` a path of this installation."""

    kind: str
    subject: UUID
    language: str
    url: str
    slug: str
    title: str
    body: str
    changed_at: datetime
    keywords: str = ""
    summary: str = ""
    is_public: bool = True


Source = Callable[[], Iterable[Findable]]
_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Say in AppConfig.ready() where everything of a kind comes from, so that the index can be made anew."""
    _sources[kind] = source


@transaction.atomic
def put(findable: Findable) -> None:
    """Enter it, or what it says now, in the caller's transaction."""
    remove(kind=findable.kind, subject=findable.subject, language=findable.language)
    entry = SearchEntry.objects.create(
        kind=findable.kind, subject=findable.subject, language=findable.language, url=findable.url,
        slug=findable.slug, title=findable.title, keywords=findable.keywords, summary=findable.summary,
        body=findable.body, is_public=findable.is_public, changed_at=findable.changed_at,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "update helpcentre_searchentry set vector = setweight(to_tsvector(%(how)s::regconfig, title), 'A') ||"
            " setweight(to_tsvector(%(how)s::regconfig, keywords), 'A') ||"
            " setweight(to_tsvector(%(how)s::regconfig, summary), 'B') ||"
            " setweight(to_tsvector(%(how)s::regconfig, body), 'D') where id = %(id)s",
            {"how": configuration(findable.language), "id": entry.pk},
        )


@transaction.atomic
def put_all(findables: Iterable[Findable]) -> None:
    """Enter many, as an import does, in the caller's transaction."""
    for findable in findables:
        put(findable)


def remove(*, kind: str, subject: UUID, language: str | None = None) -> None:
    """Take it out (in one language, or in all)."""
    found = SearchEntry.objects.filter(kind=kind, subject=subject)
    (found if language is None else found.filter(language=language)).delete()


@transaction.atomic
def rebuild() -> int:
    """Make everything anew from what each registered source names; returns how many entries there are."""
    SearchEntry.objects.all().delete()
    for source in _sources.values():
        for findable in source():
            put(findable)
    return SearchEntry.objects.count()
