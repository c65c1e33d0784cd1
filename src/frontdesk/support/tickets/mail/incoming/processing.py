"""The second step: read, judge, carry out, each mail in a transaction of its own; safe to repeat at any point."""

from uuid import UUID

from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Conversation, IncomingMail


def process(mail_id: UUID) -> IncomingMail:
    """Give one mail its verdict. Whatever its content, this ends with one; a crash leaves it due again."""
    raise NotImplementedError


def process_due(*, limit: int = 100) -> int:
    """Process what is due; returns how many. The worker's sweep."""
    raise NotImplementedError


def accept(*, actor: Actor, mail: IncomingMail, conversation: Conversation | None = None) -> Conversation:
    """Staff looked at a mail in review and take it: a new conversation, or a reply to one. Returns the conversation."""
    raise NotImplementedError


def dismiss(*, actor: Actor, mail: IncomingMail, block: bool = False) -> None:
    """Staff looked at it and put it aside; `block` also blocks its sender."""
    raise NotImplementedError
