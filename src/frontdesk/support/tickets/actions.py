"""The fixed vocabulary of steps that macros and rules are made of: checked when saved, run in one transaction.

A step is {"do": name, "value": …}. Names: reply (canned reply's shortcut; by a rule it is an automatic answer), note
(text), assign (agent's address, "me" or "nobody"), team (slug), area (slug), priority (1–4), add_tag, remove_tag,
status ("open", "waiting", "solved"), snooze (hours), escalate (team slug: a mail to its managers).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import StepImpossible
from frontdesk.support.tickets.models import Channel, Conversation, Message
from frontdesk.support.tickets.steps.doing import Doing
from frontdesk.support.tickets.steps.vocabulary import STEPS, Choices

Step = dict[str, Any]
MOST = 20


def check(steps: Sequence[Step], *, by_rule: bool) -> list[str]:
    """What is wrong with the steps, in sentences for whoever wrote them; empty when they can be run."""
    if not isinstance(steps, list) or not steps:
        return [_("Name at least one step.")]
    if len(steps) > MOST:
        return [_("%(number)s steps at most.") % {"number": MOST}]
    return [sentence for step in steps if (sentence := _wrong(step, by_rule=by_rule))]


def _wrong(step: object, *, by_rule: bool) -> str:
    if not isinstance(step, dict) or step.get("do") not in STEPS:
        return _("There is no such step: %(step)s.") % {"step": str(step)[:60]}
    return STEPS[step["do"]].check(step.get("value"), by_rule)


def describer() -> Callable[[Step], str]:
    """What says steps in words; the values that there are to choose from are read once, for a whole page."""

    @cache
    def named(choices: Callable[[], Choices] | None) -> dict[str, str]:
        return dict(choices()) if choices else {}

    def describe(step: Step) -> str:
        kind = STEPS.get(str(step.get("do")))
        return kind.describe(step.get("value"), named(kind.choices)) if kind else str(step.get("do"))

    return describe


@dataclass(frozen=True)
class Press:
    """An agent presses a macro's button. `once` is the same for every press of one button, `seen` the last sequence
    that they had read: what is said by it is never said twice, nor past somebody else."""

    title: str
    once: UUID
    seen: int | None = None


@transaction.atomic
def run(
    *,
    actor: Actor,
    conversation: Conversation,
    steps: Sequence[Step],
    by_rule: bool = False,
    press: Press | None = None,
) -> list[str]:
    """Run the steps in order, all or none; returns what was done, in sentences: nothing for a `press` that has done it.

    Raises StepImpossible when one of them cannot be done any more (its team is gone, say), and what the verbs raise.
    """
    current = adding.lock(conversation)
    if press and adding.said_before(current, press.once):
        return []
    agent = None if by_rule or actor.person is None else Person.objects.filter(pk=actor.person).first()
    doing = Doing(actor=actor, agent=agent, conversation=current, by_rule=by_rule, then=_turn_after(steps))
    if press:
        doing = replace(doing, seen=press.seen if current.pk == conversation.pk else 0)
        line = {"what": "macro", "title": press.title}
        adding.add(current, Line(Message.Kind.EVENT, Channel.DESK, Words(""), Speaker.of(agent), press.once, line))
    once = press.once if press else uuid4()
    done = []
    for place, step in enumerate(steps):
        if wrong := _wrong(step, by_rule=by_rule):
            raise StepImpossible(why=wrong)
        if did := STEPS[step["do"]].run(replace(doing, client_id=uuid5(once, str(place))), step.get("value")):
            done.append(did)
    conversation.refresh_from_db()
    return done


def _turn_after(steps: Sequence[Step]) -> str:
    """Whose turn it is after an answer: what a later step says, else the customer's."""
    said = [str(step.get("value")) for step in steps if step.get("do") == "status"]
    return said[-1] if said else Conversation.Status.WAITING
