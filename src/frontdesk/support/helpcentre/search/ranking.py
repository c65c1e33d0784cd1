"""Which entries answer best: stems are added up in the database, then the best are looked at more closely.

The weights were learnt on half of the index terms of a public help collection in three languages, and judged by the
other half and by other languages (docs/adr/0011-help-search.md).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

from django.db import connection

from frontdesk.support.helpcentre.search.postings import LABEL, TEXT
from frontdesk.support.helpcentre.search.understanding import Meaning

CLOSER_LOOK = 40
LEAD = 60  # words that a text begins with
DISTANCES = {3: 1.3, 10: 2.1, 30: 1.5}  # how near to each other the words stand, and what that counts
SUM, EXACT, LEADS, SHARE, COVER, SIZE = 3.1, 0.7, 0.8, 1.1, 2.4, 0.5
LARGEST = 2_000
SNIPPET = 20
ROUNDING = 1e-9

ADD_UP = """
with asked as materialized (
  select * from unnest(
    %(numbers)s::int[], %(stems)s::text[], %(factors)s::float8[], %(exact)s::bool[], %(parts)s::int[]
  ) as asked (number, stem, factor, is_exact, part)
),
hits as (
  select posting.entry_id, asked.number, asked.part, max(posting.weight * asked.factor) as value,
    bool_or(asked.is_exact) as is_exact
  from asked join helpcentre_searchposting posting
    on posting.language = %(language)s and posting.stem = asked.stem collate "C"
  group by 1, 2, 3
),
-- A compound taken apart counts where both parts stand, and as much as the lesser.
whole as materialized (
  select entry_id, number, bool_or(is_exact) as is_exact,
    greatest(max(value) filter (where part = 0),
      case when count(*) filter (where part > 0) = 2 then min(value) filter (where part > 0) end) as value
  from hits group by 1, 2
),
gains as materialized (
  select number, ln(1 + (%(size)s - entries + 0.5) / (entries + 0.5)) as gain
  from (
    select number, coalesce(nullif(count(*) filter (where is_exact), 0), count(*)) as entries
    from whole where value is not null group by 1
  ) as seen
),
best as materialized (
  select entry_id, sum(value * gain) as total, sum(gain) filter (where is_exact) as exact
  from whole join gains using (number)
  where value is not null and (%(private)s or not exists (
    select from helpcentre_searchentry entry where entry.id = entry_id and not entry.is_public
  ))
  group by 1 order by total desc, entry_id limit %(closer)s
)
select best.entry_id, best.total, coalesce(best.exact, 0), asked.number, gains.gain, asked.factor, asked.stem,
  posting.places, entry.label_sizes, entry.size
