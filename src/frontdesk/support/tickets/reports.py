"""Figures of customer service, computed from the conversations themselves; each definition says its formula.

All figures but the volume are of the conversations that *began* in the span, as they stand now; spam and what was
merged into another are none. Times run on the clock, opening hours or not; only "kept" goes by opening hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

# By what the conversations can be split: the name of each group, and the tables that it needs.
DIMENSIONS = {
    "team": ("coalesce(t.name, '')", "left join tickets_team t on t.id = c.team_id"),
    "agent": (
        "coalesce(nullif(p.name, ''), p.email, '')",
        "left join accounts_person p on p.id = c.assignee_id",
    ),
    "area": ("coalesce(a.slug, '')", "left join tickets_area a on a.id = c.area_id"),
    "reason": ("c.reason_code", ""),
    "product": ("coalesce(g.name, '')", "left join catalog_product g on g.id = c.product_id"),
    "plan": ("c.plan_name", ""),
    "channel": ("c.channel", ""),
    "level": ("coalesce(l.name, '')", "left join tickets_servicelevel l on l.id = c.level_id"),
}
MOST = 200
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """The figures of one group (or of all: `name` is None).

    `opened`: conversations that began. `answered`: those that a person answered. `first_median`, `first_p90`: seconds
    from their beginning to that answer, of half and of nine in ten of them at the most. `solved`: those that are solved
    now; `solve_median`, `solve_p90`: seconds from beginning to solution. `judged`: those of which a promise was kept or
    missed; `kept`: those of them of which none was missed. `rated`: customers who said how it was, in their last
    survey; `good`: those who said good. `reopened`: those that were solved and then reopened; `ever_solved` were solved
    at least once.
    """

    name: str | None
    opened: int
    answered: int
    first_median: float | None
    first_p90: float | None
    solved: int
    solve_median: float | None
    solve_p90: float | None
    judged: int
    kept: int
    rated: int
    good: int
    ever_solved: int
    reopened: int

    @property
    def kept_share(self) -> int | None:
        """Kept / judged, in percent."""
        return _share(self.kept, self.judged)

    @property
    def good_share(self) -> int | None:
        """Good / rated, in percent."""
        return _share(self.good, self.rated)

    @property
    def reopened_share(self) -> int | None:
        """Reopened / ever solved, in percent."""
        return _share(self.reopened, self.ever_solved)


def _share(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


@dataclass(frozen=True)
class Volume:
    """A piece of the span: how many conversations began in it, and how many were solved in it."""

    start: datetime
    opened: int
    solved: int


FIGURES = """
with chosen as (
  select c.id, {name} as name,
         extract(epoch from c.first_answered_at - c.created_at) as first,
         extract(epoch from c.solved_at - c.created_at) as solve,
         least(c.first_met, c.next_met, c.solve_met) as kept
    from tickets_conversation c {join}
   where c.created_at >= %(since)s and c.created_at < %(until)s and c.status not in ('spam', 'merged')
),
turns as (
  select conversation_id, bool_or(kind = 'reopened') as reopened
    from tickets_statechange where kind in ('solved', 'reopened') and at >= %(since)s group by conversation_id
),
ratings as (
  select distinct on (conversation_id) conversation_id, score
    from tickets_survey where score is not null and asked_at >= %(since)s order by conversation_id, answered_at desc
)
select case when grouping(name) = 1 then null else name end, count(*), count(first),
       percentile_cont(0.5) within group (order by first), percentile_cont(0.9) within group (order by first),
       count(solve),
       percentile_cont(0.5) within group (order by solve), percentile_cont(0.9) within group (order by solve),
       count(kept), count(*) filter (where kept),
       count(score), count(*) filter (where score = 3),
       count(reopened), count(*) filter (where reopened)
  from chosen
  left join turns on turns.conversation_id = chosen.id
  left join ratings on ratings.conversation_id = chosen.id
 group by grouping sets ((), (name))
 order by grouping(name) desc, 2 desc, 1
 limit %(most)s"""

VOLUMES = """
select m.start,
       (select count(*) from tickets_conversation
         where created_at >= m.start and created_at < m.stop and status not in ('spam', 'merged')),
       (select count(*) from tickets_statechange where kind = 'solved' and at >= m.start and at < m.stop)
  from unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) as m (start, stop) order by m.start"""


def figures(since: datetime, until: datetime, *, by: str) -> tuple[Figures, list[Figures]]:
    """The figures of all conversations that began in the span, and of each group, the largest first."""
    name, join = DIMENSIONS[by]
    statement = FIGURES.format(name=name, join=join)
    total, *groups = _rows(statement, {"since": since, "until": until, "most": MOST + 1})
    return Figures(*total), [Figures(*row) for row in groups]


def volumes(starts: Sequence[datetime], until: datetime) -> list[Volume]:
    """How many began and were solved from each of these moments until the next, the last until the end."""
    ends = [*starts[1:], until]
    return [Volume(*row) for row in _rows(VOLUMES, {"starts": list(starts), "ends": ends})]


def pieces(since: datetime, until: datetime) -> list[datetime]:
    """Where the pieces of a span begin: days, weeks or months' worth of days of the zone that `since` is in, thirty of
    them at the most. The last one ends with the span, however little of its day has gone by."""
    days = max(1, -(-(until.astimezone(since.tzinfo) - since) // A_DAY))
    step = 1 if days <= 31 else 7 if days <= 190 else 30
    return [since + number * A_DAY for number in range(0, days, step)]


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
