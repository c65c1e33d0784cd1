"""Doing the steps: each calls the verb that the desk's pages call, and says what it did ("" when nothing changed)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.texts import in_language
from frontdesk.support.tickets import variables
from frontdesk.support.tickets.actors import note as audit_note
from frontdesk.support.tickets.conversations import adding, changing, saying
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Area, CannedReply, Channel, Conversation, Message, Team
from frontdesk.support.tickets.sla import escalating

A_DAY = timedelta(days=1)
ENOUGH = 3  # automatic answers a day in one conversation: what answers them by itself is no customer


@dataclass(frozen=True)
class Doing:
    """Who does it to what. `then`: whose turn it is after an answer; `seen`: the last sequence that the agent had read;
    `client_id`: the number of what the step says."""

    actor: Actor
    agent: Person | None
    conversation: Conversation
    by_rule: bool
    then: str
    seen: int | None = None
    client_id: UUID = field(default_factory=uuid4)


Run = Callable[[Doing, object], str]


def reply(doing: Doing, value: object) -> str:
    """Answer with a canned reply, in the customer's language; by a rule it is an automatic answer."""
    canned = CannedReply.objects.get(shortcut=value)
    conversation, text = doing.conversation, in_language(canned.texts, doing.conversation.language)
    words = Words(variables.fill(text, conversation=conversation, agent=doing.agent))
    if doing.agent:
        saying.agent_answers(
            agent=doing.agent,
            conversation=conversation,
            words=words,
            client_id=doing.client_id,
            seen=doing.seen,
            then=doing.then,
        )
    elif _answered_enough(conversation):
        return _("No answer: %(number)s automatic ones a day are enough") % {"number": ENOUGH}
    else:
        saying.add_automatic(conversation=conversation, words=words, client_id=doing.client_id)
    return _("Answered with “%(title)s”") % {"title": canned.title}


def _answered_enough(conversation: Conversation) -> bool:
    ours = Message.objects.filter(conversation=conversation, kind=Message.Kind.AUTOMATIC)
    recent = ours.filter(created_at__gt=clock.now() - A_DAY).exclude(data__has_key="received")
    return recent.count() >= ENOUGH


def note(doing: Doing, value: object) -> str:
    """Write a note; a rule's has no author."""
    text = variables.fill(str(value), conversation=doing.conversation, agent=doing.agent)
    if doing.agent:
        saying.add_note(agent=doing.agent, conversation=doing.conversation, text=text, client_id=doing.client_id)
    else:
        current = adding.lock(doing.conversation)
        message = adding.add(current, Line(Message.Kind.NOTE, Channel.DESK, Words(text), Speaker(), doing.client_id))
        audit_note(doing.actor, "conversation.noted", current, {"sequence": message.sequence}, shown=False)
    return _("Wrote a note")


def assign(doing: Doing, value: object) -> str:
    """Give it to an agent, to whoever runs this, or to nobody."""
    to = {"me": doing.agent, "nobody": None}.get(str(value)) or _colleague(value)
    if not changing.assign(actor=doing.actor, conversation=doing.conversation, to=to):
        return ""
    return _("Gave it to %(name)s") % {"name": to.shown_name} if to else _("Gave it to nobody")


def _colleague(value: object) -> Person | None:
    return Person.objects.filter(email__iexact=str(value), is_staff=True, is_active=True).first()


def team(doing: Doing, value: object) -> str:
    """Move it to a team."""
    found = Team.objects.get(slug=value)
    moved = changing.hand_to_team(actor=doing.actor, conversation=doing.conversation, team=found)
    return _("Moved it to %(team)s") % {"team": found.name} if moved else ""


def area(doing: Doing, value: object) -> str:
    """Say what it is about."""
    found = Area.objects.get(slug=value)
    said = changing.set_area(actor=doing.actor, conversation=doing.conversation, area=found)
    return _("Said that it is about %(area)s") % {"area": found.title} if said else ""


def priority(doing: Doing, value: object) -> str:
    """Say how urgent it is."""
    wanted = Conversation.Priority(int(str(value)))
    changed = changing.set_priority(actor=doing.actor, conversation=doing.conversation, priority=wanted)
    return _("Set the priority to %(priority)s") % {"priority": wanted.label} if changed else ""


def add_tag(doing: Doing, value: object) -> str:
    """Add a tag."""
    changed = changing.change_tags(actor=doing.actor, conversation=doing.conversation, add=[str(value)])
    return _("Added the tag %(tag)s") % {"tag": value} if changed else ""


def remove_tag(doing: Doing, value: object) -> str:
    """Take a tag away."""
    changed = changing.change_tags(actor=doing.actor, conversation=doing.conversation, remove=[str(value)])
    return _("Took away the tag %(tag)s") % {"tag": value} if changed else ""


def status(doing: Doing, value: object) -> str:
    """Whose turn it is."""
    if value == Conversation.Status.SOLVED:
        changed = changing.solve(actor=doing.actor, conversation=doing.conversation)
    else:
        waiting = value == Conversation.Status.WAITING
        changed = changing.set_waiting(actor=doing.actor, conversation=doing.conversation, waiting=waiting)
    return _("Set it to “%(status)s”") % {"status": Conversation.Status(str(value)).label} if changed else ""


def snooze(doing: Doing, value: object) -> str:
    """Put it off for some hours."""
    until = clock.now() + timedelta(hours=int(str(value)))
    changed = changing.snooze(actor=doing.actor, conversation=doing.conversation, until=until)
    return _("Put it off for %(hours)s hours") % {"hours": value} if changed else ""


def escalate(doing: Doing, value: object) -> str:
    """Tell a team's managers."""
    found = Team.objects.get(slug=value)
    by = doing.agent.shown_name if doing.agent else f"“{doing.actor.reason}”"
    told = escalating.escalate(adding.lock(doing.conversation), team=found, actor=doing.actor, by=by)
    return _("Told the managers of %(team)s (%(number)s)") % {"team": found.name, "number": told}
