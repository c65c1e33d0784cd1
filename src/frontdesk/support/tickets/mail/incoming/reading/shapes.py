"""What reading a mail yields: plain values, which travel from the child process as JSON and bytes."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class File:
    """One attachment as it came. `content_id` without brackets."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Failure:
    """An address that a bounce says cannot be reached, and why (the other server's words, shortened)."""

    address: str
    why: str = ""


@dataclass
class Read:
    """A mail, read. Addresses are lower-case; ids keep their angle brackets.

    `kind` is "" for what a person wrote, else bounce, auto or list, with `sign` saying by what it was recognised.
    `reply_to`: where else its sender wants answers. `recipients`: every address that it was sent to, those of its
    envelope's headers first. `results`: the headers of Authentication-Results, topmost first. `originals`: Message-IDs
    of the mail that a bounce or report is about. `reports`: what could not be read as it should have been. `text` are
    the writer's own words; `in_context` the same with the quotes between which they stand, where these are questions
    that are answered one by one.
    """

    internet_id: str = ""
    references: list[str] = field(default_factory=list)
    from_address: str = ""
    from_name: str = ""
    senders: int = 0
    reply_to: str = ""
    recipients: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    subject: str = ""
    language: str = ""
    results: list[str] = field(default_factory=list)
    kind: str = ""
    sign: str = ""
    failures: list[Failure] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)
    text: str = ""
    quoted: str = ""
    in_context: str = ""
    html: str = ""
    digest: str = ""
    reports: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What people are shown of it: the own words, with what they answer piece by piece."""
        return self.in_context or self.text

    @property
    def is_reply(self) -> bool:
        """Whether it answers something."""
        return bool(self.references)


def to_message(read: Read) -> tuple[dict[str, Any], list[bytes]]:
    """A header for JSON, and the contents of the files beside it."""
    contents = [each.data for each in read.files]
    slim = Read(**{**vars(read), "files": []})
    files = [{"name": f.name, "content_type": f.content_type, "content_id": f.content_id} for f in read.files]
    return asdict(slim) | {"files": files}, contents


def from_message(head: dict[str, Any], contents: list[bytes]) -> Read:
    """The way back."""
    files = [File(data=data, **values) for values, data in zip(head.pop("files"), contents, strict=True)]
    failures = [Failure(**values) for values in head.pop("failures")]
    return Read(**head, failures=failures, files=files)
