"""What searches have in common."""

from uuid import UUID


def as_uuid(text: str) -> UUID | None:
    """The id, if the text is one."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None
