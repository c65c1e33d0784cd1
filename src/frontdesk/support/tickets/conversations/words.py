"""What is said, before it stands in a conversation."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.support.tickets.models import Attachment


@dataclass(frozen=True)
class Words:
    """What is said. `text` is plain; `html` is sanitised already; `quoted` was split off a mail."""

    text: str
    html: str = ""
    quoted: str = ""
    attachments: Sequence[Attachment] = ()


def says_nothing(text: str) -> bool:
    """Whether nothing of it can be seen: blanks, control characters, and those that only steer others (U+200B)."""
    return all(unicodedata.category(sign)[0] in "ZC" for sign in text)
