"""What every verb ends with, on the locked row: deadlines, agent, rules. One place, so that none forgets."""

from frontdesk.support.tickets.models import Conversation, Message, Rule
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.rules import running
from frontdesk.support.tickets.sla import keeping

Trigger = Rule.Trigger


def opened(conversation: Conversation, message: Message) -> None:
    """A conversation began: somebody gets it, a time is promised, rules look at it."""
    giving.give(conversation)
    keeping.refresh(conversation)
    _wake(conversation, Trigger.OPENED, message)


def wrote(conversation: Conversation, message: Message, *, reopened: bool) -> None:
    """The customer wrote, and what was solved was reopened by it; nobody having it, somebody gets it."""
    giving.give(conversation)
    keeping.refresh(conversation)
    _wake(conversation, Trigger.CUSTOMER_WROTE, message)
    if reopened:
        _wake(conversation, Trigger.REOPENED, message)


def answered(conversation: Conversation, message: Message, *, solved: bool) -> None:
    """An agent answered, and with that solved it."""
    keeping.refresh(conversation)
    _wake(conversation, Trigger.ANSWERED, message)
    if solved:
        _wake(conversation, Trigger.SOLVED, message)


def turned(conversation: Conversation, trigger: str = "") -> None:
    """Whose turn it is changed, or who is to have it; `trigger` is one of the rules' own."""
    giving.give(conversation)
    keeping.refresh(conversation)
    if trigger:
        running.wake(conversation=conversation, trigger=trigger, cause=f"{trigger}:{conversation.last_sequence}")


def _wake(conversation: Conversation, trigger: str, message: Message) -> None:
    running.wake(conversation=conversation, trigger=trigger, cause=f"{trigger}:{message.pk}")
