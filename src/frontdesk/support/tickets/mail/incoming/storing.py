"""The first step: the bytes are in the database before the sender hears that we have them."""

from uuid import UUID

from frontdesk.support.tickets.models import IncomingMail


def store(raw: bytes, *, source: str, envelope_from: str = "", envelope_to: str = "") -> IncomingMail:
    """Keep a mail as it came and ask the worker to process it, in one commit. Takes any bytes, up to MAX_MAIL kept
    whole (of a larger one the head is kept, verdict TOO_LARGE). Never raises because of content."""
    raise NotImplementedError


def replay(mail_id: UUID) -> IncomingMail:
    """Judge a mail again, as if it had just come; what it led to before is not done twice."""
    raise NotImplementedError
