"""The words that occur in a language: looked up as they are, by one typo, by beginning or ending."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection

from frontdesk.support.helpcentre.search.words import is_one_typo

MOST_OF_A_RANGE = 40
SHORTEST = 4  # letters of a word that one may have meant by another
LAST = "\U0010ffff"
LOOK_UP = """
select word, stem, entries from helpcentre_searchword
where language = %(language)s and word = any(%(words)s)
union
select stem, stem, entries from (
  select stem, max(entries) as entries from helpcentre_searchword
  where language = %(language)s and stem = any(%(words)s) group by stem
) as parts
"""
# One typo leaves the first or the last half of a word as it was.
MISTYPED = """
select kept.word, kept.stem, kept.entries
from unnest(%(starts)s::text[], %(ends)s::text[], %(sizes)s::int[]) as asked (low, high, size)
join helpcentre_searchword kept on kept.language = %(language)s
  and kept.word >= asked.low collate "C" and kept.word < asked.high collate "C"
  and char_length(kept.word) between asked.size - 1 and asked.size + 1
union
select kept.word, kept.stem, kept.entries
from unnest(%(rstarts)s::text[], %(rends)s::text[], %(sizes)s::int[]) as asked (low, high, size)
join helpcentre_searchword kept on kept.language = %(language)s
  and reverse(kept.word) >= asked.low collate "C" and reverse(kept.word) < asked.high collate "C"
  and char_length(kept.word) between asked.size - 1 and asked.size + 1
"""
WITHIN = """
select asked.position, found.word, found.stem, found.entries
from unnest(%(lows_{what})s::text[], %(highs_{what})s::text[], %(longest_{what})s::int[], %(positions_{what})s::int[])
  as asked (low, high, longest, position)
cross join lateral (
  select word, stem, entries from helpcentre_searchword kept
  where kept.language = %(language)s and {column} >= asked.low collate "C" and {column} < asked.high collate "C"
    and char_length({column}) <= asked.longest
  order by entries desc, word limit %(most)s
) as found
"""
COLUMNS = {"word": "kept.word", "reversed": "reverse(kept.word)", "stem": "kept.stem"}
ENDLESS = 1_000


@dataclass(frozen=True)
class Known:
    """A word that occurs, with in how many entries."""

    word: str
    stem: str
    entries: int


@dataclass(frozen=True)
class Range:
    """Words whose `what` begins like this, for the asked word of this number, counting so much."""

    what: Literal["word", "reversed", "stem"]
    beginning: str
    number: int
    factor: float
    longest: int = ENDLESS


class Vocabulary:
    """The words of a language, and whether it glues them together."""

    def __init__(self, language: str, *, glues: bool) -> None:
        self.language = language
        self.glues = glues
        self.shortest_part = 4 if glues else 3  # of a word that is taken apart
        self._seen: dict[str, list[Known]] = {}

    def knows(self, word: str) -> bool:
        """Whether a word that was looked up occurs."""
        return bool(self._seen.get(word))

    def look_up(self, words: Iterable[str]) -> dict[str, list[Known]]:
        """Those of these words that occur, as they are written or as a stem."""
        wanted = list(dict.fromkeys(words))
        missing = [word for word in wanted if word not in self._seen]
        if missing:
            self._seen.update((word, []) for word in missing)
            for known in self._ask(LOOK_UP, words=missing):
                self._seen[known.word].append(known)
        return {word: self._seen[word] for word in wanted if self._seen[word]}

    def within(self, ranges: Sequence[Range]) -> list[tuple[Range, Known]]:
        """The most frequent words of each range."""
        values: dict[str, Any] = {"language": self.language, "most": MOST_OF_A_RANGE}
        parts = []
        for what, column in COLUMNS.items():
            some = [(position, each) for position, each in enumerate(ranges) if each.what == what]
            if some:
                parts.append(WITHIN.format(what=what, column=column))
                values[f"lows_{what}"] = [each.beginning for _, each in some]
                values[f"highs_{what}"] = [each.beginning + LAST for _, each in some]
                values[f"longest_{what}"] = [each.longest for _, each in some]
                values[f"positions_{what}"] = [position for position, _ in some]
        if not parts:
            return []
        with connection.cursor() as cursor:
            cursor.execute(" union all ".join(parts), values)
            return [(ranges[position], Known(*row)) for position, *row in cursor.fetchall()]

    def near(self, asked: Sequence[str]) -> dict[str, list[Known]]:
        """For each of these words, those that are one typo away."""
        if not asked:
            return {}
        halves = [(len(word) - 1) // 2 for word in asked]
        starts = [word[:half] for word, half in zip(asked, halves, strict=True)]
        ends = [word[-half:][::-1] for word, half in zip(asked, halves, strict=True)]
        candidates = self._ask(
            MISTYPED,
            starts=starts,
            ends=[start + LAST for start in starts],
            rstarts=ends,
            rends=[end + LAST for end in ends],
            sizes=[len(word) for word in asked],
        )
        return {
            word: [known for known in candidates if len(known.word) >= SHORTEST and is_one_typo(word, known.word)]
            for word in asked
        }

    def _ask(self, statement: str, **values: list[str] | list[int]) -> list[Known]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"language": self.language, **values})
            return [Known(*row) for row in cursor.fetchall()]
