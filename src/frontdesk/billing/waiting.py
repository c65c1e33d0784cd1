"""What waits for a person or should worry the operator, counted with one statement: the desk's side and /metrics."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from frontdesk.core import clock

LATE = timedelta(hours=1)  # by then the sweep has taken what was due, or something is wrong

COUNTS = """
select (select count(*) from billing_subscription where ended_at is null and failed_at is not null),
       (select count(*) from billing_payment where status = 'unknown'),
       (select count(*) from billing_dispute where status = 'open'),
       (select count(*) from billing_declaration where done_at is null and dismissed_at is null),
       (select count(*) from billing_providerevent where processed_at is null and attempts > 0),
       (select count(*) from billing_subscription where next_action_at < %(late)s),
       (select count(*) from billing_refund where status = 'failed' and settled_at > %(month)s),
       (select count(*) from billing_subscription s
         where ended_at is null and auto_renew and failed_at is null and unreached_since is not null
           and not exists (select from billing_chargenotice n join accounts_message m on m.id = n.message_id
                            where n.subscription_id = s.id and n.charge_at = s.charge_at and m.sent_at is not null)),
       (select count(*) from billing_refund
         where (came_back_at is not null and made_good_at is null) or (status = 'unknown' and check_at is null))
"""


@dataclass(frozen=True)
class Waiting:
    """How many of each wait. `late_subscriptions`: due for an hour, and nobody has taken them; `unreached`: no mail
    about their coming charge arrives, so that it cannot be made; `open_refunds`: sent back by a bank, or over another
    amount than the provider says.
    """

    past_due: int = 0
    unknown_payments: int = 0
    open_disputes: int = 0
    open_declarations: int = 0
    failed_webhooks: int = 0
    late_subscriptions: int = 0
    failed_refunds: int = 0
    unreached: int = 0
    open_refunds: int = 0


def count() -> Waiting:
    """Everything at once."""
    return count_beside()[0]


def count_beside(*others: QuerySet[Any]) -> tuple[Waiting, list[int]]:
    """Everything at once, and in the same statement how many of each of these: the side stands on every page."""
    now = clock.now()
    values: dict[str, Any] = {"late": now - LATE, "month": now - timedelta(days=30)}
    counts = COUNTS
    for place, rows in enumerate(others):
        sql, named = _named(rows, f"beside_{place}")
        counts += f", (select count(*) from ({sql}) as beside_{place})"  # noqa: S608 - Django's own
        values |= named
    with connection.cursor() as cursor:
        cursor.execute(counts, values)
        found = cursor.fetchone()
    return Waiting(*found[: len(found) - len(others)]), list(found[len(found) - len(others) :])


def _named(rows: QuerySet[Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """The statement behind these rows, with its values by names that begin so."""
    try:
        sql, asked = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "select where false", {}
    named = {f"{prefix}_{number}": value for number, value in enumerate(asked)}
    left = iter(named)
    return re.sub("%[s%]", lambda found: "%%" if found[0] == "%%" else f"%({next(left)})s", sql), named
