"""Adding to a conversation: the customer's words, the agent's answer, automatic lines, events. Notes: `noting`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets import selectors
from frontdesk.support.tickets.actors import agent_actor, note
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.noting import add_note
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import ConversationClosed, SomebodyAnswered
from frontdesk.support.tickets.mail.outgoing import sending
from frontdesk.support.tickets.models import Channel, Conversation, Draft, Message, Participant, StateChange
from frontdesk.support.tickets.sla import merging
from frontdesk.support.tickets.sla.loading import changes_of

__all__ = [
    "Words",
    "add_automatic",
    "add_event",
    "add_note",
    "agent_answers",
    "customer_writes",
    "note_automatic",
]

Kind = StateChange.Kind
Status = Conversation.Status
KEPT_AS_SPAM = {Channel.MAIL, Channel.CHAT}  # whoever fills in the form once more is taken at their word
AFTER_ANSWERING = {Status.WAITING, Status.OPEN, Status.SOLVED}


@transaction.atomic
def customer_writes(
    *,
    actor: Actor,
    conversation: Conversation,
    writer: Participant,
    words: Words,
    channel: str,
    client_id: UUID,
    data: Mapping[str, str] | None = None,
    reached: Collection[str] | None = (),
    at: datetime | None = None,
) -> Message:
    """Add the customer's message: it is our turn again, a snooze ends, and within 14 days a solved matter reopens.

    The others who take part get it by mail, but for the addresses that it has `reached` by itself (None: nobody
    gets it). The same `client_id` adds it once and answers with what stands there; a form with other words raises
    SentAlready. `data` is what the door knows of it (`authentication` of a mail), `at` when it reached us, where that
    was before now. What is marked as spam stays so for what comes by mail or chat. Raises ConversationClosed, and
    ConversationUnknown for a writer who was taken out meanwhile.
    """
    current = adding.lock(conversation)
    if found := _sent_before(current, words, channel, client_id):
        return found
    turns.require_alive(current)
    writer = selectors.as_in(current, writer)
    speaker = Speaker.taking_part(writer)
    line = Line(Message.Kind.CUSTOMER, channel, words, speaker, client_id, dict(data or {}), at)
    message, asked_at = adding.add(current, line), _asked_at(current, at)
    current.last_customer_at, current.snoozed_until = asked_at or message.created_at, None
    current.save(update_fields=["last_customer_at", "snoozed_until"])
    Participant.objects.filter(pk=writer.pk).update(bounced_at=None)  # they are there again
    reopened = current.status == Status.SOLVED
    if current.status != Status.SPAM or channel not in KEPT_AS_SPAM:
        turns.back_to_us(current, actor, by=speaker, at=asked_at)
        adding.change(current, Kind.CUSTOMER_WROTE, actor, at=asked_at)
    note(actor, "conversation.continued", current, {"sequence": message.sequence, "channel": channel})
    if channel != Channel.MAIL:
        sending.send_message(message)
    elif reached is not None and current.status != Status.SPAM:
        sending.pass_on(message, reached)
    consequences.wrote(current, message, reopened=reopened)
    return message


def _asked_at(conversation: Conversation, at: datetime | None) -> datetime | None:
    """When it counts as asked: what was answered after it had reached us was no answer to it."""
    return merging.asked_at(changes_of(conversation), at) if at else None


def _sent_before(conversation: Conversation, words: Words, channel: str, client_id: UUID) -> Message | None:
    """A mail has its own number, and is perhaps read otherwise when it is replayed."""
    if channel == Channel.MAIL:
        return adding.said_before(conversation, client_id)
    return adding.same_said_before(conversation, Message.Kind.CUSTOMER, words, client_id)


@transaction.atomic
def agent_answers(
    *,
    agent: Person,
    conversation: Conversation,
    words: Words,
    client_id: UUID,
    seen: int | None = None,
    then: str = Conversation.Status.WAITING,
) -> Message:
    """Add an agent's answer and mail it to all who take part, unless they chat. `then` is WAITING, OPEN or SOLVED.

    `seen`: the last sequence that the agent had read; something newer of a customer's or a colleague's raises
    SomebodyAnswered, and nothing is sent. Of the conversation that this one was merged into they have read nothing.
    Nobody being assigned, the agent is from now on. The same `client_id` adds it once; with other words it raises
    SentAlready. Raises ConversationClosed.
    """
    if then not in AFTER_ANSWERING:
        raise ValueError(f"no turn follows an answer by {then}")
    current = adding.lock(conversation)
    if found := adding.same_said_before(current, Message.Kind.AGENT, words, client_id):
        return found
    if current.status == Status.CLOSED:
        raise ConversationClosed
    if seen is not None:
        _require_nothing_new(current, agent, seen if current.pk == conversation.pk else 0)
    actor = agent_actor(agent, current)
    turns.out_of_spam(current, actor)
    channel = Channel.CHAT if current.in_chat else Channel.DESK
    message = adding.add(current, Line(Message.Kind.AGENT, channel, words, Speaker.of(agent), client_id))
    adding.change(current, Kind.ANSWERED, actor)
    _take_if_nobodys(current, agent, actor)
    _turn(current, actor, then, message)
    sending.send_message(message)
    Draft.objects.filter(conversation=current, client_id=client_id).delete()
    note(actor, "conversation.answered", current, {"sequence": message.sequence, "then": then})
    consequences.answered(current, message, solved=then == Status.SOLVED)
    return message


def _require_nothing_new(conversation: Conversation, agent: Person, seen: int) -> None:
    spoken = [Message.Kind.CUSTOMER, Message.Kind.AGENT, Message.Kind.NOTE]
    newer = Message.objects.filter(conversation=conversation, sequence__gt=seen, kind__in=spoken)
    if newer.exclude(author=agent).exists() or newer.filter(author=None).exists():
        raise SomebodyAnswered(last_sequence=conversation.last_sequence)


def _take_if_nobodys(conversation: Conversation, agent: Person, actor: Actor) -> None:
    if conversation.first_answered_at is None:
        conversation.first_answered_at = clock.now()
        conversation.save(update_fields=["first_answered_at"])
    if conversation.is_nobodys:
        turns.give(conversation, actor, agent)


def _turn(conversation: Conversation, actor: Actor, then: str, answer: Message) -> None:
    if then == Status.SOLVED:
        turns.to_solved(conversation, actor, answer=answer)
    elif then == Status.WAITING:
        turns.to_waiting(conversation, actor)
    else:
        turns.to_open(conversation, actor)


@transaction.atomic
def add_automatic(*, conversation: Conversation, words: Words, client_id: UUID) -> Message:
    """Add an automatic answer (of a rule): mailed as Auto-Submitted, and never counted as a response.

    It changes nobody's turn. Raises ConversationClosed.
    """
    current = adding.lock(conversation)
    if found := adding.said_before(current, client_id):
        return found
    turns.require_alive(current)
    message = adding.add(current, Line(Message.Kind.AUTOMATIC, Channel.DESK, words, client_id=client_id))
    note(Actor.system("rule"), "conversation.answered_by_rule", current, {"sequence": message.sequence})
    sending.send_message(message)
    return message


@transaction.atomic
def note_automatic(
    *, conversation: Conversation, words: Words, client_id: UUID, writer: Participant | None = None, address: str = ""
) -> Message:
    """Keep an automatic mail of the customer's side (out of office, a receipt): it is nobody's turn by it, nothing is
    reopened, nothing is answered. Also in a closed conversation."""
    current = adding.lock(conversation)
    if found := adding.said_before(current, client_id):
        return found
    speaker = Speaker.taking_part(writer) if writer else Speaker(address=address)
    line = Line(Message.Kind.AUTOMATIC, Channel.MAIL, words, speaker, client_id, {"received": True})
    message = adding.add(current, line)
    note(Actor.system("mail"), "conversation.automatic_mail", current, {"sequence": message.sequence}, shown=False)
    return message


def add_event(*, conversation: Conversation, what: str, actor: Actor, data: dict[str, Any] | None = None) -> Message:
    """Add a line about what happened; `what` is a key of `tickets.phrases.EVENTS`. The row is locked by the caller."""
    return adding.event(conversation, what, actor, data)
