"""What waits for a person or should worry the operator, counted with one statement: the desk's side and /metrics."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from frontdesk.core import clock

LATE = timedelta(hours=1)  # by then the sweep has taken what was due, or something is wrong

COUNTS = """
select (select count(*) from billing_subscription where ended_at is null and failed_at is not null),
       (select count(*) from billing_payment where status = 'unknown'),
       (select count(*) from billing_dispute where status = 'open'),
       (select count(*) from billing_declaration where done_at is null and dismissed_at is null),
       (select count(*) from billing_providerevent where processed_at is null and attempts > 0),
       (select count(*) from billing_subscription where next_action_at < %(late)s),
       (select count(*) from billing_refund where status = 'failed' and settled_at > %(month)s)
"""


@dataclass(frozen=True)
class Waiting:
    """How many of each wait. `late_subscriptions`: due for an hour, and nobody has taken them."""

    past_due: int = 0
    unknown_payments: int = 0
    open_disputes: int = 0
    open_declarations: int = 0
    failed_webhooks: int = 0
    late_subscriptions: int = 0
    failed_refunds: int = 0


def count() -> Waiting:
    """Everything at once."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"late": now - LATE, "month": now - timedelta(days=30)})
        return Waiting(*cursor.fetchone())
