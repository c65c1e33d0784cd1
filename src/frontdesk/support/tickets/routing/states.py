"""How agents stand: who is there, who has how much to do."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from frontdesk.accounts.roles import LADDER
from frontdesk.core import clock
from frontdesk.support.tickets.models import Agent, AgentSkill, Conversation
from frontdesk.support.tickets.routing.giving import LIVE, load_of


@dataclass(frozen=True)
class State:
    """An agent's state, for their own page and the team's."""

    agent: Agent
    load: float
    is_online: bool
    open: int = 0
    waiting: int = 0
    skills: list[AgentSkill] = field(default_factory=list)

    @property
    def share(self) -> int:
        """How full it is, in percent."""
        return round(100 * self.load / self.agent.capacity) if self.agent.capacity else 100


def states() -> list[State]:
    """Every agent's state, by name; three queries."""
    agents = list(
        Agent.objects.filter(person__is_active=True, person__is_staff=True, person__role__in=LADDER)
        .select_related("person")
        .prefetch_related("teams", "skills__skill")
        .order_by("person__name", "person__email")
    )
    people = [agent.pk for agent in agents]
    loads, now = load_of(people), clock.real_now()
    rows = Conversation.objects.filter(assignee__in=people, status__in=LIVE).order_by()
    counted = rows.values_list("assignee", "status").annotate(number=Count("id"))
    counts: dict[tuple[UUID | None, str], int] = {(person, status): number for person, status, number in counted}
    return [
        State(
            agent,
            loads.get(agent.pk, 0.0),
            agent.online_until is not None and agent.online_until > now,
            counts.get((agent.pk, Conversation.Status.OPEN), 0),
            counts.get((agent.pk, Conversation.Status.WAITING), 0),
            list(agent.skills.all()),
        )
        for agent in agents
    ]