from best
join helpcentre_searchentry entry on entry.id = best.entry_id
join helpcentre_searchposting posting on posting.entry_id = best.entry_id and posting.stem = any(%(stems)s)
join asked on asked.stem = posting.stem collate "C"
join gains on gains.number = asked.number
"""


@dataclass
class Candidate:
    """An entry that came near: each place of each asked word, with how much that is to be believed."""

    entry: int
    total: float
    exact: float
    label_sizes: Sequence[int]
    size: int
    places: dict[int, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))  # by number of the word
    stems: set[str] = field(default_factory=set)
    score: float = 0.0
    shows_at: int = 0  # the place where most of what was asked stands together

    def add(self, number: int, factor: float, stem: str, places: Sequence[int]) -> None:
        """Note where a stem stands."""
        self.stems.add(stem)
        known = self.places[number]
        for place in places:
            if known.get(place, 0) < factor:
                known[place] = factor


def best(meanings: Sequence[Meaning], *, language: str, size: int, limit: int, with_private: bool) -> list[Candidate]:
    """The best entries of this language, of `size` entries in it."""
    values: dict[str, Any] = {
        "numbers": [each.number for each in meanings],
        "stems": [each.stem for each in meanings],
        "factors": [float(each.factor) for each in meanings],
        "exact": [each.is_exact for each in meanings],
        "parts": [each.part for each in meanings],
        "language": language,
        "private": with_private,
        "closer": max(limit, CLOSER_LOOK),
        "size": size,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP, values)
        found, gains = _gathered(cursor.fetchall())
    for missing in {each.number for each in meanings} - set(gains):
        gains[missing] = log(1 + (size + 0.5) / 0.5)
    for candidate in found.values():
        candidate.score = _score(candidate, gains)
    chosen = sorted(found.values(), key=lambda each: (-each.score, each.entry))[:limit]
    for candidate in chosen:
        candidate.shows_at = _shows_at(candidate, gains)
    return chosen


def _gathered(rows: Sequence[tuple[Any, ...]]) -> tuple[dict[int, Candidate], dict[int, float]]:
    found: dict[int, Candidate] = {}
    gains: dict[int, float] = {}
    for entry, total, exact, number, gain, factor, stem, places, *measures in rows:
        candidate = found.get(entry)
        if candidate is None:
            candidate = found[entry] = Candidate(entry, total, float(exact), *measures)
        candidate.add(number, factor, stem, places)
        gains[number] = float(gain)
    return found, gains


def _score(candidate: Candidate, gains: Mapping[int, float]) -> float:
    """Everything but the size is a share of what an entry could reach that holds each word."""
    whole = sum(gains.values())
    stands = sorted((place, number) for number, places in candidate.places.items() for place in places)
    shares = SUM * candidate.total + EXACT * candidate.exact + LEADS * _lead(candidate, gains)
    for distance, counts in DISTANCES.items():
        shares += counts * _nearness(stands, gains, distance)[0]
    return shares / whole + _label(candidate, gains, whole) + SIZE * log(1 + min(candidate.size, LARGEST))


def _lead(candidate: Candidate, gains: Mapping[int, float]) -> float:
    """What stands in the title, the keywords, or where the text begins."""
    return sum(
        gains[number] * max((factor for place, factor in places.items() if place < TEXT + LEAD), default=0)
        for number, places in candidate.places.items()
    )


def _nearness(stands: Sequence[tuple[int, int]], gains: Mapping[int, float], distance: int) -> tuple[float, int]:
    """The most that stands together within so many words, and the place where that begins."""
    inside: Counter[int] = Counter()
    most, now, first, begins = 0.0, 0.0, 0, 0
    for place, number in stands:
        inside[number] += 1
        if inside[number] == 1:
            now += gains[number]
        while stands[first][0] < place - distance:
            leaving = stands[first][1]
            inside[leaving] -= 1
            if not inside[leaving]:
                now -= gains[leaving]
            first += 1
        if now > most + ROUNDING:
            most, begins = now, stands[first][0]
    return most, begins


def _shows_at(candidate: Candidate, gains: Mapping[int, float]) -> int:
    """The word of the text at which a snippet begins best."""
    stands = sorted(
        (place - TEXT, number) for number, places in candidate.places.items() for place in places if place >= TEXT
    )
    return _nearness(stands, gains, SNIPPET)[1]


def _label(candidate: Candidate, gains: Mapping[int, float], whole: float) -> float:
    """The title or keyword that is most like the question: how much of either is in the other."""
    covered: dict[int, float] = defaultdict(float)
    shared: dict[int, float] = defaultdict(float)
    for number, label, factors in _in_labels(candidate):
        covered[label] += gains[number] * max(factors)
        shared[label] += sum(factors)
    return max(
        (
            COVER * covered[label] / whole + SHARE * min(1, shared[label] / candidate.label_sizes[label])
            for label in covered
        ),
        default=0,
    )


def _in_labels(candidate: Candidate) -> Iterator[tuple[int, int, list[float]]]:
    for number, places in candidate.places.items():
        by_label: dict[int, list[float]] = defaultdict(list)
        for place, factor in places.items():
            if place < TEXT:
                by_label[place // LABEL].append(factor)
        for label, factors in by_label.items():
            yield number, label, factors
