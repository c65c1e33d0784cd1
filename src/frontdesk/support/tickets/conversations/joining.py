"""Merging and splitting. Nothing is deleted: what moved says where it came from."""

from collections.abc import Sequence
from uuid import UUID

from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Conversation


def merge(*, actor: Actor, conversation: Conversation, into: Conversation) -> None:
    """Copy the messages of `conversation` to the end of `into` (their times kept), and point replies there.

    Both are locked in order of their ids. Participants come along. Raises ConversationClosed, and NotMergeable for a
    conversation with itself, a merged one, or another customer's.
    """
    raise NotImplementedError


def split(*, actor: Actor, conversation: Conversation, messages: Sequence[UUID], subject: str) -> Conversation:
    """A new conversation of the same customer that begins with these messages, copied; returns it."""
    raise NotImplementedError
