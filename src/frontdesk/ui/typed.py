"""What somebody had typed into a form that could not be taken: the fresh form shows it again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

KINDS = frozenset({"text", "email", "tel", "url", "search", "number", None})  # a text area has no type
_typed: ContextVar[Mapping[str, str] | None] = ContextVar("typed", default=None)


@contextmanager
def showing(typed: Mapping[str, str]) -> Iterator[None]:
    """Within the block, text fields show these values by their names; passwords and one-time codes never do."""
    token = _typed.set(typed)
    try:
        yield
    finally:
        _typed.reset(token)


def filled(widget: dict[str, Any]) -> dict[str, Any]:
    """A widget as Django renders it, with what was typed."""
    typed = _typed.get()
    if not typed or widget.get("name") not in typed or widget.get("type") not in KINDS:
        return widget
    if "optgroups" in widget or widget.get("attrs", {}).get("autocomplete") == "one-time-code":
        return widget
    return widget | {"value": typed[widget["name"]]}
