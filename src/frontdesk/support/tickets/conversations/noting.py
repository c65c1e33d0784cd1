"""Notes, which only staff see, and the colleagues whom they name."""

import re
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.support.tickets.actors import agent_actor, note
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.mail.outgoing import letters
from frontdesk.support.tickets.models import Attachment, Channel, Conversation, Mention, Message


@transaction.atomic
def add_note(
    *, agent: Person, conversation: Conversation, text: str, client_id: UUID, attachments: Sequence[Attachment] = ()
) -> Message:
    """Add a note that only staff see. @names and @addresses of colleagues become mentions; each is told by mail.

    The same `client_id` adds it once; with other words it raises SentAlready.
    """
    current, words = adding.lock(conversation), Words(text, attachments=attachments)
    if found := adding.same_said_before(current, Message.Kind.NOTE, words, client_id):
        return found
    line = Line(Message.Kind.NOTE, Channel.DESK, words, Speaker.of(agent), client_id)
    message = adding.add(current, line)
    note(agent_actor(agent, current), "conversation.noted", current, {"sequence": message.sequence}, shown=False)
    for colleague in mentioned(text):
        if colleague.pk != agent.pk:
            Mention.objects.create(message=message, person=colleague)
            letters.mentioned(message, colleague)
    return message


def mentioned(text: str) -> list[Person]:
    """The members of staff whom a text names: @address, @Full Name, or @First name."""
    if "@" not in text:
        return []
    staff = Person.objects.filter(is_staff=True, is_active=True).order_by("email")
    return [person for person in staff if person.has_role(Role.AGENT) and _names(text, person)]


def _names(text: str, person: Person) -> bool:
    spellings = [person.email, person.name, person.name.partition(" ")[0]]
    ways = "|".join(re.escape(each) for each in spellings if each)
    return bool(re.search(rf"(?<![\w.])@(?:{ways})(?!\w|\.\w)", text, re.IGNORECASE))
