"""What was done for the customer elsewhere (a seat freed, a code replaced), told by a line in the conversation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction

from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Channel, Conversation, Message
from frontdesk.support.tickets.phrases import EVENTS


@transaction.atomic
def do_once(
    *,
    agent: Speaker,
    conversation: Conversation,
    what: str,
    once: UUID,
    deed: Callable[[], Any],
    data: dict[str, str],
) -> Any:
    """Do something for the customer and say so in the conversation, both or neither. `once` is the same for every
    press of one button: a second press does nothing and returns None. So does a deed for which there was nothing to do
    any more, by returning None itself: no line says that somebody did it. `what` is one of `phrases.EVENTS`."""
    current = adding.lock(conversation)
    if adding.said_before(current, once):
        return None
    done = deed()
    if done is not None:
        _tell(current, agent, what, once, data)
    return done


@transaction.atomic
def tell(*, agent: Speaker, conversation: Conversation, what: str, once: UUID, data: dict[str, str]) -> Message | None:
    """Say afterwards what was done, where the deed holds transactions of its own; None when it was said before."""
    current = adding.lock(conversation)
    return None if adding.said_before(current, once) else _tell(current, agent, what, once, data)


def _tell(current: Conversation, agent: Speaker, what: str, once: UUID, data: dict[str, str]) -> Message:
    if what not in EVENTS:
        raise ValueError(f"not an event of conversations: {what}")
    line = Line(Message.Kind.EVENT, Channel.DESK, Words(""), agent, once, {"what": what, **data})
    return adding.add(current, line)
