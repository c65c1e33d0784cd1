"""Merging and splitting. Nothing is deleted: what moved says where it came from."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.beside import drafts, mentions, reminders
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.conversations.adding import Line, Speaker
from frontdesk.support.tickets.conversations.opening import announce, fresh_names
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import ConversationClosed, NotMergeable
from frontdesk.support.tickets.models import (
    Attachment,
    Conversation,
    Message,
    Participant,
    ServiceLevel,
    StateChange,
)
from frontdesk.support.tickets.sla import merging
from frontdesk.support.tickets.sla.book import Change
from frontdesk.support.tickets.sla.loading import changes_of

Status = Conversation.Status
SUBJECT = 200


@transaction.atomic
def merge(*, actor: Actor, conversation: Conversation, into: Conversation) -> None:
    """Copy the messages of `conversation` to the end of `into` (their times kept), and point replies there.

    Both are locked in order of their ids. Participants come along, and what agents keep beside it (drafts, mentions,
    reminders); when it was our turn, it still is, and who waited goes on waiting since when they did. Raises
    ConversationClosed, and NotMergeable for a conversation with itself, a merged one, or another customer's.
    """
    source, target = _lock_both(conversation, into)
    _require_mergeable(source, target)
    _participants_come_along(source, target)
    copied = _copy(source.messages.exclude(kind=Message.Kind.EVENT), source, target)
    target.last_customer_at = max(filter(None, [source.last_customer_at, target.last_customer_at]), default=None)
    target.first_answered_at = target.first_answered_at or source.first_answered_at
    target.tags = list(dict.fromkeys([*target.tags, *source.tags]))
    target.save(update_fields=["last_customer_at", "first_answered_at", "tags"])
    adding.event(target, "merged_in", actor, {"reference": source.reference, "count": copied})
    ours = source.status == Status.OPEN
    wait = merging.carried(changes_of(source), changes_of(target)) if ours else None
    turns.to_merged(source, actor, target)
    drafts.bring_along(source=source, target=target)
    mentions.bring_along(source=source, target=target)
    reminders.bring_along(source=source, target=target)
    if ours:
        turns.to_open(target, actor, at=wait.at if wait else None)
    if wait:
        level = ServiceLevel.objects.filter(pk=wait.level).first() if wait.level else None
        adding.change(target, StateChange.Kind(wait.kind), actor, level=level, at=wait.at)
    note(actor, "conversation.merged", source, {"into": str(target.pk)})
    consequences.turned(source)
    consequences.turned(target)


def _lock_both(one: Conversation, other: Conversation) -> tuple[Conversation, Conversation]:
    if one.pk == other.pk:
        raise NotMergeable
    found = Conversation.objects.select_for_update().filter(pk__in=[one.pk, other.pk]).order_by("pk")
    rows = {row.pk: row for row in found}
    return rows[one.pk], rows[other.pk]


def _require_mergeable(source: Conversation, target: Conversation) -> None:
    if Status.MERGED in {source.status, target.status} or not _of_one_customer(source, target):
        raise NotMergeable
    if turns.is_closed(target, clock.now()):
        raise ConversationClosed


def _of_one_customer(source: Conversation, target: Conversation) -> bool:
    if source.person_id and source.person_id == target.person_id:
        return True
    one, other = (turns.requester_of(each) for each in (source, target))
    return one is not None and other is not None and one.address == other.address


def _participants_come_along(source: Conversation, target: Conversation, role: str = Participant.Role.COPY) -> None:
    known = set(target.participants.values_list("address", flat=True))
    Participant.objects.bulk_create(
        Participant(
            conversation=target,
            role=each.role if role == each.role else Participant.Role.COPY,
            address=each.address,
            name=each.name,
            person_id=each.person_id,
            proved_at=each.proved_at,
            bounced_at=each.bounced_at,
        )
        for each in source.participants.order_by("pk")
        if each.address not in known
    )


@transaction.atomic
def split(*, actor: Actor, conversation: Conversation, messages: Sequence[UUID], subject: str) -> Conversation:
    """A new conversation of the same customer that begins with these messages, copied, and when the first of them was
    said; with an answer as its last it is the customer's turn. Returns it.

    Messages of other conversations are left out; with none left, ValueError is raised. Of one that was merged
    meanwhile their copies are taken.
    """
    current = adding.lock(conversation)
    meant = Message.objects.filter(pk__in=messages, conversation__in=[conversation.pk, current.pk])
    chosen = current.messages.filter(client_id__in=meant.values("client_id")).exclude(kind=Message.Kind.EVENT)
    if not chosen:
        raise ValueError("nothing was chosen to be split off")
    told = merging.told_by(chosen)
    made = _like(current, subject, told)
    _participants_come_along(current, made, Participant.Role.REQUESTER)
    announce(made, actor)
    _copy(chosen, current, made)
    for each in told[1:]:
        adding.change(made, StateChange.Kind(each.kind), actor, at=each.at)
    adding.event(made, "split_from", actor, {"reference": current.reference})
    adding.event(current, "split", actor, {"reference": made.reference})
    note(actor, "conversation.split", made, {"from": str(current.pk)})
    made.refresh_from_db()
    consequences.turned(made, "opened")
    return made


def _like(conversation: Conversation, subject: str, told: Sequence[Change]) -> Conversation:
    """A new row about another matter of the same customer, for whoever has this one."""
    now, title = clock.now(), " ".join(subject.replace("\0", "").split())
    asked = [each.at for each in told if each.kind in {"opened", "customer_wrote"}]
    kept = ("channel", "priority", "person", "language", "area", "product", "license", "activation", "plan_name")
    values = {name: getattr(conversation, name) for name in (*kept, "team", "assignee")}
    return Conversation.objects.create(
        **values,
        **fresh_names(),
        subject=(title or conversation.subject)[:SUBJECT],
        status=Status.WAITING if told and told[-1].kind == "waiting" else Status.OPEN,
        created_at=told[0].at if told else now,
        last_message_at=now,
        last_customer_at=asked[-1] if asked else conversation.last_customer_at,
        continues=conversation,
    )


def _copy(messages: Iterable[Message], source: Conversation, target: Conversation) -> int:
    """Add copies in their order; what stands in the target already (it was split off from it) is not doubled."""
    copied = 0
    for message in sorted(messages, key=lambda each: each.sequence):
        if adding.said_before(target, message.client_id):
            continue
        _copy_one(message, source, target)
        copied += 1
    return copied


def _copy_one(message: Message, source: Conversation, target: Conversation) -> None:
    words = Words(message.text, message.html, message.quoted)
    origin = {"from": {"reference": source.reference, "sequence": message.sequence}}
    made = adding.add(
        target,
        Line(
            message.kind,
            message.channel,
            words,
            Speaker(message.author_id, message.author_name, message.author_address),
            message.client_id,
            {**message.data, **origin},
            at=message.created_at,
        ),
    )
    if message.redacted_at:
        Message.objects.filter(pk=made.pk).update(redacted_at=message.redacted_at)
    fields = ("name", "content_type", "size", "sha256", "file", "content_id", "is_inline", "width", "height", "refused")
    Attachment.objects.bulk_create(
        Attachment(message=made, created_at=each.created_at, **{name: getattr(each, name) for name in fields})
        for each in message.attachments.all()
    )
