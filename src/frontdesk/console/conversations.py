"""What a conversation's page shows: what was said, who takes part, who else is here, what can be done."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from frontdesk.accounts.models import Person
from frontdesk.console import inbox_words as words
from frontdesk.console.inbox_forms import presets
from frontdesk.core import clock, reasons
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.beside import drafts, mentions, presence, reminders
from frontdesk.support.tickets.inbox.choices import choices_for
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.mail.incoming import authenticating, details
from frontdesk.support.tickets.models import Attachment, Channel, Conversation, Message, Participant
from frontdesk.support.tickets.phrases import event_lines

Kind = Message.Kind
MOST = 200  # messages at once; the earlier ones are a press away
BUBBLES = {Kind.CUSTOMER: "", Kind.AGENT: "ours", Kind.AUTOMATIC: "ours", Kind.NOTE: "note", Kind.EVENT: "event"}


@dataclass(frozen=True)
class Said:
    """A message as the page shows it. `is_unproved`: it came by mail, and nobody has shown that it was the customer.
    `missing`: what of that mail could not be read; `reply_to`: where else its sender wants answers, and gets none."""

    message: Message
    bubble: str
    author: str
    is_new: bool
    is_unproved: bool
    files: Sequence[Attachment]
    line: str = ""  # what happened, for an event
    missing: Sequence[str] = ()
    reply_to: str = ""

    @property
    def pictures(self) -> list[Attachment]:
        """The files that are shown as what they are."""
        return [each for each in self.files if each.width and not each.refused]

    @property
    def others(self) -> list[Attachment]:
        """The files that are only named."""
        return [each for each in self.files if not each.width or each.refused]


def found_conversation(conversation_id: UUID) -> Conversation:
    """The conversation with what its page names. Raises NotFound."""
    rows = Conversation.objects.select_related(
        "person", "assignee", "team", "area", "product", "level", "merged_into", "continues"
    )
    conversation = rows.filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound
    return conversation


def said_in(
    conversation: Conversation, *, after: int = 0, seen: int | None = None, everything: bool = False
) -> list[Said]:
    """The messages after a sequence, the oldest first. `seen`: what comes after it is marked as new."""
    rows = Message.objects.filter(conversation=conversation, sequence__gt=after).select_related(
        "author", "incoming_mail"
    )
    latest = rows.order_by("-sequence").prefetch_related("attachments")
    found = list(latest if everything or after else latest[: MOST + 1])
    lines, asked = event_lines(found), _asked_for(conversation, found)
    return [_said(message, seen, lines.get(message.pk, ""), asked) for message in reversed(found)]


def _asked_for(conversation: Conversation, messages: Iterable[Message]) -> set[str]:
    """The addresses at which senders want answers, without those that get them already."""
    asked = {str(each.data["reply_to"]) for each in messages if each.data.get("reply_to")}
    if not asked:
        return asked
    return asked - {*Participant.objects.filter(conversation=conversation).values_list("address", flat=True)}


def _said(message: Message, seen: int | None, line: str, asked: Collection[str]) -> Said:
    reply_to = str(message.data.get("reply_to", ""))
    mail = getattr(message, "incoming_mail", None)
    return Said(
        message,
        BUBBLES[Kind(message.kind)] if not message.data.get("received") else "",
        message.author_name or (message.author.shown_name if message.author else "") or message.author_address,
        seen is not None and message.sequence > seen,
        message.kind == Kind.CUSTOMER
        and message.channel == Channel.MAIL
        and message.data.get("authentication", authenticating.PASS) != authenticating.PASS,
        list(message.attachments.all()),
        line,
        details.reported(mail.reports) if mail is not None else (),
        reply_to if reply_to in asked else "",
    )


def heard(said: Iterable[Said], agent: Person) -> bool:
    """Whether somebody else has said something that whoever answers should read first."""
    spoken = {Kind.CUSTOMER, Kind.AGENT, Kind.NOTE}
    return any(each.message.kind in spoken and each.message.author_id != agent.pk for each in said)


def talk_context(
    conversation: Conversation, agent: Person, *, seen: int | None = None, everything: bool = False
) -> dict[str, Any]:
    """The middle of the page."""
    said = said_in(conversation, seen=seen, everything=everything)
    has_earlier = not everything and len(said) > MOST
    taking_part = list(Participant.objects.filter(conversation=conversation).order_by("-role", "id"))
    presence.stay(agent, conversation, answering=False)
    if any(each.message.kind == Kind.NOTE and "@" in each.message.text for each in said):
        mentions.see(agent, conversation)
    now = clock.now()
    requester = next((each for each in taking_part if each.role == Participant.Role.REQUESTER), None)
    return {
        "conversation": conversation,
        "said": said[1:] if has_earlier else said,
        "has_earlier": has_earlier,
        "requester": requester,
        "blocked": blocking.find(requester.address) if requester else None,
        "copies": [each for each in taking_part if each.role == Participant.Role.COPY],
        "others": presence.others(agent, conversation),
        "draft": drafts.draft_of(agent, conversation),
        "reminder": reminders.open_reminder(agent, conversation),
        "choices": choices_for(agent),
        "deadlines": deadlines(conversation, now),
        "reason": reasons.find(conversation.reason_code) if conversation.reason_code else None,
        "status_tone": words.STATUS_TONES[conversation.status],
        "priorities": Conversation.Priority.choices,
        "languages": settings.LANGUAGES,
        "speaks_ours": conversation.language in dict(settings.LANGUAGES),
        "presets": presets(now),
        "is_mine": conversation.assignee_id == agent.pk,
        "is_put_off": conversation.snoozed_until is not None and conversation.snoozed_until > now,
        "takes_answers": conversation.status not in {Conversation.Status.CLOSED, Conversation.Status.MERGED},
        "once": uuid4(),
        "now": now,
        "real_now": clock.real_now(),
    }


@dataclass(frozen=True)
class Deadline:
    """One of the promises that runs, with how pressing it is."""

    label: words.Text
    due_at: datetime
    tone: str


def deadlines(conversation: Conversation, now: datetime) -> list[Deadline]:
    """What is promised and runs, the most pressing first."""
    moments = [
        (words.PROMISES["first"], conversation.first_due_at),
        (words.PROMISES["next"], conversation.next_due_at),
        (words.PROMISES["solve"], conversation.solve_due_at),
    ]
    running = [Deadline(label, at, words.due_tone(at, now)) for label, at in moments if at]
    return sorted(running, key=lambda each: each.due_at)
