"""Figures of the chats that began in a span, as they stand now. Spam is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

# By what chats can be split: as conversations are, as far as it makes sense for chats.
DIMENSIONS = {
    "team": ("coalesce(t.name, '')", "left join tickets_team t on t.id = c.team_id"),
    "agent": ("coalesce(nullif(p.name, ''), p.email, '')", "left join accounts_person p on p.id = h.agent_id"),
    "area": ("coalesce(a.slug, '')", "left join tickets_area a on a.id = c.area_id"),
    "product": ("coalesce(g.name, '')", "left join catalog_product g on g.id = c.product_id"),
    "plan": ("c.plan_name", ""),
    "site": ("h.site", ""),
}
MOST = 200


@dataclass(frozen=True)
class ChatFigures:
    """The figures of one group (of all: `name` is None).

    `begun`: chats that began. `answered`: those in which an agent said something; `wait_median`, `wait_p90`: seconds
    until then, of half and of nine in ten of them at the most. `missed`: those that were over before anybody answered.
    `by_customer`, `by_agent`, `by_silence`: who ended them. `tickets`: those that went on by mail instead of an end.
    `talk_median`: seconds from the first answer to the end.
    """

    name: str | None
    begun: int
    answered: int
    wait_median: float | None
    wait_p90: float | None
    missed: int
    by_customer: int
    by_agent: int
    by_silence: int
    tickets: int
    talk_median: float | None

    @property
    def missed_share(self) -> int | None:
        """Missed / begun, in percent."""
        return round(100 * self.missed / self.begun) if self.begun else None


FIGURES = """
with chosen as (
  select {name} as name, h.state, h.ended_by, h.answered_at, h.ended_at,
         extract(epoch from h.answered_at - h.began_at) as wait,
         extract(epoch from h.ended_at - h.answered_at) as talk
    from chat_chat h join tickets_conversation c on c.id = h.conversation_id {join}
   where h.began_at >= %(since)s and h.began_at < %(until)s and c.status <> 'spam'
)
select case when grouping(name) = 1 then null else name end, count(*), count(wait),
       percentile_cont(0.5) within group (order by wait), percentile_cont(0.9) within group (order by wait),
       count(*) filter (where answered_at is null and ended_at is not null),
       count(*) filter (where ended_by = 'customer'), count(*) filter (where ended_by = 'agent'),
       count(*) filter (where ended_by = 'silence'), count(*) filter (where state = 'ticket' and ended_by = ''),
       percentile_cont(0.5) within group (order by talk)
  from chosen
 group by grouping sets ((), (name))
 order by grouping(name) desc, 2 desc, 1
 limit %(most)s"""


def figures(since: datetime, until: datetime, *, by: str = "team") -> tuple[ChatFigures, list[ChatFigures]]:
    """The figures of all chats that began in the span, and of each group, the largest first."""
    name, join = DIMENSIONS[by]
    values: dict[str, Any] = {"since": since, "until": until, "most": MOST + 1}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES.format(name=name, join=join), values)
        total, *groups = cursor.fetchall()
    return ChatFigures(*total), [ChatFigures(*row) for row in groups]
