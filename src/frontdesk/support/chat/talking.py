"""What is said in a chat, by both sides, and up to where it was read. Nothing that somebody writes reaches nobody."""

from uuid import UUID

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import throttle
from frontdesk.core.actors import Actor
from frontdesk.core.throttle import Limit
from frontdesk.support.chat import ending, lines, rows, taking
from frontdesk.support.chat.errors import NothingSaid, TextTooLong
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import adding, saying, waking
from frontdesk.support.tickets.conversations.words import Words, says_nothing
from frontdesk.support.tickets.models import Channel, Conversation, Message, Participant

MOST_BYTES = 100_000
SAYS = Limit("chat_says", count=20, seconds=10)
KEPT_CONTROLS = {"\n", "\t"}


@transaction.atomic
def customer_says(*, actor: Actor, chat: Chat, writer: Participant, words: Words, client_id: UUID) -> Message:
    """Add what the customer says. After the end of the chat it is kept too: the matter goes on by mail.

    The same `client_id` adds it once; with other words it raises SentAlready. Raises TooManyAttempts (`retry_after`
    seconds) beyond twenty in ten seconds, TextTooLong, NothingSaid, and what `saying.customer_writes` raises.
    """
    words = clean(words)
    if not Message.objects.filter(conversation=writer.conversation_id, client_id=client_id).exists():
        throttle.reserve(SAYS, writer.address)
    message = saying.customer_writes(
        actor=actor,
        conversation=chat.conversation,
        writer=writer,
        words=words,
        channel=Channel.CHAT,
        client_id=client_id,
    )
    current = Chat.objects.select_for_update(of=("self",)).get(pk=chat.pk)
    if current.state == Chat.State.ENDED and message.conversation.is_live:  # no spam, and nothing said before
        current.state = Chat.State.TICKET
        current.save(update_fields=["state"])
        ending.mail(lines.say_in(message.conversation, "late"))
        waking.turned(message.conversation)
    return message


@transaction.atomic
def agent_says(*, agent: Person, chat: Chat, words: Words, client_id: UUID) -> Message:
    """Add what an agent says; a chat that waits is theirs by it, unless they have just given it to somebody else. What
    comes too late for the chat is mailed.

    The same `client_id` adds it once; with other words it raises SentAlready. Raises TextTooLong, NothingSaid, and
    what `saying.agent_answers` raises.
    """
    words = clean(words)
    current = rows.lock(chat.pk)
    # Sent once more it takes nothing: the chat may have been handed over since.
    is_new = adding.said_before(current.conversation, client_id) is None
    if current.state == Chat.State.WAITING and is_new and not taking.has_given(agent, current.conversation):
        taking.take_locked(current, agent)
    return saying.agent_answers(agent=agent, conversation=current.conversation, words=words, client_id=client_id)


def clean(words: Words) -> Words:
    """The words without what only steers screens. Raises TextTooLong and NothingSaid, which say what to do."""
    if len(words.text.encode(errors="replace")) > MOST_BYTES:
        raise TextTooLong(most=MOST_BYTES)
    text = words.text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(sign for sign in text if (sign >= " " and sign != "\x7f") or sign in KEPT_CONTROLS)
    text = adding.UNKEPT.sub("", text.encode(errors="ignore").decode()).strip()
    if says_nothing(text) and not words.attachments:
        raise NothingSaid
    return Words(text, attachments=words.attachments)


@transaction.atomic
def read(chat: Chat, *, by: Participant | Person, upto: int) -> bool:
    """One side has read up to this sequence, and the other side sees it: the customer by how they take part, an agent
    by their account. False when that was known."""
    number = by.conversation_id if isinstance(by, Participant) else chat.pk  # where a merged one lives on
    upto = min(upto, Conversation.objects.values_list("last_sequence", flat=True).get(pk=number))
    if isinstance(by, Participant):
        unread = Participant.objects.filter(pk=by.pk, last_read_sequence__lt=upto)
        changed = unread.update(last_read_sequence=upto)
    else:
        changed = Chat.objects.filter(pk=chat.pk, agent_read_sequence__lt=upto).update(agent_read_sequence=upto)
    if changed:
        waking.read(number, by_customer=isinstance(by, Participant), sequence=upto)
    return bool(changed)
