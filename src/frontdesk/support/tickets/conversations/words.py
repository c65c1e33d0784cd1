"""What is said, before it stands in a conversation."""

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
