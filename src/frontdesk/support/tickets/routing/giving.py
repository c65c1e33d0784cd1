"""Giving conversations to agents: when they are opened, when an agent comes online, when a skill relaxes.

Whoever gives holds the conversation's row, then the rows of all who could get it, in order of their keys: so two
conversations at once see each other's load, and nobody is given more than they can take. Taking one oneself, or giving
it by hand, asks nobody.
"""

from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, FloatField, Q, QuerySet, Sum, Value, When
from django.utils import translation

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import LADDER
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations import turns
from frontdesk.support.tickets.models import NOBODYS, Agent, AgentSkill, Conversation, Message, Skill
from frontdesk.support.tickets.routing.choosing import Candidate, Choice, choose
from frontdesk.support.tickets.sla import keeping
from frontdesk.support.tickets.sla.steps import relaxes_at

ROUTING = Actor.system("routing")
LEASE = timedelta(seconds=90)  # an open desk prolongs it every half minute
LIVE = (Conversation.Status.OPEN, Conversation.Status.WAITING)
RESTING = 0.25  # what waits for the customer, or was put off, weighs a quarter
LOOKED_AT = 2_000
Need = tuple[UUID | None, UUID | None, str, bool]


def give(conversation: Conversation) -> bool:
    """Give an unassigned conversation (its row is locked) to whom the choice names; False when nobody can now."""
    if not _is_waiting(conversation):
        return False
    choice = _choose(conversation)
    if choice.person is None:
        return False
    turns.give(conversation, ROUTING, Person.objects.get(pk=choice.person), choice.why)
    Agent.objects.filter(person=choice.person).update(last_given_at=clock.real_now())
    return True


def give_waiting(*, limit: int = 200) -> int:
    """Give what waits unassigned, most urgent and oldest first; returns how many. The worker's sweep.

    What one conversation could not get now, another with the same needs cannot either: it is not tried again. Of one
    that somebody gave back nothing follows for others: it has fewer to choose from.
    """
    if not online().exists():
        return 0
    given, hopeless = 0, set[Need]()
    for row in _waiting()[:LOOKED_AT]:
        if given >= limit:
            break
        if _need(row) in hopeless:
            continue
        outcome = _give_one(row.pk)
        given += outcome == Outcome.GIVEN
        if outcome == Outcome.NOBODY:
            hopeless.add(_need(row))
    return given


class Outcome(Enum):
    """What came of trying to give one conversation; LEFT says nothing about others with the same needs."""

    GIVEN = auto()
    NOBODY = auto()
    LEFT = auto()


@transaction.atomic
def _give_one(conversation: UUID) -> Outcome:
    rows = Conversation.objects.select_for_update(skip_locked=True, of=("self",))
    current = rows.select_related("area").filter(pk=conversation).first()
    if current is None or not _is_waiting(current):
        return Outcome.LEFT  # somebody is at work on it, or just was
    if not give(current):
        return Outcome.LEFT if _gave_back(current) else Outcome.NOBODY
    keeping.refresh(current)
    return Outcome.GIVEN


def _is_waiting(conversation: Conversation) -> bool:
    """Unassigned, and our turn; in a chat it always is, since somebody sits there."""
    is_ours = conversation.status == Conversation.Status.OPEN and not conversation.snoozed_until
    return (is_ours or conversation.in_chat) and conversation.is_live and conversation.is_nobodys


def _waiting() -> QuerySet[Conversation]:
    """Chats first."""
    is_ours = Q(status=Conversation.Status.OPEN, snoozed_until=None) | Q(in_chat=True, status__in=LIVE)
    rows = Conversation.objects.filter(NOBODYS, is_ours).select_related("area")
    return rows.order_by("-in_chat", "-priority", F("last_customer_at").asc(nulls_last=True), "id")


def _need(conversation: Conversation) -> Need:
    return conversation.team_id, conversation.area_id, conversation.language[:2], _is_relaxed(conversation)


def online() -> QuerySet[Agent]:
    """The agents who are there and take new conversations."""
    now = clock.real_now()
    staff = {"person__is_active": True, "person__is_staff": True, "person__role__in": LADDER}
    return Agent.objects.filter(takes_new=True, online_until__gt=now, capacity__gt=0, **staff)


