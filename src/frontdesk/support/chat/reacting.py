"""What happens to a conversation, whoever does it, and what it means for its chat. In the same transaction."""

from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import ActorKind
from frontdesk.support.chat import lines, rows, taking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.events import ChatLeft, ConversationAssigned, MessageAdded
from frontdesk.support.tickets.mail.outgoing import transcripts
from frontdesk.support.tickets.models import Conversation, Message
from frontdesk.support.tickets.selectors import arrived
from frontdesk.support.tickets.sla import keeping

Kind = Message.Kind
ENDED_BY = {ActorKind.CUSTOMER: Chat.By.CUSTOMER, ActorKind.STAFF: Chat.By.AGENT}


def said(event: MessageAdded) -> None:
    """Somebody spoke: silence begins or ends, and an agent who answers has the chat."""
    if not event.in_chat or event.kind not in {Kind.CUSTOMER, Kind.AGENT}:
        return
    chat = _on(event.conversation)
    if chat is None:
        return
    now, is_answer = clock.now(), event.kind == Kind.AGENT
    chat.silent_since, chat.asked_at = (now if is_answer else None), None
    if is_answer:
        chat.answered_at = chat.answered_at or now
    rows.look_soon(chat)
    chat.save(update_fields=["silent_since", "asked_at", "answered_at", "next_step_at"])
    if is_answer and chat.state == Chat.State.WAITING:
        author = Person.objects.filter(pk=Message.objects.values_list("author").get(pk=event.message)[0]).first()
        if author is not None and not taking.has_given(author, chat.conversation):
            taking.begin_talking(chat, author)


def assigned(event: ConversationAssigned) -> None:
    """It was offered to somebody, or is nobody's: until they take it, it waits."""
    if not event.in_chat:
        return
    chat = _on(event.conversation)
    if chat is None:
        return
    if event.assignee is None or event.assignee != chat.agent_id:
        chat.state, chat.agent = Chat.State.WAITING, None
    chat.given_at = clock.now() if event.assignee else None
    rows.look_soon(chat)
    chat.save(update_fields=["state", "agent", "given_at", "next_step_at"])


def left(event: ChatLeft) -> None:
    """The conversation was solved, merged or marked as spam: the chat is over by that."""
    chat = _on(event.conversation)
    if chat is None:
        return
    by = ENDED_BY.get(event.actor.kind, Chat.By.AGENT)
    if event.status == Conversation.Status.MERGED:
        rows.finish(chat, Chat.State.TICKET)
        rows.enter(event.actor, "chat.became_ticket", chat, {"why": "merged"})
        _told_of_merge(chat)
        return
    rows.finish(chat, Chat.State.ENDED, by=by)
    rows.enter(event.actor, "chat.ended", chat, {"by": by})


def _told_of_merge(chat: Chat) -> None:
    """Where it goes on now, the customer reads, and gets by mail what was said."""
    target = arrived(chat.conversation)
    told = lines.say_in(target, "merged")
    transcripts.send(told, {"goes_on": True, "answer_by": keeping.still_promised(target)}, of=chat.conversation)


def _on(number: UUID) -> Chat | None:
    """The chat's row, locked behind the conversation's, which the caller of the event has; None when it is over."""
    chat = Chat.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if chat is None or not chat.is_on:
        return None
    chat.conversation = Conversation.objects.get(pk=number)
    return chat
