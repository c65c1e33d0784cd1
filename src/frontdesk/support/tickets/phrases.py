"""What happens to conversations, in words: in the customer's history, and as lines within the conversation."""

from django.utils.functional import Promise

EVENTS: dict[str, str | Promise] = {}


def enter() -> None:
    """Say what the actions are called."""
