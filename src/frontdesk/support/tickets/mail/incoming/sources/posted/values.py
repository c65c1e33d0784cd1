"""Values out of a stranger's JSON, each asked for what it should be: what is something else counts as empty."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Values = Mapping[str, Any]


def parsed(body: bytes) -> Any:
    """The JSON of a body, whatever bytes are in it. Raises ValueError for what is none."""
    return json.loads(body.decode("utf-8", "replace"), strict=False)


def loaded(text: str) -> Any:
    """The JSON of a field; None where it is none."""
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return None


def text(value: Any) -> str:
    """A text."""
    return value if isinstance(value, str) else ""


def many(value: Any) -> list[Any]:
    """A list."""
    return value if isinstance(value, list) else []


def one(value: Any) -> Values:
    """An object."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Values]:
    """The objects of a list."""
    return [each for each in many(value) if isinstance(each, dict)]


def pairs(value: Any) -> list[tuple[str, str]]:
    """Headers as name and value, from an object whose values may be lists, or a list of pairs."""
    return [(text(name), text(each)) for name, each in _entries(value)]


def _entries(value: Any) -> Iterator[tuple[Any, Any]]:
    for name, content in one(value).items():
        for each in content if isinstance(content, list) else [content]:
            yield name, each
    for each in many(value):
        if isinstance(each, list) and len(each) == 2:
            yield each[0], each[1]
