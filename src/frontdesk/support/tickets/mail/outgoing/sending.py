"""Mailing what was said, in the transaction in which it was said."""

from frontdesk.support.tickets.models import Conversation, Message


def send_message(message: Message) -> None:
    """Mail a public message to every participant but its writer: Message-ID of ours, In-Reply-To and References of the
    thread, Reply-To with the token, attachments, Auto-Submitted for automatic ones. Once for each address."""


def send_receipt(conversation: Conversation, message: Message) -> None:
    """Tell the requester that it arrived: the reference, what they wrote, by when we answer; Auto-Submitted.

    Not for what came in automatically, and at most three a day to one address (a loop ends there).
    """


def bounced(*, internet_id: str, address: str, why: str) -> Conversation | None:
    """A mail of ours came back: mark the address, and tell the agent in the conversation. Returns the conversation."""
    raise NotImplementedError
