"""Files of conversations: checked by content, images made anew, stored under unguessable names."""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.support.tickets.models import Attachment

MAX_SIZE = 10_000_000
MAX_COUNT = 20


def store(
    *, name: str, data: bytes, content_type: str = "", content_id: str = "", uploaded_by: UUID | None = None,
    upload_key: str = "",
) -> Attachment:  # fmt: skip
    """Check the bytes, make images anew (re-encoded, without metadata), write the file and the row (of no message yet).

    What may not be taken gets a row whose `refused` says why, and no file. Never raises for content.
    """
    raise NotImplementedError


def claim(*, ids: Sequence[UUID], uploaded_by: UUID | None = None, upload_key: str = "") -> list[Attachment]:
    """The files that this person (or guest's form) uploaded for the message they send now. Strangers' are left out."""
    raise NotImplementedError


def forget_unclaimed(*, limit: int = 1_000) -> int:
    """Delete uploads that no message claimed within a day, with their files; returns how many. The worker's sweep."""
    raise NotImplementedError
