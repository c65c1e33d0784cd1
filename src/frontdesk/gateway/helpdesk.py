"""The help centre's search for programs: a product can show articles where its customers are."""

import asyncio
from urllib.parse import parse_qs

import msgspec

from frontdesk.core.errors import RequestInvalid, TemporarilyUnavailable
from frontdesk.core.numbers import whole
from frontdesk.gateway import threads
from frontdesk.gateway.exchange import Call, Reply
from frontdesk.gateway.rare import PATIENCE_SECONDS
from frontdesk.gateway.shapes import HelpResult, HelpResults
from frontdesk.support.helpcentre.search import asking
from frontdesk.support.helpcentre.search.finding import MOST

USUAL = 10
FIELDS = 20


async def search(call: Call) -> Reply:
    """GET /help/search: the published articles that answer best, the best first.

    `q` may be anything, unfinished and mistyped; without words in it nothing is found. `snippet` is HTML: escaped text
    with `<mark>` around what matched. `score` only orders the results of one answer.
    """
    query, language, limit = _asked(call)
    network = call.address_prefix()

    def find() -> HelpResults:
        found = asking.ask(query, network=network, language=language, limit=limit)
        # A plain str of the snippet: msgspec takes no subclass of it.
        return HelpResults([HelpResult(hit.slug, hit.title, str.__str__(hit.snippet), hit.score) for hit in found])

    try:
        results = await asyncio.wait_for(threads.read(find), PATIENCE_SECONDS)
    except (threads.DatabaseAway, TimeoutError):
        raise TemporarilyUnavailable from None
    return Reply(200, msgspec.json.encode(results))


def _asked(call: Call) -> tuple[str, str, int]:
    """Raises RequestInvalid for a limit that is none; a query is never wrong."""
    raw = bytes(call.scope.get("query_string", b"")).decode("utf-8", "replace")
    try:
        given = parse_qs(raw, keep_blank_values=True, errors="replace", max_num_fields=FIELDS)
    except ValueError:
        raise RequestInvalid(field="q") from None
    query, language, limit = (given.get(name, [""])[-1] for name in ("q", "language", "limit"))
    count = whole(limit, most=MOST) if limit else USUAL
    if not count:
        raise RequestInvalid(field="limit")
    return query, language or call.language(), count
