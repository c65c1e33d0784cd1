"""A chat ends, or goes on by mail. Either way all who take part get what was said, once, and nothing is lost."""

from django.db import transaction
from django.utils.translation import gettext_noop

from frontdesk.core.actors import Actor
from frontdesk.support.chat import lines, rows
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.mail.outgoing import transcripts
from frontdesk.support.tickets.models import Message
from frontdesk.support.tickets.sla import keeping

WHY = {
    "nobody": gettext_noop("nobody is there"),
    "waited": gettext_noop("it waited too long"),
    "left": gettext_noop("the customer did not want to wait"),
    "agent": gettext_noop("it takes longer"),
}


@transaction.atomic
def end(*, actor: Actor, chat: Chat, by: str) -> bool:
    """The chat is over, and its matter solved: the transcript goes out with the question how it was. `by` is one of
    `Chat.By`. A chat that nobody has answered goes on by mail instead. False when it was over already."""
    current = rows.lock(chat.pk)
    if not current.is_on:
        return False
    if current.answered_at is None:
        return _to_ticket(current, actor, "left" if by == Chat.By.CUSTOMER else "agent")
    conversation = current.conversation
    rows.finish(current, Chat.State.ENDED, by=by)
    rows.enter(actor, "chat.ended", current, {"by": by})
    turns.to_solved(conversation, actor)
    consequences.turned(conversation, "solved")
    return True


@transaction.atomic
def to_ticket(*, actor: Actor, chat: Chat, why: str) -> bool:
    """The chat goes on by mail, for one of the reasons of `WHY`: it is our turn, the customer is told on the page and
    by mail, with what was said. False when it was over already. Raises KeyError for a reason that means nothing."""
    current = rows.lock(chat.pk)
    return current.is_on and _to_ticket(current, actor, why)


def _to_ticket(chat: Chat, actor: Actor, why: str) -> bool:
    """On the locked rows."""
    conversation, reason = chat.conversation, WHY[why]
    told = lines.say(chat, why)
    adding.event(conversation, "left_chat", actor, {"why": reason})
    conversation.in_chat = False
    conversation.save(update_fields=["in_chat"])
    turns.to_open(conversation, actor)
    rows.finish(chat, Chat.State.TICKET)
    rows.enter(actor, "chat.became_ticket", chat, {"why": why})
    consequences.turned(conversation)
    mail(told)
    return True


def mail(told: Message) -> None:
    """What was said so far goes to all who take part; by when they are answered, too."""
    context = {"goes_on": True, "answer_by": keeping.still_promised(told.conversation)}
    transcripts.send(told, context)
