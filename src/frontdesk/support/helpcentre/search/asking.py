"""Asking from outside: everybody may, but nobody all the time."""

from frontdesk.core import throttle
from frontdesk.core.throttle import Limit
from frontdesk.support.helpcentre.search import finding
from frontdesk.support.helpcentre.search.finding import Found

# A whole office that types behind one address stays below it; it keeps one guest from taking all of the processor.
SEARCHES = Limit("help-search", 6_000, 60)


def ask(query: str, *, network: str, language: str = "", limit: int = 10) -> list[Found]:
    """What the public finds, asked from this network. Raises TooManyAttempts."""
    throttle.reserve(SEARCHES, network)
    return finding.find(query, language=language, limit=limit)
