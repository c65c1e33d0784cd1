"""What every verb ends with, on the locked row: deadlines, agent, rules. One place, so that none forgets."""

from frontdesk.support.tickets.models import Conversation, Message


def opened(conversation: Conversation, message: Message) -> None:
    """A conversation began: somebody gets it, a time is promised, rules look at it."""


def wrote(conversation: Conversation, message: Message, *, reopened: bool) -> None:
    """The customer wrote: whoever has it, or somebody else when nobody has."""


def answered(conversation: Conversation, message: Message, *, solved: bool) -> None:
    """An agent answered."""


def turned(conversation: Conversation, trigger: str = "") -> None:
    """Whose turn it is changed, or who is to have it; `trigger` is one of the rules' own."""
