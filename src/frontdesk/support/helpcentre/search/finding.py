"""Finding. Queries of any kind never fail: what cannot be understood finds nothing."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.html import escape
from django.utils.translation import get_language

from frontdesk.support.helpcentre.search.languages import base, configuration

MOST = 50
WORD = re.compile(r"\w+")
STATEMENT = """
with asked as (select to_tsquery(%(how)s::regconfig, %(query)s) as query)
select kind, subject, slug, url, title, left(body, 200), ts_rank(vector, asked.query) as score
from helpcentre_searchentry, asked
where vector @@ asked.query and (%(language)s = '' or language = %(language)s) and (is_public or %(private)s)
order by score desc, id limit %(limit)s
"""


@dataclass(frozen=True)
class Found:
    """A hit. `snippet` is HTML with <mark> around what matched; `score` falls from hit to hit."""

    kind: str
    subject: UUID
    slug: str
    url: str
    title: str
    snippet: str
    score: float


def find(query: str, *, language: str = "", limit: int = 10, with_private: bool = False) -> list[Found]:
    """The best hits in this language (the active one when none is named); if there is none, in the others.

    The last word may be unfinished. `limit` is at most 50.
    """
    words = WORD.findall(query[:200])
    if not words or limit < 1:
        return []
    wanted = base(language or get_language() or "en")
    values: dict[str, str | bool | int] = {
        "query": " | ".join(f"'{word}'" for word in words) + ":*",
        "how": configuration(wanted),
        "private": with_private,
        "limit": min(limit, MOST),
    }
    return _ask(values | {"language": wanted}) or _ask(values | {"language": ""})


def _ask(values: dict[str, str | bool | int]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        rows = cursor.fetchall()
    return [Found(*about, escape(start), score) for *about, start, score in rows]
