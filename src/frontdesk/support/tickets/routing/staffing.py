"""Who is at the desk: teams, capacity, skills."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import Agent, AgentSkill, Skill, Team


@transaction.atomic
def set_agent(
    *, actor: Actor, person: Person, teams: Iterable[Team], capacity: int, takes_new: bool, skills: Mapping[str, int]
) -> Agent:
    """Somebody on the staff answers conversations: for these teams, so many at once, knowing these things (slug →
    level; 0 is "does not know it"). `takes_new`: whether they are given any, or pause."""
    agent, _new = Agent.objects.select_for_update().get_or_create(person=person)
    agent.capacity, agent.takes_new = capacity, takes_new
    agent.save(update_fields=["capacity", "takes_new"])
    chosen = list(teams)
    agent.teams.set(chosen)
    known = {slug: level for slug, level in skills.items() if level}
    AgentSkill.objects.filter(agent=agent).exclude(skill__in=known).delete()
    for skill in Skill.objects.filter(slug__in=known):
        AgentSkill.objects.update_or_create(agent=agent, skill=skill, defaults={"level": known[skill.slug]})
    data = {"teams": [team.slug for team in chosen], "capacity": capacity, "takes_new": takes_new, "skills": known}
    audit.record(actor=actor, action="agent.set", subject_type="person", subject=person.pk, data=data)
    return agent
