"""The fixed vocabulary of steps that macros and rules are made of: checked when saved, run in one transaction.

A step is {"do": name, "value": …}. Names: reply (canned reply's shortcut; by a rule it is an automatic answer), note
(text), assign (agent's address, "me" or "nobody"), team (slug), area (slug), priority (1–4), add_tag, remove_tag,
status ("open", "waiting", "solved"), snooze (hours), escalate (team slug: a mail to its managers).
"""

from collections.abc import Sequence
from typing import Any

from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Conversation

Step = dict[str, Any]


def check(steps: Sequence[Step], *, by_rule: bool) -> list[str]:
    """What is wrong with the steps, in sentences for whoever wrote them; empty when they can be run."""
    raise NotImplementedError


def run(*, actor: Actor, conversation: Conversation, steps: Sequence[Step], by_rule: bool = False) -> list[str]:
    """Run the steps in order, all or none; returns what was done, in sentences."""
    raise NotImplementedError
