"""Who may open a stream: whoever shows tickets that were made here, are young, and have not served before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from frontdesk.core.errors import NotFound, RequestInvalid
from frontdesk.core.live import tickets
from frontdesk.core.live.tickets import Ticket
from frontdesk.core.metrics import LIVE_REFUSED
from frontdesk.gateway.exchange import Call
from frontdesk.gateway.lanes import Connection, Lane

MOST_TICKETS = 8
SPEND = """insert into core_spentticket (nonce, until) select * from unnest(%s::uuid[], %s::timestamptz[])
           on conflict do nothing returning nonce"""
Nonces = Sequence[tuple[UUID, datetime]]


def shown(call: Call) -> list[Ticket]:
    """The tickets of a request. Raises RequestInvalid for none or too many, NotFound for one that grants nothing."""
    query = bytes(call.scope.get("query_string", b"")).decode("latin-1")
    try:
        tokens = parse_qs(query, max_num_fields=MOST_TICKETS).get("ticket", [])
    except ValueError:
        tokens = []
    if not tokens:
        raise RequestInvalid(field="ticket")
    try:
        return [tickets.read(token) for token in tokens]
    except NotFound:
        LIVE_REFUSED.labels("ticket").inc()
        raise


async def spend(given: Sequence[Ticket]) -> None:
    """These have served now. Raises NotFound when one had before, on whichever node, TemporarilyUnavailable."""
    if not await spending.ask([(each.nonce, each.until) for each in given]):
        LIVE_REFUSED.labels("ticket").inc()
        raise NotFound


async def _spend(connection: Connection, asked: Sequence[Nonces]) -> list[bool]:
    """For each whether all of theirs were fresh; of those who show the same at once, the first wins."""
    every: list[tuple[UUID, datetime]] = [one for nonces in asked for one in nonces]
    columns: list[Any] = [[nonce for nonce, _ in every], [until for _, until in every]]
    cursor = await connection.execute(SPEND, columns)
    fresh = {nonce for (nonce,) in await cursor.fetchall()}
    outcomes = []
    for nonces in asked:
        numbers = {nonce for nonce, _ in nonces}
        outcomes.append(len(numbers) == len(nonces) and numbers <= fresh)
        fresh -= numbers
    return outcomes


spending: Lane[Nonces, bool] = Lane("tickets", _spend)
