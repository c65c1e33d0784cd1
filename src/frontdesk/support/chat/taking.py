"""Who talks in a chat: agents take it, hand it over, and lose it when they do not come."""

from uuid import uuid4

from django.db import transaction
from django.db.models import Case, Q, When

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.chat import lines, rows
from frontdesk.support.chat.errors import ChatOver, ChatTaken, ColleagueAway
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.conversations import adding, consequences, turns, waking
from frontdesk.support.tickets.conversations.noting import add_note
from frontdesk.support.tickets.models import Conversation, Message, Team
from frontdesk.support.tickets.routing import giving

State = Chat.State
GIVEN = ("assigned", "unassigned", "team")  # events by which a conversation comes to somebody else


@transaction.atomic
def take(agent: Person, chat: Chat) -> Chat:
    """The agent has the chat from now on. Again, it changes nothing. Raises ChatTaken (with the colleague's name) and
    ChatOver."""
    current = rows.lock(chat.pk)
    if not current.is_on:
        raise ChatOver
    take_locked(current, agent)
    return current


def take_locked(chat: Chat, agent: Person) -> None:
    """The same, on locked rows of a chat that is on."""
    if chat.state == State.ACTIVE:
        if chat.agent_id == agent.pk:
            return
        raise ChatTaken(by=chat.agent.shown_name if chat.agent else "")
    begin_talking(chat, agent)
    rows.enter(agent_actor(agent, chat.conversation), "chat.taken", chat, shown=False)


def begin_talking(chat: Chat, agent: Person) -> None:
    """On the locked rows: the agent is the one who talks now, and the conversation is theirs."""
    chat.state, chat.agent, chat.given_at = State.ACTIVE, agent, clock.now()
    rows.look_soon(chat)
    chat.save(update_fields=["state", "agent", "given_at", "next_step_at"])
    conversation = chat.conversation
    if conversation.assignee_id != agent.pk:
        turns.give(conversation, agent_actor(agent, conversation), agent)
    else:
        waking.turned(conversation)  # it was offered to them: the customer hears who comes
    consequences.turned(conversation)


@transaction.atomic
def take_next(agent: Person) -> Chat | None:
    """Take the chat that has waited longest: what was offered to this agent first, then of their teams. None when
    nobody waits."""
    teams = list(Team.objects.filter(agents=agent.pk).values_list("pk", flat=True))
    mine = Q(assignee=agent) | Q(assignee=None) & (Q(team=None) | Q(team__in=teams))
    waiting = Conversation.objects.filter(mine, in_chat=True, chat__state=State.WAITING)
    offered = Case(When(assignee=agent, then=0), default=1)
    for number in waiting.order_by(offered, "chat__began_at").values_list("pk", flat=True):
        found = Conversation.objects.select_for_update(skip_locked=True, of=("self",)).filter(mine, pk=number).first()
        current = rows.locked(found) if found else None
        if current and current.state == State.WAITING:
            take_locked(current, agent)
            return current
    return None


@transaction.atomic
def hand_over(*, agent: Person, chat: Chat, to: Person | Team, note: str = "") -> Chat:
    """Give the chat to a colleague, or to whoever of a team is free; the note is for them. The customer is told.

    Raises ChatOver, and ColleagueAway when nobody would come.
    """
    current = rows.lock(chat.pk)
    if not current.is_on:
        raise ChatOver
    conversation, actor = current.conversation, agent_actor(agent, current.conversation)
    _require_there(to, agent)
    if note.strip():
        add_note(agent=agent, conversation=conversation, text=note.strip(), client_id=uuid4())
    if isinstance(to, Team):
        _to_team(current, agent, to)
    elif conversation.assignee_id != to.pk:
        turns.give(conversation, actor, to)
    else:
        return current
    lines.say(current, "handed_over")
    rows.enter(actor, "chat.handed_over", current, {"to": str(to.pk)}, shown=False)
    consequences.turned(conversation)
    current.refresh_from_db()
    return current


def has_given(agent: Person, conversation: Conversation) -> bool:
    """Whether this agent gave the conversation away, and nobody gave it to them since: what they write then is a
    goodbye, or was under way, and whoever it was promised to comes all the same."""
    if conversation.assignee_id == agent.pk:
        return False
    events = Message.objects.filter(conversation=conversation, kind=Message.Kind.EVENT)
    given = events.filter(data__what__in=GIVEN, author__isnull=False).order_by("-sequence").first()
    return given is not None and given.author_id == agent.pk and given.data.get("person") != str(agent.pk)


def _to_team(chat: Chat, agent: Person, team: Team) -> None:
    """Nobody's first, so that whoever hands it over does not get it back."""
    conversation, actor = chat.conversation, agent_actor(agent, chat.conversation)
    if conversation.assignee_id:
        turns.give(conversation, actor, None)
    if conversation.team_id != team.pk:
        conversation.team = team
        conversation.save(update_fields=["team"])
        adding.event(conversation, "team", actor, {"to": team.name})


def _require_there(to: Person | Team, agent: Person) -> None:
    """Whoever hands it over does not count: they would be the only one of the team, and nobody would come."""
    there = giving.online().exclude(person=agent)
    found = there.filter(teams=to) if isinstance(to, Team) else there.filter(person=to)
    if not found.exists():
        raise ColleagueAway(name=to.name if isinstance(to, Team) else to.shown_name)