def stay_online(agent: Person) -> None:
    """Prolong the lease of an agent whose desk is open. What waits is given by the next sweep, seconds later."""
    Agent.objects.filter(person=agent).update(online_until=clock.real_now() + LEASE)


def set_takes_new(agent: Person, *, takes: bool) -> None:
    """The agent takes new conversations, or pauses."""
    Agent.objects.filter(person=agent).update(takes_new=takes)


def _choose(conversation: Conversation) -> Choice:
    agents = _agents_for(conversation)
    area = conversation.area
    language = _language_skill(conversation) if agents else None
    with translation.override(settings.LANGUAGE_CODE):  # staff read it, whoever's request this is
        return choose(
            _candidates(agents, area.skill_id if area else None, language) if agents else [],
            skill=area.skill.name if area and area.skill else "",
            least_level=area.least_level if area else 1,
            relaxed=_is_relaxed(conversation),
            language=language.name if language else "",
        )


def _agents_for(conversation: Conversation) -> list[Agent]:
    """Who is there and may have it, their rows locked."""
    rows = online().filter(teams=conversation.team_id) if conversation.team_id else online()
    if not rows.exists():
        return []
    rows = rows.exclude(person__in=_gave_back(conversation))
    others = rows.exclude(person__in=_passed_over(conversation)) if conversation.in_chat else rows
    rows = others if others.exists() else rows  # the next one, and then the first again
    # Their keys first, since a lock must not be taken through a join of many teams.
    keys = list(rows.order_by("pk").values_list("pk", flat=True).distinct())
    return list(Agent.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk"))


def _candidates(agents: list[Agent], skill: str | None, language: Skill | None) -> list[Candidate]:
    """Read after their rows are locked, so that what others gave them just now counts."""
    people = [agent.pk for agent in agents]
    loads = load_of(people)
    slugs = [slug for slug in (skill, language.slug if language else None) if slug]
    known = {
        (row.agent_id, row.skill_id): row.level for row in AgentSkill.objects.filter(agent__in=people, skill__in=slugs)
    }
    return [
        Candidate(
            person=agent.pk,
            knows=known.get((agent.pk, skill), 0) if skill else 0,
            load=loads.get(agent.pk, 0.0),
            capacity=agent.capacity,
            last_given_at=agent.last_given_at,
            speaks=language is None or (agent.pk, language.slug) in known,
        )
        for agent in agents
    ]


def load_of(people: list[UUID]) -> dict[UUID, float]:
    """What each of them has to do: live conversations, those at rest with less weight; a chat never rests."""
    at_rest = Q(in_chat=False) & (Q(status=Conversation.Status.WAITING) | Q(snoozed_until__isnull=False))
    weight = Case(When(at_rest, then=Value(RESTING)), default=Value(1.0), output_field=FloatField())
    rows = Conversation.objects.filter(assignee__in=people, status__in=LIVE).order_by()
    return {person: float(load) for person, load in rows.values_list("assignee").annotate(load=Sum(weight)) if person}


def _language_skill(conversation: Conversation) -> Skill | None:
    """Languages that the vendor made skills of (slug "de") are asked for."""
    code = conversation.language.split("-")[0].lower()
    return Skill.objects.filter(slug=code).first() if code else None


def _is_relaxed(conversation: Conversation) -> bool:
    relaxes = relaxes_at(conversation, conversation.last_customer_at or conversation.created_at)
    return relaxes is not None and relaxes <= clock.now()


def _gave_back(conversation: Conversation) -> list[UUID]:
    """Who gave it to nobody since the customer wrote last: it does not come back to them at once."""
    events = Message.objects.filter(
        conversation=conversation, kind=Message.Kind.EVENT, data__what="unassigned", author__isnull=False
    )
    since: datetime = conversation.last_customer_at or conversation.created_at
    return [author for author in events.filter(created_at__gte=since).values_list("author", flat=True) if author]


def _passed_over(conversation: Conversation) -> list[str]:
    """Who had this chat, and did not answer it in time."""
    missed = Message.objects.filter(conversation=conversation, kind=Message.Kind.EVENT, data__what="passed_over")
    return [person for person in missed.values_list("data__person", flat=True) if person]
