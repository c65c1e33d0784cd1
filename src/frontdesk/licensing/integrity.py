"""Is what is derived still what it derives from? For `frontdesk check`; reads only."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

CHECKS = {
    "devices used": """
        select l.id, l.seats_used || ' counted, ' || count(a.id) || ' hold a seat'
          from licensing_license l
          left join licensing_activation a on a.license_id = l.id and a.removed_at is null
         group by l.id having l.seats_used <> count(a.id)""",
    "span": """
        select l.id, 'its terms end at ' || s.last_end || ', it says ' || l.expires_at
          from licensing_license l
          cross join lateral (
              select coalesce(min(q.term_starts) filter (where q.counts), min(q.term_starts)) as first_start,
                     coalesce(max(q.term_ends) filter (where q.counts), min(q.term_starts)) as last_end
                from licensing_sequence(l.id) q) s
         where s.first_start is null or (s.first_start, s.last_end) <> (l.starts_at, l.expires_at)""",
    "place of a term": """
        select t.license_id, 'term ' || t.id || ' does not lie where the terms before it end'
          from licensing_license l
          cross join lateral licensing_sequence(l.id) q
          join licensing_term t on t.id = q.term_id
         where (t.starts_at, t.ends_at) <> (q.term_starts, q.term_ends)""",
    "redeemed code": """
        select c.id, 'redeemed without a licence, or the other way round'
          from licensing_code c where (c.license_id is null) <> (c.redeemed_at is null)""",
    "seats over the limit": """
        select l.id, l.seats_used || ' devices on a limit of ' || v.device_limit + l.added_devices
          from licensing_license l join catalog_planversion v on v.id = l.plan_version_id
         where l.seats_used > v.device_limit + l.added_devices""",
    "batch": """
        select b.id, b.count || ' ordered, ' || count(c.id) || ' there'
          from licensing_batch b left join licensing_code c on c.batch_id = b.id
         where b.finished_at is not null group by b.id having b.count <> count(c.id)""",
}


@dataclass(frozen=True)
class Fault:
    """Something that is not as it should be: which check, of what, and how."""

    check: str
    subject: UUID
    detail: str

    def __str__(self) -> str:
        return f"{self.check} of {self.subject}: {self.detail}"


def faults(limit: int = 100) -> list[Fault]:
    """What is wrong, at most `limit` of each kind; empty when all is in order."""
    found: list[Fault] = []
    with connection.cursor() as cursor:
        for check, query in CHECKS.items():
            cursor.execute(f"{query} limit %s", [limit])
            found += [Fault(check, subject, detail) for subject, detail in cursor.fetchall()]
    return found
