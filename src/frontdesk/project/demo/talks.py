"""What people asked Halcyon, and how it went: one journey through the last weeks, by the verbs of the conversations.

Between what people did, the worker's sweeps run as they would have. All of it is one transaction: cut off, it is begun
anew at the next start.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import Product
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.licensing.models import License
from frontdesk.project.demo.sources import read
from frontdesk.support.tickets import following
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.conversations import changing, joining, saying
from frontdesk.support.tickets.conversations.opening import Matter, Opening, Requester, open_conversation
from frontdesk.support.tickets.models import Area, Channel, Conversation, Participant, Survey
from frontdesk.support.tickets.rules import running
from frontdesk.support.tickets.sla import sweeping

BERLIN = ZoneInfo("Europe/Berlin")
STAFF = {
    "agnes": "agnes.agent@halcyon.example",
    "kim": "kim.agent@halcyon.example",
    "jule": "jule.agent@halcyon.example",
    "bela": "bela.billing@halcyon.example",
    "mona": "mona.manager@halcyon.example",
}
FRIDAY = 4
Row = dict[str, Any]
Talks = dict[str, Conversation]  # those opened so far, by their key


@dataclass(frozen=True)
class Deed:
    """Something that somebody did, or that the worker does by itself."""

    at: datetime
    do: Callable[[], object]


@transaction.atomic
def build_conversations() -> None:
    """Live through the conversations from the first to today, unless there are any."""
    if Conversation.objects.exists():
        return
    began = clock.now()
    talks: Talks = {}
    told = [deed for row in read("conversations")["conversations"] for deed in _deeds(talks, row, began)]
    deeds = sorted([*told, *nights(min(deed.at for deed in told), began)], key=lambda deed: deed.at)
    with clock.standing_at(clock.offset() + (deeds[0].at - began)):
        for deed in deeds:
            clock.stand_later(max(deed.at - clock.now(), timedelta()))
            deed.do()
            outbox.deliver_due(topics=[running.TOPIC])


def nights(first: datetime, last: datetime) -> Iterator[Deed]:
    """Once a day, and at last, what the worker sweeps."""
    at = first
    while (at := at + timedelta(days=1)) < last:
        yield Deed(at, _sweep)
    yield Deed(last, _sweep)


def _sweep() -> None:
    changing.wake_snoozed()
    sweeping.sweep()
    following.send_due()
    changing.close_old()


def _deeds(talks: Talks, row: Row, began: datetime) -> Iterator[Deed]:
    yield Deed(moment(row, began), partial(_open, talks, row))
    for number, step in enumerate(row["steps"], 1):
        yield Deed(moment(step, began), partial(_then, talks, row, step, _number(row, number)))


def moment(row: Row, began: datetime) -> datetime:
    """So many minutes ago, or an hour of a working day so many working days ago; never in the future."""
    if "minutes_ago" in row:
        return began - timedelta(minutes=row["minutes_ago"])
    days, hour = row["at"]
    day = _working(began.astimezone(BERLIN).date())
    for _ in range(days):
        day = _working(day - timedelta(days=1))
    return min(datetime.combine(day, time_of_day.fromisoformat(hour), BERLIN), began - timedelta(minutes=1))


def _working(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(day.weekday() - FRIDAY, 0))


def _number(row: Row, step: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"demo conversation {row['key']} {step}")


def _open(talks: Talks, row: Row) -> None:
    person = Person.objects.filter(email=row.get("who")).first()
    guest = row.get("guest", {})
    requester = Requester(
        address=person.email if person else guest["address"],
        name=guest.get("name", ""),
        person=person,
        language=guest.get("language", ""),
        is_proved=True,
    )
    talks[row["key"]] = open_conversation(
        actor=Actor.customer(person.pk) if person else Actor.system("demo"),
        opening=Opening(
            requester=requester,
            subject=row["subject"],
            words=saying.Words(row["text"].strip()),
            channel=row["channel"],
            matter=matter_of(row, person),
            client_id=_number(row, 0),
        ),
    )


def matter_of(row: Row, person: Person | None) -> Matter:
    product = Product.objects.get(slug=row.get("product", "halcyon-shield"))
    held = License.objects.filter(owner=person, product=product).order_by("created_at").last() if person else None
    return Matter(
        area=Area.objects.filter(slug=row.get("area")).first(),
        product=product,
        license=held.pk if held else None,
        reason_code=row.get("reason", ""),
        plan_name=held.plan_version.plan.name if held else "",
    )


def _then(talks: Talks, row: Row, step: Row, number: UUID) -> None:
    """What follows in a conversation."""
    if step["do"] == "merge":
        joining.merge(actor=_actor(step, talks[row["key"]]), conversation=talks[row["key"]], into=talks[step["into"]])
    else:
        THEN[step["do"]](talks[row["key"]], step, number)


def staff(name: str) -> Person:
    return Person.objects.get(email=STAFF[name])


def _agent(step: Row) -> Person:
    return staff(step["by"])


def _actor(step: Row, talk: Conversation) -> Actor:
    return agent_actor(_agent(step), talk)


def _write(talk: Conversation, step: Row, number: UUID) -> None:
    writer = talk.participants.get(role=Participant.Role.REQUESTER)
    saying.customer_writes(
        actor=Actor.customer(talk.person_id) if talk.person_id else Actor.system("demo"),
        conversation=talk,
        writer=writer,
        words=saying.Words(step["text"].strip()),
        channel=step.get("channel", Channel.FORM),
        client_id=number,
    )


def _answer(talk: Conversation, step: Row, number: UUID) -> None:
    saying.agent_answers(
        agent=_agent(step),
        conversation=talk,
        words=saying.Words(step["text"].strip()),
        client_id=number,
        then=step["then"],
    )


def _note(talk: Conversation, step: Row, number: UUID) -> None:
    saying.add_note(agent=_agent(step), conversation=talk, text=step["text"], client_id=number)


def _tag(talk: Conversation, step: Row, _number: UUID) -> None:
    changing.change_tags(actor=_actor(step, talk), conversation=talk, add=step["add"])


def _priority(talk: Conversation, step: Row, _number: UUID) -> None:
    changing.set_priority(actor=_actor(step, talk), conversation=talk, priority=step["priority"])


def _assign(talk: Conversation, step: Row, _number: UUID) -> None:
    to = staff(step["to"])
    changing.assign(actor=agent_actor(to, talk), conversation=talk, to=to)


def _snooze(talk: Conversation, step: Row, _number: UUID) -> None:
    until = clock.now() + timedelta(days=step["days"])
    changing.snooze(actor=_actor(step, talk), conversation=talk, until=until)


def _solve(talk: Conversation, step: Row, _number: UUID) -> None:
    changing.solve(actor=_actor(step, talk), conversation=talk)


def _spam(talk: Conversation, step: Row, _number: UUID) -> None:
    changing.mark_spam(actor=_actor(step, talk), conversation=talk)


def answer_survey(talk: Conversation, step: Row, _number: UUID) -> None:
    """Written as the customer's click would write it: the link's secret is only in the mail."""
    newest = Survey.objects.filter(conversation=talk).order_by("asked_at").last()
    if newest is None:
        raise ValueError(f"{talk.reference}: nothing was solved that could be asked about")
    Survey.objects.filter(pk=newest.pk).update(
        score=step["score"], words=step.get("words", ""), answered_at=clock.now()
    )


THEN: dict[str, Callable[[Conversation, Row, UUID], None]] = {
    "write": _write,
    "answer": _answer,
    "note": _note,
    "tag": _tag,
    "priority": _priority,
    "assign": _assign,
    "snooze": _snooze,
    "solve": _solve,
    "spam": _spam,
    "survey": answer_survey,
}
