"""Mails that belong to a conversation: what their head says beside the rest, asked at the moment of sending.

An app that keeps threads names, once, whom to ask for the mails whose templates are in its folder. Asked so late, the
answer knows what came in meanwhile, and no address, name or file lies in the outbox.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from frontdesk.accounts.models import Message


@dataclass(frozen=True)
class File:
    """A file that goes with a mail."""

    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Thread:
    """How a mail stands among others. Ids are in angle brackets; `message_id` is the same however often it is sent.

    `auto_submitted` is empty for what a person wrote, else a word of RFC 3834. `sender` and `reply_to` are addresses
    with names, empty for the installation's own sender.
    """

    message_id: str
    references: Sequence[str] = ()
    sender: str = ""
    reply_to: str = ""
    auto_submitted: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[File] = ()


Finder = Callable[[Message], Thread | None]
_finders: dict[str, Finder] = {}


def keep_threads(folder: str, finder: Finder) -> None:
    """Ask this function about mails whose template is "<folder>/…". Raises ValueError when another is asked already."""
    if _finders.setdefault(folder, finder) is not finder:
        raise ValueError(f"two keep the threads of {folder}")


def thread_of(message: Message) -> Thread | None:
    """The thread that a mail belongs to; None for one that stands alone."""
    finder = _finders.get(message.template.partition("/")[0])
    return finder(message) if finder else None
