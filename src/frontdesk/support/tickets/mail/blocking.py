"""Senders whose mail is kept, but not shown: an address, or a whole domain ("@example.com")."""

from uuid import UUID

from django.db import transaction

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.models import BlockedSender, Conversation

DEEPEST = 8  # domains above an address that may be blocked as a whole


def find(address: str) -> BlockedSender | None:
    """What keeps the mail of this address out of sight, the address itself before its domain; None for nothing."""
    plain = address.strip().lower()
    domain = plain.rpartition("@")[2]
    if not domain:
        return None
    above = [f"@{domain.split('.', at)[at]}" for at in range(min(domain.count(".") + 1, DEEPEST))]
    rows = {row.pattern: row for row in BlockedSender.objects.filter(pattern__in=[plain, *above])}
    return next((rows[each] for each in (plain, *above) if each in rows), None)


@transaction.atomic
def block(*, actor: Actor, pattern: str, reason: str) -> bool:
    """Keep mail of an address, or of a whole domain, out of sight. False when it was so already."""
    row, made = BlockedSender.objects.get_or_create(
        pattern=pattern.strip().lower()[:254],
        defaults={"reason": reason[:200], "created_by_id": actor.person, "created_at": clock.now()},
    )
    if made:
        audit.record(actor=actor, action="mail.blocked", subject_type="blocked_sender", subject=_key(row))
    return made


@transaction.atomic
def unblock(*, actor: Actor, pattern: str) -> bool:
    """Let a sender in again; False when they were not blocked."""
    row = BlockedSender.objects.select_for_update().filter(pattern=pattern.strip().lower()).first()
    if row is None:
        return False
    audit.record(actor=actor, action="mail.unblocked", subject_type="blocked_sender", subject=_key(row))
    row.delete()
    return True


def came_with_spam(address: str) -> bool:
    """Whether the address was blocked at the desk, with a conversation that was marked as spam; what somebody wrote
    on the list of blocked senders has another reason."""
    row = BlockedSender.objects.filter(pattern=address.strip().lower()).first()
    return row is not None and Conversation.objects.filter(reference=row.reason).exists()


def _key(row: BlockedSender) -> UUID:
    return UUID(int=row.pk)
