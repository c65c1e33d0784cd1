"""A promise was missed, or a rule asks for help: the managers hear of it by mail, the desk by a line."""

from datetime import datetime

from django.conf import settings

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import LADDER, Role
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.conversations.saying import add_event
from frontdesk.support.tickets.models import Conversation, Rule, Team
from frontdesk.support.tickets.phrases import TARGETS
from frontdesk.support.tickets.rules import running

ANSWERS = ("first", "next")
TIME = Actor.system("time passed")


def missed(conversation: Conversation, *, target: str, due_at: datetime) -> None:
    """What was promised until `due_at` has not come. The row is locked; the sweep calls this once for each deadline."""
    add_event(
        conversation=conversation, what="overdue", actor=TIME, data={"target": target, "due_at": due_at.isoformat()}
    )
    for manager in managers_of(conversation.team):
        context = {"what": TARGETS[target], "due_at": due_at, **_about(conversation)}
        send_mail(to=manager, template="tickets/overdue", context=context)
    if target in ANSWERS:
        cause = f"{target}:{due_at.isoformat()}"
        running.wake(conversation=conversation, trigger=Rule.Trigger.OVERDUE, cause=cause)


def escalate(conversation: Conversation, *, team: Team, actor: Actor, by: str) -> int:
    """Tell a team's managers that this needs them; returns how many were told. The row is locked."""
    add_event(conversation=conversation, what="escalated", actor=actor, data={"to": team.name})
    managers = managers_of(team)
    for manager in managers:
        send_mail(to=manager, template="tickets/escalated", context={"by": by, "team": team, **_about(conversation)})
    return len(managers)


def managers_of(team: Team | None) -> list[Person]:
    """The managers on this team; where it has none, all managers."""
    roles = LADDER[LADDER.index(Role.MANAGER) :]
    people = Person.objects.filter(is_staff=True, is_active=True, role__in=roles).order_by("email")
    ours = people.filter(agent__teams=team) if team else people.none()
    return list(ours) or list(people)


def _about(conversation: Conversation) -> dict[str, object]:
    """Of the matter itself only its reference: mails of staff are read in many places."""
    return {
        "conversation": conversation.reference,
        "reference": conversation.reference,
        "team_name": conversation.team.name if conversation.team else "",
        "assignee": conversation.assignee.shown_name if conversation.assignee else "",
        "action_url": f"{settings.FRONTDESK_URL}/desk/inbox/{conversation.pk}/",
    }
