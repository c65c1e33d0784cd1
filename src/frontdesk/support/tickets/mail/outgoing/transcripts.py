"""What was said in a chat, as one mail: when the chat is over, and what somebody missed while they were away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from frontdesk.support.tickets import links
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.outgoing import sending
from frontdesk.support.tickets.models import Attachment, Conversation, Message, Participant
from frontdesk.support.tickets.selectors import public_messages

# The newest go along; all of them stand on the page.
MOST_LINES = 500
MOST_SIGNS = 150_000
MOST_OF_ONE = 4_000


@dataclass(frozen=True)
class Line:
    """Somebody's words, with the names of the files that came along."""

    name: str
    at: datetime
    text: str
    files: list[str]
    is_theirs: bool


def send(line: Message, context: Mapping[str, Any] | None = None, *, of: Conversation | None = None) -> None:
    """Mail the transcript to everybody who takes part and has not got it yet, as the mail of `line`, which ended it.

    `of`: the conversation whose chat it was, when `line` stands in the one that it was merged into.
    """
    for participant in sending.everybody(line.conversation):
        send_to(line, participant, context or {}, of=of)


def send_to(
    line: Message,
    participant: Participant,
    context: Mapping[str, Any],
    *,
    secret: str = "",
    of: Conversation | None = None,
) -> None:
    """Mail it to one of them, with more in it (`context`, whose links carry `secret`)."""
    said = _said(of or line.conversation)
    lines = _newest(said)
    shown = {"lines": lines, "is_shortened": len(lines) < len(said), **context}
    sending.send(line, participant, "transcript", shown, secret=secret)


def send_missed(conversation: Conversation, participant: Participant, *, after: int) -> int:
    """Mail what was answered after this sequence to somebody who is not there; returns up to where, 0 for nothing."""
    missed = [each for each in public_messages(conversation).filter(sequence__gt=after) if not each.is_theirs]
    if not missed:
        return 0
    chats = participant.role == Participant.Role.REQUESTER  # the others take part by mail
    sending.send(missed[-1], participant, "missed", {"lines": [_line(each) for each in missed], "chats": chats})
    return missed[-1].sequence


def can_ask(line: Message, participant: Participant) -> bool:
    """Whether the mail has room for links with a secret of their own: not where it needs the guest's link to the
    conversation, of which one secret is all that a mail can carry."""
    has_files = Attachment.objects.filter(message__in=public_messages(line.conversation)).exists()
    needs_page = has_files or not addresses.support_address()
    return participant in sending.everybody(line.conversation) and not (needs_page and links.is_secret(participant))


def _newest(said: list[Line]) -> list[Line]:
    """As many of the last lines as a mail takes."""
    room, kept = MOST_SIGNS, 0
    for each in reversed(said[-MOST_LINES:]):
        room -= len(each.text)
        if room < 0:
            break
        kept += 1
    return said[len(said) - kept :]


def _said(conversation: Conversation) -> list[Line]:
    return [_line(each) for each in public_messages(conversation)]


def _line(message: Message) -> Line:
    name = message.author_name or message.author_address
    files = [each.name for each in message.attachments.all()]
    text = message.text.strip()
    text = text if len(text) <= MOST_OF_ONE else text[:MOST_OF_ONE].rstrip() + " …"
    return Line(name, message.created_at, text, files, is_theirs=message.is_theirs)
