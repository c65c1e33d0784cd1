"""Chats for tests: agents who are there, customers and guests who begin one."""

from typing import Any
from uuid import uuid4

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat import beginning, presence, selectors, talking, visitors
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets.conversations.opening import Requester
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Agent, Message, Participant
from frontdesk.support.tickets.routing import giving


def come(*agents: Person) -> None:
    """These agents have their desks open."""
    for agent in agents:
        giving.stay_online(agent)


def go(*agents: Person) -> None:
    """Their leases are over."""
    people = [agent.pk for agent in agents]
    Agent.objects.filter(person__in=people).update(online_until=clock.real_now())


def begin(who: Person | Visitor, text: str = "My key is not accepted.", **values: Any) -> Chat:
    """A customer, or a guest who proved their address, begins a chat."""
    values = {"client_id": uuid4(), **values}
    if isinstance(who, Visitor):
        asks, actor = visitors.requester(who), Actor.system("chat")
        return beginning.begin(actor=actor, requester=asks, visitor=who, text=text, **values)
    asks, actor = Requester(who.email, person=who, is_proved=True), Actor.customer(who.pk)
    return beginning.begin(actor=actor, requester=asks, text=text, **values)


def says(chat: Chat, text: str = "Are you there?", **values: Any) -> Message:
    """The customer says something."""
    writer = selectors.writer(chat)
    actor = Actor.customer(writer.person_id) if writer.person_id else Actor.system("chat")
    values = {"client_id": uuid4(), "writer": writer, "actor": actor, **values}
    return talking.customer_says(chat=chat, words=Words(text), **values)


def answers(agent: Person, chat: Chat, text: str = "Let me look.", **values: Any) -> Message:
    """An agent says something."""
    return talking.agent_says(agent=agent, chat=chat, words=Words(text), **{"client_id": uuid4(), **values})


def guest(address: str = "grace@example.org", name: str = "Grace") -> Visitor:
    """Somebody without an account who has proved their address."""
    now = clock.real_now()
    return Visitor.objects.create(
        address=address, name=name, language="en", proved_at=now, expires_at=now + visitors.LASTS
    )


def writer(chat: Chat) -> Participant:
    """The customer as they take part."""
    return selectors.writer(chat)


def presence_here(chat: Chat) -> None:
    """The customer has the page open."""
    presence.here(chat, typing=False)


def left(chat: Chat) -> None:
    """The customer has closed the page."""
    presence.left(chat)
