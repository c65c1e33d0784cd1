"""Who acts in the forum, and the audit's rows about it."""

from typing import Any

from frontdesk.accounts.roles import Role
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.forum.models import Member, Topic

BY_NOBODY = "an account that was erased, or imported"


def actor_of(member: Member, topic: Topic | None = None) -> Actor:
    """A member as the audit knows them; for one of the team the topic is reason enough."""
    person = member.person
    if person is None:
        return Actor.system(BY_NOBODY)
    if person.has_role(Role.AGENT):
        return Actor.staff(person.pk, f"community topic {topic.number}" if topic else "community")
    return Actor.customer(person.pk)


def note(member: Member, action: str, topic: Topic, data: dict[str, Any] | None = None) -> None:
    """A row about a topic, by a member, which their own history shows."""
    audit.record(
        actor=actor_of(member, topic),
        action=action,
        subject_type="topic",
        subject=topic.pk,
        person=member.person_id,
        data={"number": topic.number, **(data or {})},
    )
