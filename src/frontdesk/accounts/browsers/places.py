"""Where a network address is, by a local table in MaxMind's format (FRONTDESK_PLACES). Nobody outside is asked."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import maxminddb
import structlog
from django.conf import settings
from django.utils.translation import get_language

log = structlog.get_logger(__name__)
LONGEST = 100


def find(address: str) -> str:
    """Town and country in the active language; empty without a table, or when it does not know the address."""
    record = _record(address)
    names = [_name(record.get(part)) for part in ("city", "country")]
    return ", ".join(name for name in names if name)[:LONGEST]


def country(address: str) -> str:
    """The country's two letters; empty where nothing is known."""
    part = _record(address).get("country")
    code = str(part.get("iso_code") or "") if isinstance(part, Mapping) else ""
    return code if len(code) == 2 else ""


def _record(address: str) -> Mapping[str, Any]:
    table = _table(settings.FRONTDESK_PLACES)
    if table is None or not address:
        return {}
    try:
        record = table.get(address)
    except (ValueError, maxminddb.InvalidDatabaseError):
        return {}
    return record if isinstance(record, Mapping) else {}


@lru_cache(maxsize=4)
def _table(path: str) -> maxminddb.Reader | None:
    """The table, kept open. One that cannot be read is said in the log once, and signing in goes on."""
    if not path:
        return None
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError):
        log.warning("places_unreadable", setting="FRONTDESK_PLACES")
        return None


def _name(part: Any) -> str:
    names = part.get("names") if isinstance(part, Mapping) else None
    if not isinstance(names, Mapping):
        return ""
    return str(names.get((get_language() or "en").partition("-")[0]) or names.get("en") or "")
