"""A posted body, taken apart by its own bytes: without Django's limits for forms, and without guessing charsets."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from math import inf
from typing import Any
from urllib.parse import parse_qsl

import multipart

from frontdesk.support.tickets.mail.incoming.reading import charsets

MOST_FIELDS = 2_000
FORM, LIST = "multipart/form-data", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Field:
    """One field of a form; a file where it has a `filename` (which may be empty)."""

    name: str
    data: bytes
    filename: str | None = None
    content_type: str = ""

    @property
    def text(self) -> str:
        """What it says, whatever charset it is in."""
        return charsets.decode(self.data)


@dataclass(frozen=True)
class Post:
    """What was posted. `content_type` with its parameters."""

    body: bytes
    content_type: str

    @cached_property
    def fields(self) -> list[Field]:
        """The fields of a form, as many as can be read; none where it is none."""
        kind, options = multipart.parse_options_header(self.content_type)
        if kind == FORM and options.get("boundary"):
            return list(_parts(self.body, str(options["boundary"])))
        if kind == LIST:
            return list(_listed(self.body))
        return []

    def field(self, name: str) -> Field | None:
        """The last field of this name, as Django takes it."""
        return next((each for each in reversed(self.fields) if each.name == name), None)

    def text(self, name: str) -> str:
        """What the field says; "" without one."""
        found = self.field(name)
        return found.text if found else ""

    def files(self) -> list[Field]:
        """The files among the fields."""
        return [each for each in self.fields if each.filename is not None]


def _listed(body: bytes) -> Iterator[Field]:
    """Each value with the very bytes that were posted: a mail among them may be in any charset, or in several, and
    latin-1 is the one in which every byte is a sign of its own."""
    for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1"):
        yield Field(name, value.encode("latin-1"))


def _parts(body: bytes, boundary: str) -> Iterator[Field]:
    """Each part; of a form that is cut off, those that are whole."""
    parser = multipart.MultipartParser(
        BytesIO(body),
        boundary,
        part_limit=MOST_FIELDS,
        spool_limit=len(body),
        memory_limit=inf,
        headersize_limit=65_536,
    )
    try:
        for part in parser:
            yield Field(part.name or "", part.raw, part.filename, _declared(part))
            part.close()
    except multipart.MultipartError:
        return


def _declared(part: Any) -> str:
    """The type that the sender wrote, if any."""
    return str(part.headers.get("Content-Type", "")) if part.filename is not None else ""
