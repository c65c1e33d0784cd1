"""Halcyon's chats of the last days, by the verbs of the chat and in the time in which they were.

All of it is one transaction: cut off, it is begun anew at the next start.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.project.demo.sources import read
from frontdesk.project.demo.talks import Deed, answer_survey, matter_of, moment, nights, staff
from frontdesk.support.chat import beginning, ending, presence, selectors, sweeping, taking, talking, visitors
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.conversations import saying
from frontdesk.support.tickets.conversations.opening import Requester
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.models import Agent
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.rules import running

Row = dict[str, Any]
Chats = dict[str, Chat]  # those begun so far, by their key


@transaction.atomic
def build_chats() -> None:
    """Live through the chats, unless there are any; nobody's desk is open afterwards that was not before."""
    if Chat.objects.exists():
        return
    began, chats = clock.now(), Chats()
    were = dict(Agent.objects.values_list("pk", "online_until"))
    told = [deed for row in read("chats")["chats"] for deed in _deeds(chats, row, began)]
    deeds = sorted([*told, *nights(min(deed.at for deed in told), began)], key=lambda deed: deed.at)
    with clock.standing_at(clock.offset() + (deeds[0].at - began)):
        for deed in deeds:
            clock.stand_later(max(deed.at - clock.now(), timedelta()))
            deed.do()
            outbox.deliver_due(topics=[running.TOPIC])
    for agent, until in were.items():
        Agent.objects.filter(pk=agent).update(online_until=until)


def _deeds(chats: Chats, row: Row, began: datetime) -> Iterator[Deed]:
    at = moment(row, began)
    yield Deed(at, partial(_begin, chats, row))
    for number, step in enumerate(row["steps"], 1):
        at += timedelta(seconds=step["after"])
        yield Deed(at, partial(_then, chats, row["key"], step, number))


def _number(key: str, step: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo chat {key} {step}")


def _come() -> None:
    """All desks are open: their leases are short, and in real time."""
    for agent in Person.objects.filter(pk__in=Agent.objects.values("person")):
        giving.stay_online(agent)


def _begin(chats: Chats, row: Row) -> None:
    _come()
    person = Person.objects.filter(email=row.get("who")).first()
    visitor = None if person else _visitor(**row["guest"])
    requester = visitors.requester(visitor) if visitor else Requester(row["who"], person=person, is_proved=True)
    chats[row["key"]] = beginning.begin(
        actor=Actor.customer(person.pk) if person else Actor.system("demo"),
        requester=requester,
        text=row["text"],
        client_id=_number(row["key"], 0),
        page=row["page"],
        visitor=visitor,
        matter=matter_of(row, person),
    )


def _visitor(*, address: str, name: str, language: str) -> Visitor:
    """A guest who has typed the code: it stands only in the mail that they got."""
    now = clock.real_now()
    return Visitor.objects.create(
        address=address, name=name, language=language, proved_at=now, expires_at=now + visitors.LASTS
    )


def _then(chats: Chats, key: str, step: Row, number: int) -> None:
    """What follows in a chat."""
    _come()
    chat = Chat.objects.select_related("conversation").get(pk=chats[key].pk)
    THEN[step["do"]](chat, step, _number(key, number))


def _answer(chat: Chat, step: Row, number: UUID) -> None:
    talking.agent_says(agent=staff(step["by"]), chat=chat, words=Words(step["text"]), client_id=number)


def _say(chat: Chat, step: Row, number: UUID) -> None:
    writer = selectors.writer(chat)
    actor = Actor.customer(writer.person_id) if writer.person_id else Actor.system("demo")
    presence.here(chat)
    talking.read(chat, by=writer, upto=chat.conversation.last_sequence)
    talking.customer_says(actor=actor, chat=chat, writer=writer, words=Words(step["text"]), client_id=number)


def _hand_over(chat: Chat, step: Row, _number: UUID) -> None:
    taking.hand_over(agent=staff(step["by"]), chat=chat, to=staff(step["to"]), note=step["note"])


def _end(chat: Chat, step: Row, _number: UUID) -> None:
    actor = Actor.system("demo")
    if step["by"] == Chat.By.AGENT and chat.agent:
        actor = agent_actor(chat.agent, chat.conversation)
    elif chat.conversation.person_id:
        actor = Actor.customer(chat.conversation.person_id)
    ending.end(actor=actor, chat=chat, by=step["by"])
    presence.left(chat)


def _mail(chat: Chat, step: Row, _number: UUID) -> None:
    ending.to_ticket(actor=agent_actor(staff(step["by"]), chat.conversation), chat=chat, why="agent")
    presence.left(chat)


def _alone(chat: Chat, _step: Row, _number: UUID) -> None:
    """All have closed their desks, and the worker sees it."""
    Agent.objects.update(online_until=clock.real_now())
    sweeping.sweep()
    presence.left(chat)


def _wait(_chat: Chat, _step: Row, _number: UUID) -> None:
    """Nobody does anything; the worker looks at what that means."""
    sweeping.sweep()


def _reply(chat: Chat, step: Row, number: UUID) -> None:
    saying.agent_answers(
        agent=staff(step["by"]),
        conversation=chat.conversation,
        words=Words(step["text"]),
        client_id=number,
        then=step["then"],
    )


def _survey(chat: Chat, step: Row, number: UUID) -> None:
    answer_survey(chat.conversation, step, number)


THEN: dict[str, Callable[[Chat, Row, UUID], None]] = {
    "answer": _answer,
    "say": _say,
    "hand_over": _hand_over,
    "end": _end,
    "mail": _mail,
    "alone": _alone,
    "wait": _wait,
    "reply": _reply,
    "survey": _survey,
}
