"""Who else gets the mails of a conversation: copies come along and leave again; the requester stays."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding, turns
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.conversations.opening import COPIES
from frontdesk.support.tickets.mail import addresses as ours
from frontdesk.support.tickets.models import Conversation, Participant


@transaction.atomic
def add_copies(
    *, actor: Actor, conversation: Conversation, addresses: Iterable[str], by: Speaker | None = None
) -> list[Participant]:
    """Let these addresses take part, as far as there is room; returns those that are new. What is no address, or one
    of ours, is left out: who hears of it is for whoever calls to see to. `by` is who wanted it, where that is no
    account. Raises ConversationClosed.

    From here on they get what is said, and may continue it by mail: only whoever is allowed to show it adds them.
    """
    current = adding.lock(conversation)
    turns.require_alive(current)
    known = set(current.participants.values_list("address", flat=True))
    room = max(COPIES + 1 - len(known), 0)
    fresh = [each for each in dict.fromkeys(_clean(each) for each in addresses) if each and each not in known]
    made = [
        Participant.objects.create(conversation=current, address=each, role=Participant.Role.COPY)
        for each in fresh[:room]
    ]
    for each in made:
        adding.event(current, "copied", actor, {"address": each.address}, by=by)
    if made:
        note(actor, "conversation.copied", current, {"count": len(made)})
    return made


@transaction.atomic
def remove_copy(*, actor: Actor, participant: Participant) -> bool:
    """They get nothing more; what they wrote stays. False for the requester, and for who has left already."""
    current = adding.lock(participant.conversation)
    mine = current.participants.filter(address=participant.address, role=Participant.Role.COPY)
    if not mine.delete()[0]:
        return False
    adding.event(current, "copy_removed", actor, {"address": participant.address})
    note(actor, "conversation.copy_removed", current)
    return True


def _clean(address: str) -> str:
    bare = address.strip().lower()
    try:
        validate_email(bare)
    except ValidationError:
        return ""
    return "" if len(bare) > 254 or ours.is_ours(bare) else bare
