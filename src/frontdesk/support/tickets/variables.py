"""The names that canned replies and automatic answers may use, and what they stand for."""

import re
from collections.abc import Callable
from functools import cache

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.support.tickets.models import Conversation, Participant

NAME = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
Value = Callable[[Conversation, Person | None], str]


def fill(text: str, *, conversation: Conversation, agent: Person | None) -> str:
    """Put in {{customer_name}}, {{agent_name}}, {{reference}}, {{product}}, {{subject}}, {{portal_url}}.

    A name that is not known stays as it is, so that its writer sees it. Nothing in the values is filled in again.
    """
    return filler(conversation=conversation, agent=agent)(text)


def filler(*, conversation: Conversation, agent: Person | None) -> Callable[[str], str]:
    """What does so for many texts of one conversation: each value is looked up once, and only if a text names it."""

    @cache
    def value(name: str) -> str:
        return VALUES[name](conversation, agent)

    return lambda text: NAME.sub(lambda found: value(found[1]) if found[1] in VALUES else found[0], text)


def unknown_names(text: str) -> list[str]:
    """The names in a text that stand for nothing, for whoever writes it."""
    return sorted({name for name in NAME.findall(text) if name not in VALUES})


def _customer(conversation: Conversation, _agent: Person | None) -> str:
    if conversation.person:
        return conversation.person.shown_name
    requester = conversation.participants.filter(role=Participant.Role.REQUESTER).first()
    return (requester.name or requester.address.split("@")[0]) if requester else ""


def _agent(_conversation: Conversation, agent: Person | None) -> str:
    return agent.shown_name if agent else str(settings.FRONTDESK_BRAND["name"])


VALUES: dict[str, Value] = {
    "customer_name": _customer,
    "agent_name": _agent,
    "reference": lambda conversation, _agent: conversation.reference,
    "product": lambda conversation, _agent: conversation.product.name if conversation.product else "",
    "subject": lambda conversation, _agent: conversation.subject,
    "portal_url": lambda _conversation, _agent: settings.FRONTDESK_URL,
}
