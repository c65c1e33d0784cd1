"""The documented form of a community in a file (docs/operations/community-import.md): one JSON object a line."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from frontdesk.core import clock

Id = Annotated[str, Meta(min_length=1, max_length=100)]
Name = Annotated[str, Meta(max_length=100)]
Path = Annotated[str, Meta(max_length=500)]
Moment = Annotated[datetime, Meta(tz=True)]
Language = Annotated[str, Meta(max_length=10, pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")]
Title = Annotated[str, Meta(max_length=100)]
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class Line(Struct, forbid_unknown_fields=True, tag_field="kind"):
    """What all kinds have in common: their kind, and that nothing happened before 1970, or is yet to come."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime) and not EARLIEST <= value <= clock.now():
                raise ValueError(f"“{name}” is before 1970 or in the future")


class CategoryLine(Line, tag="category"):
    """A category; `titles` and `abouts` by language."""

    id: Id
    slug: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    titles: dict[str, Title] = {}
    abouts: dict[str, str] = {}
    product: str = ""
    reads: Literal["everybody", "owners", "staff"] = "everybody"
    begins: Literal["everybody", "owners", "staff"] = "everybody"
    asks: bool = True
    position: Annotated[int, Meta(ge=0, le=30_000)] = 0
    address: Path = ""


class PersonLine(Line, tag="person"):
    """Somebody who wrote or liked. `email`, or the SHA-256 of it in small letters, lets its owner claim the member."""

    id: Id
    handle: Name = ""
    name: Name = ""
    about: Annotated[str, Meta(max_length=1_000)] = ""
    joined_at: Moment | None = None
    level: Annotated[int, Meta(ge=0, le=3)] = 0
    email: Annotated[str, Meta(max_length=254)] = ""
    email_sha256: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")] = ""


class Said(Line):
    """What somebody wrote: Markdown as `text`, or `html`."""

    id: Id
    author: Id
    created_at: Moment
    text: str = ""
    html: str = ""
    edited_at: Moment | None = None
    is_official: bool = False
    address: Path = ""


class TopicLine(Said, tag="topic"):
    """A topic with its first post, whose id is `post`."""

    category: Id = ""
    title: Annotated[str, Meta(min_length=1, max_length=300)] = ""
    post: Annotated[str, Meta(max_length=100)] = ""
    language: Language = ""
    locked: bool = False
    pinned: bool = False
    views: Annotated[int, Meta(ge=0, le=2_000_000_000)] = 0

    @property
    def first(self) -> str:
        """The id of its first post."""
        return self.post or f"{self.id}#1"[:100]


class PostLine(Said, tag="post"):
    """A reply; `answers` is the post it answers."""

    topic: Id = ""
    answers: Annotated[str, Meta(max_length=100)] = ""


class LikeLine(Line, tag="like"):
    """That somebody liked a post."""

    post: Id
    person: Id
    at: Moment


class AcceptedLine(Line, tag="accepted"):
    """Which post solved a topic."""

    topic: Id
    post: Id
    at: Moment


AnyLine = CategoryLine | PersonLine | TopicLine | PostLine | LikeLine | AcceptedLine
_decoder = msgspec.json.Decoder(AnyLine)
CLEANED = {"text", "html"}  # whatever cannot be kept is taken out of these
LONGEST_LINE = 2_000_000  # bytes


class Wrong(ValueError):
    """A line that cannot be taken; says why, and what to do."""


def read(line: bytes) -> AnyLine:
    """One line. Raises Wrong."""
    if len(line) > LONGEST_LINE:
        raise Wrong("it is longer than 2 MB: split the text, or leave pictures out of it")
    try:
        found: AnyLine = _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Wrong(f"{error}; see the form in docs/operations/community-import.md") from None
    if any(holds_nul(getattr(found, name)) for name in found.__struct_fields__ if name not in CLEANED):
        raise Wrong("a field holds the sign U+0000, which no text has: take it out")
    if isinstance(found, TopicLine) and not found.category:
        raise Wrong("a topic names its `category`")
    if isinstance(found, TopicLine) and not found.title.strip():
        raise Wrong("a topic has a `title`")
    if isinstance(found, PostLine) and not found.topic:
        raise Wrong("a post names its `topic`")
    if isinstance(found, Said) and not (found.text.strip() or found.html.strip()):
        raise Wrong("it has neither `text` nor `html`: leave the line out, or write what stood there")
    return found


def holds_nul(value: object) -> bool:
    """Whether the sign that the database keeps nowhere is in it."""
    if isinstance(value, dict):
        return any(map(holds_nul, (*value.keys(), *value.values())))
    return isinstance(value, str) and "\0" in value


def write(line: AnyLine) -> bytes:
    """The line of a file, without what is as it is by default."""
    plain: dict[str, Any] = {"kind": type(line).__struct_config__.tag}
    for field in msgspec.structs.fields(line):
        value = getattr(line, field.name)
        if value != field.default and (field.default is not msgspec.NODEFAULT or value is not None) and value != {}:
            plain[field.name] = value.astimezone(UTC) if isinstance(value, datetime) else value
    return msgspec.json.encode(plain) + b"\n"
