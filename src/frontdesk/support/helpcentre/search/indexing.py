"""Keeping the search's table up to date with what it was made of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.helpcentre.search.languages import normal
from frontdesk.support.helpcentre.search.postings import Kept, Parts, keep

# Writers of the index queue up, so that words are counted exactly and no two wait for each other's. Readers never wait.
QUEUE = "select pg_advisory_xact_lock(hashtext('helpcentre.search'))"
ADD_POSTINGS = """
insert into helpcentre_searchposting (entry_id, language, stem, weight, places)
select entry, language, stem, weight, string_to_array(places, ' ')::int[]
from unnest(%s::bigint[], %s::text[], %s::text[], %s::float8[], %s::text[])
  as given (entry, language, stem, weight, places)
"""
ADD_WORDS = """
insert into helpcentre_searchword as kept (language, word, stem, entries)
select language, split_part(pair, '/', 1), split_part(pair, '/', 2), count(*)
from helpcentre_searchentry, unnest(words) as pair where id = any(%s) group by 1, 2, 3
on conflict (language, word, stem) do update set entries = kept.entries + excluded.entries
"""
ADD_LANGUAGES = """
insert into helpcentre_searchlanguage as kept (language, entries)
select language, count(*) from helpcentre_searchentry where id = any(%s) group by 1
on conflict (language) do update set entries = kept.entries + excluded.entries
"""
AT_ONCE = 200
TAKE_OUT = """
with taken as (delete from helpcentre_searchentry where id = any(%s) returning language, words),
postings as (delete from helpcentre_searchposting where entry_id = any(%s)),
fewer as (
  update helpcentre_searchlanguage kept set entries = kept.entries - gone.entries
  from (select language, count(*) as entries from taken group by 1) as gone where gone.language = kept.language
),
less as (
  select language, split_part(pair, '/', 1) as word, split_part(pair, '/', 2) as stem, count(*) as entries
  from taken, unnest(words) as pair group by 1, 2, 3
),
gone as (
  delete from helpcentre_searchword kept using less
  where (kept.language, kept.word, kept.stem) = (less.language, less.word, less.stem)
    and kept.entries <= less.entries
)
update helpcentre_searchword kept set entries = kept.entries - less.entries from less
where (kept.language, kept.word, kept.stem) = (less.language, less.word, less.stem) and kept.entries > less.entries
"""


@dataclass(frozen=True)
class Findable:
    """What is to be found. `body` is plain text, `url` a path of this installation; a keyword or heading on each line.

    Keywords are further titles: what readers call it.
    """

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
    headings: str = ""
    is_public: bool = True


Source = Callable[[], Iterable[Findable]]
_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """Say in AppConfig.ready() where everything of a kind comes from, so that the index can be made anew."""
    _sources[kind] = source


def put(findable: Findable) -> None:
    """Enter it, or what it says now, in the caller's transaction."""
    put_all([findable])


@transaction.atomic
def put_all(findables: Iterable[Findable]) -> None:
    """Enter many, as an import does, in the caller's transaction."""
    _queue_up()
    for some in _batched(findables, AT_ONCE):
        for findable in some:
            _take_out(SearchEntry.objects.filter(**_key(findable)))
        # The same one twice: what was said last.
        _enter(list({tuple(_key(findable).values()): findable for findable in some}.values()))


@transaction.atomic
def remove(*, kind: str, subject: UUID, language: str | None = None) -> None:
    """Take it out (in one language, or in all)."""
    _queue_up()
    found = SearchEntry.objects.filter(kind=kind, subject=subject)
    _take_out(found if language is None else found.filter(language=normal(language)))


@transaction.atomic
def rebuild() -> int:
    """Make everything anew from what each registered source names; returns how many entries there are."""
    _queue_up()
    with connection.cursor() as cursor:
        for table in ("searchposting", "searchword", "searchlanguage", "searchentry"):
            cursor.execute(f"delete from helpcentre_{table}")  # noqa: S608 - one of ours
    for source in _sources.values():
        for some in _batched(source(), AT_ONCE):
            _enter(some)
    return SearchEntry.objects.count()


def tidy_up() -> None:
    """After many were entered, outside of a transaction: until PostgreSQL's own vacuum comes, each sum reads the rows
    themselves, which took four times as long when measured.
    """
    if connection.in_atomic_block:
        return  # it comes by itself
    with connection.cursor() as cursor:
        cursor.execute("vacuum (analyze) helpcentre_searchposting, helpcentre_searchword, helpcentre_searchentry")


def _batched(findables: Iterable[Findable], size: int) -> Iterator[list[Findable]]:
    """So many at once."""
    rest = iter(findables)
    while some := list(islice(rest, size)):
        yield some


def _queue_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)


def _key(findable: Findable) -> dict[str, str | UUID]:
    return {"kind": findable.kind, "subject": findable.subject, "language": normal(findable.language)}


def _enter(findables: Sequence[Findable]) -> None:
    taken_apart = [_taken_apart(findable) for findable in findables]
    entries = SearchEntry.objects.bulk_create(
        SearchEntry(
            **_key(said), url=said.url, slug=said.slug, title=said.title, keywords=said.keywords,
            summary=said.summary, body=said.body, is_public=said.is_public, changed_at=said.changed_at,
            label_sizes=kept.label_sizes, size=kept.size, words=kept.words,
        )
        for said, kept in zip(findables, taken_apart, strict=True)
    )  # fmt: skip
    rows = [
        (entry.pk, entry.language, stem, weight, " ".join(map(str, kept.places[stem])))
        for entry, kept in zip(entries, taken_apart, strict=True)
        for stem, weight in kept.weights.items()
    ]
    new = [entry.pk for entry in entries]
    with connection.cursor() as cursor:
        cursor.execute(ADD_POSTINGS, [[row[column] for row in rows] for column in range(5)])
        cursor.execute(ADD_WORDS, [new])
        cursor.execute(ADD_LANGUAGES, [new])


def _taken_apart(said: Findable) -> Kept:
    keywords = [line for line in said.keywords.splitlines() if line.strip()]
    labels = [said.title, *_second_title(said), *keywords]
    text = f"{said.summary}\n{said.body}" if said.summary else said.body
    return keep(normal(said.language), Parts(labels=labels, headings=said.headings, text=text))


def _second_title(said: Findable) -> list[str]:
    """The heading that a text begins with is what its writer called it there."""
    heading = said.headings.partition("\n")[0].strip()
    return [heading] if heading not in {"", said.title} and said.body.lstrip().startswith(heading) else []


def _take_out(entries: QuerySet[SearchEntry]) -> None:
    found = list(entries.values_list("pk", flat=True))
    if found:
        with connection.cursor() as cursor:
            cursor.execute(TAKE_OUT, [found, found])
