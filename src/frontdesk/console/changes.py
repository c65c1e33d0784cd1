"""Changing what a conversation is and who has it, from a form that may be older than a colleague's change."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Area, Conversation, Team

Change = Callable[[Actor, Conversation, str, str], bool]


@transaction.atomic
def change_properties(*, agent: Person, conversation: Conversation, given: Mapping[str, str]) -> bool:
    """Change each property whose value differs from its `was_…`; whether anything was changed. Raises NotFound for
    somebody or something that does not exist."""
    actor = agent_actor(agent, conversation)
    changed = [
        verb(actor, conversation, given[name], given.get(f"was_{name}", ""))
        for name, verb in PROPERTIES.items()
        if name in given and given[name] != given.get(f"was_{name}", "")
    ]
    return any(changed)


def colleague(text: str) -> Person:
    """A member of staff by number. Raises NotFound."""
    found = Person.objects.filter(pk=_uuid(text), is_staff=True, is_active=True).first()
    if found is None or not found.has_role(Role.AGENT):
        raise NotFound
    return found


def team_of(text: str) -> Team:
    """A team by number. Raises NotFound."""
    found = Team.objects.filter(pk=_uuid(text)).first()
    if found is None:
        raise NotFound
    return found


def tags_in(text: str) -> list[str]:
    """Tags as somebody typed them, parted by commas or spaces."""
    return text.replace(",", " ").replace("#", " ").split()[:30]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _assignee(actor: Actor, conversation: Conversation, value: str, _was: str) -> bool:
    return changing.assign(actor=actor, conversation=conversation, to=colleague(value) if value else None)


def _team(actor: Actor, conversation: Conversation, value: str, _was: str) -> bool:
    return changing.hand_to_team(actor=actor, conversation=conversation, team=team_of(value) if value else None)


def _area(actor: Actor, conversation: Conversation, value: str, _was: str) -> bool:
    area = Area.objects.filter(pk=_uuid(value)).first() if value else None
    if value and area is None:
        raise NotFound
    return changing.set_area(actor=actor, conversation=conversation, area=area)


def _priority(actor: Actor, conversation: Conversation, value: str, _was: str) -> bool:
    if value not in {str(each) for each in Conversation.Priority.values}:
        raise NotFound
    return changing.set_priority(actor=actor, conversation=conversation, priority=int(value))


def _language(actor: Actor, conversation: Conversation, value: str, _was: str) -> bool:
    if value not in dict(settings.LANGUAGES):
        raise NotFound
    return changing.set_language(actor=actor, conversation=conversation, language=value)


def _tags(actor: Actor, conversation: Conversation, value: str, was: str) -> bool:
    wanted, before = tags_in(value), tags_in(was)
    added = [tag for tag in wanted if tag not in before]
    gone = [tag for tag in before if tag not in wanted]
    return changing.change_tags(actor=actor, conversation=conversation, add=added, remove=gone)


# A team first: whoever is chosen with it stays chosen.
PROPERTIES: dict[str, Change] = {
    "team": _team,
    "assignee": _assignee,
    "area": _area,
    "language": _language,
    "priority": _priority,
    "tags": _tags,
}
