"""Finding. Queries of any kind never fail: what cannot be understood finds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from frontdesk.support.helpcentre.search import languages, ranking
from frontdesk.support.helpcentre.search.ranking import Candidate
from frontdesk.support.helpcentre.search.snippets import Showing, snippets
from frontdesk.support.helpcentre.search.understanding import understand

MOST = 50
SIZES = "select language, entries from helpcentre_searchlanguage where entries > 0"
FOUND = "select id, kind, subject, slug, url, title, summary, body from helpcentre_searchentry where id = any(%s)"


@dataclass(frozen=True)
class Found:
    """A hit. `snippet` is HTML with <mark> around what matched; `score` falls from hit to hit."""

    kind: str
    subject: UUID
    slug: str
    url: str
    title: str
    snippet: SafeString
    score: float


def find(query: str, *, language: str = "", limit: int = 10, with_private: bool = False) -> list[Found]:
    """The best hits in this language (the active one when none is named); if there is none, in the others.

    The last word may be unfinished. `limit` is at most 50.
    """
    limit = min(limit, MOST)
    if limit < 1:
        return []
    for each, size in _languages(language or get_language() or settings.LANGUAGE_CODE):
        meanings = understand(query, each)
        if not meanings:
            continue
        best = ranking.best(meanings, language=each, size=size, limit=limit, with_private=with_private)
        if best:
            return _described(best, each)
    return []


def _languages(wanted: str) -> list[tuple[str, int]]:
    """Those with entries and how many: the wanted one, its kin (pt for pt-br), the installation's, the others."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES)
        sizes: list[tuple[str, int]] = cursor.fetchall()
    near = [languages.normal(wanted), languages.base(wanted), languages.base(settings.LANGUAGE_CODE)]

    def distance(each: tuple[str, int]) -> tuple[int, str]:
        language = each[0]
        ranks = [index for index, code in enumerate(near) if code in {language, languages.base(language)}]
        return (min(ranks, default=len(near)), language)

    return sorted(sizes, key=distance)


def _described(best: Sequence[Candidate], language: str) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [[candidate.entry for candidate in best]])
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    shown = [candidate for candidate in best if candidate.entry in rows]  # one may have been taken out meanwhile
    showings = [_showing(candidate, *rows[candidate.entry][4:]) for candidate in shown]
    found = []
    for candidate, snippet in zip(shown, snippets(showings, language), strict=True):
        kind, subject, slug, url, title, _, _ = rows[candidate.entry]
        found.append(Found(kind, subject, slug, url, title, snippet, round(candidate.score, 4)))
    return found


def _showing(candidate: Candidate, title: str, summary: str, body: str) -> Showing:
    """The text as the places were counted in it."""
    text = f"{summary}\n{body}" if summary else body
    return Showing(text or title, candidate.shows_at, candidate.stems)
