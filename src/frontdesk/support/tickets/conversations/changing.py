"""Whose turn it is and who has it: solve, reopen, wait, snooze, assign, tag, prioritise, mark as spam.

Each returns False when there was nothing to change, writes an event line, an audit row and a StateChange where times
depend on it. Raises ConversationClosed where the conversation takes no changes any more.
"""

from collections.abc import Iterable
from datetime import datetime

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Area, Conversation, Team


def solve(*, actor: Actor, conversation: Conversation) -> bool:
    """It is solved: the survey and the follow-up after three days are on their way. Publishes ConversationSolved."""
    raise NotImplementedError


def reopen(*, actor: Actor, conversation: Conversation) -> bool:
    """It goes on: the follow-up is dropped. Publishes ConversationReopened."""
    raise NotImplementedError


def set_waiting(*, actor: Actor, conversation: Conversation, waiting: bool) -> bool:
    """It is the customer's turn, or ours again."""
    raise NotImplementedError


def snooze(*, actor: Actor, conversation: Conversation, until: datetime | None) -> bool:
    """Put off until a moment, or back at once. The customer's answer ends it earlier."""
    raise NotImplementedError


def assign(*, actor: Actor, conversation: Conversation, to: Person | None, why: str = "") -> bool:
    """Give it to an agent, or to nobody. `why` explains a choice of the routing. Publishes ConversationAssigned."""
    raise NotImplementedError


def hand_to_team(*, actor: Actor, conversation: Conversation, team: Team | None) -> bool:
    """Move it to another team's inbox; whoever had it has it no more, unless they are on that team too."""
    raise NotImplementedError


def set_area(*, actor: Actor, conversation: Conversation, area: Area | None) -> bool:
    """Say what it is about."""
    raise NotImplementedError


def set_priority(*, actor: Actor, conversation: Conversation, priority: int) -> bool:
    """Say how urgent it is."""
    raise NotImplementedError


def change_tags(
    *, actor: Actor, conversation: Conversation, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> bool:
    """Add and take away tags (lower case, words joined by hyphens)."""
    raise NotImplementedError


def mark_spam(*, actor: Actor, conversation: Conversation, block: bool = False) -> bool:
    """It is spam; `block` also blocks the sender's address."""
    raise NotImplementedError


def close_old(*, limit: int = 1_000) -> int:
    """Close what was solved 14 days ago; returns how many. The worker's sweep."""
    raise NotImplementedError
