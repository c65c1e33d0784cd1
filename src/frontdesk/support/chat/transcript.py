"""What was said so far, by mail, for whoever asks for it while they chat, or afterwards."""

from django.db import transaction

from frontdesk.core import throttle
from frontdesk.core.actors import Actor
from frontdesk.core.throttle import Limit
from frontdesk.support.chat import rows
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.mail.outgoing import transcripts
from frontdesk.support.tickets.models import Participant

ASKED = Limit("chat_transcript", count=3, seconds=3_600)


@transaction.atomic
def mail(*, actor: Actor, chat: Chat, to: Participant) -> None:
    """Mail it to one who takes part. The line in the conversation says so to agents. Raises TooManyAttempts beyond
    three in an hour."""
    throttle.reserve(ASKED, f"{chat.pk} {to.pk}")
    current = rows.lock(chat.pk)
    line = adding.event(current.conversation, "transcript", actor)
    transcripts.send_to(line, to, {})
    rows.enter(actor, "chat.transcript_mailed", current, shown=False)
