"""What time brings to chats: nobody comes, nobody answers, nobody writes any more. The worker's sweep.

Each step is one transaction on the locked rows, which looks at how things stand and may be repeated at any time.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import OperationalError, transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.chat import ending, lines, missing, presence, queue, rows, settings
from frontdesk.support.chat.models import Chat, ChatSettings
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.models import Agent, Conversation

log = structlog.get_logger(__name__)
SWEEP = Actor.system("chat")
LOOKED_AT_EVERY = timedelta(seconds=10)
State = Chat.State


def sweep(*, limit: int = 500) -> int:
    """Look at the chats whose moment has come; returns at how many. The worker's sweep."""
    due = Chat.objects.filter(next_step_at__lte=clock.now()).order_by("next_step_at").values_list("pk", flat=True)
    wanted = settings.current()
    return sum(_looked_at(number, wanted) for number in list(due[:limit]))


def _looked_at(number: UUID, wanted: ChatSettings) -> bool:
    """One look; what fails holds up no other customer, and is looked at again next time."""
    try:
        return _step(number, wanted)
    except OperationalError:
        raise  # the database, not the chat
    except Exception:
        log.exception("chat_not_swept", chat=str(number))
        return False


@transaction.atomic
def _step(number: UUID, wanted: ChatSettings) -> bool:
    """One look at one chat; False when somebody is at work on it."""
    free = Conversation.objects.select_for_update(skip_locked=True, of=("self",))
    conversation = free.filter(pk=number).first()
    if conversation is None:
        return False
    chat = rows.locked(conversation)
    now = clock.now()
    if not chat.is_on or chat.next_step_at is None or chat.next_step_at > now:
        return False
    act = _waits if chat.state == State.WAITING else _talks
    next_at = act(chat, wanted, now)
    Chat.objects.filter(pk=number, state__in=[State.WAITING, State.ACTIVE]).update(next_step_at=next_at)
    return True


def _waits(chat: Chat, wanted: ChatSettings, now: datetime) -> datetime | None:
    """It was offered to somebody, or to nobody yet; returns when to look again."""
    if chat.conversation.assignee_id:
        if _comes(chat, wanted, now):
            return now + LOOKED_AT_EVERY
        _pass_on(chat)
    since = chat.began_at if chat.answered_at is None else _spoken_at(chat)
    if since + timedelta(minutes=wanted.longest_wait_minutes) <= now:
        ending.to_ticket(actor=SWEEP, chat=chat, why="waited")
    elif chat.conversation.assignee_id is None and not queue.there(chat.conversation.team):
        ending.to_ticket(actor=SWEEP, chat=chat, why="nobody")
    return now + LOOKED_AT_EVERY


def _spoken_at(chat: Chat) -> datetime:
    """When somebody spoke last."""
    return chat.silent_since or chat.conversation.last_customer_at or chat.began_at


def _comes(chat: Chat, wanted: ChatSettings, now: datetime) -> bool:
    """Whether the agent who has it is there, and has still time to answer."""
    there = Agent.objects.filter(person=chat.conversation.assignee_id, online_until__gt=clock.real_now())
    if not there.exists():
        return False
    since = chat.given_at or now
    return since + timedelta(seconds=wanted.take_within_seconds) > now or presence.is_typing(chat)


def _pass_on(chat: Chat) -> None:
    """Who has it does not come: it goes to the next one, and the customer sees that."""
    conversation, missed = chat.conversation, chat.conversation.assignee
    if missed is not None:
        data = {"person": str(missed.pk), "to": missed.shown_name}
        adding.event(conversation, "passed_over", SWEEP, data)
    turns.give(conversation, SWEEP, None)
    consequences.turned(conversation)
    if conversation.assignee is not None and conversation.assignee != missed:
        lines.say(chat, "passed_over")
    chat.refresh_from_db(fields=["state", "agent", "given_at"])


def _talks(chat: Chat, wanted: ChatSettings, now: datetime) -> datetime | None:
    """An agent has it; returns when to look again."""
    missed_at = missing.mail(chat, now)
    if chat.silent_since is None or chat.answered_at is None:
        if not _comes(chat, wanted, now) and _is_owed(chat, wanted, now):
            _pass_on(chat)
        return now + LOOKED_AT_EVERY
    end_at = chat.silent_since + timedelta(minutes=wanted.end_after_minutes)
    ask_at = chat.silent_since + timedelta(minutes=wanted.ask_after_minutes)
    if end_at <= now:
        ending.end(actor=SWEEP, chat=chat, by=Chat.By.SILENCE)
    elif ask_at <= now and chat.asked_at is None:
        lines.say(chat, "ask")
        Chat.objects.filter(pk=chat.pk).update(asked_at=now)
    moments = [each for each in (missed_at, end_at, ask_at) if each and each > now]
    return min(moments, default=now + LOOKED_AT_EVERY)


def _is_owed(chat: Chat, wanted: ChatSettings, now: datetime) -> bool:
    """Whether the customer waits for an agent who has gone, or who took the chat and said nothing."""
    if chat.answered_at is None:
        return True
    there = Agent.objects.filter(person=chat.conversation.assignee_id, online_until__gt=clock.real_now())
    return not there.exists()
