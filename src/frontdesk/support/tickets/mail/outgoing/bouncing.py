"""A mail of ours came back."""

from django.db import transaction

from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding, consequences, turns
from frontdesk.support.tickets.models import Conversation, OutgoingMail

MAIL = Actor.system("mail")


@transaction.atomic
def bounced(*, internet_id: str, address: str, why: str) -> Conversation | None:
    """A mail of ours came back: mark the address, and tell the agent in the conversation. Returns the conversation.

    What waited for the customer is ours again, since they never got the answer. A second report changes nothing, and
    neither does one about an id that is none of ours. `address` is whom the report names: where it is another than the
    one we wrote to, which sent our mail on, that is told, and the one we wrote to is not taken for dead.
    """
    bare = internet_id.strip().strip("<>")
    mail = OutgoingMail.objects.filter(internet_id=f"<{bare}>").select_related("message__conversation").first()
    if mail is None:
        return None
    current = adding.lock(mail.message.conversation)
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.bounced_at is None:
        _mark(mail, current, address, " ".join(why.split())[:200])
    return current


def _mark(mail: OutgoingMail, conversation: Conversation, named: str, why: str) -> None:
    mail.bounced_at, mail.bounce = clock.now(), why
    mail.save(update_fields=["bounced_at", "bounce"])
    is_other = named.strip().lower() not in {"", mail.address.lower()}
    if not is_other:
        conversation.participants.filter(address=mail.address).update(bounced_at=clock.now())
    told = f"{mail.address} ({named.strip().lower()})" if is_other else mail.address
    adding.event(conversation, "bounced", MAIL, {"address": told[:320], "why": why})
    note(MAIL, "conversation.bounced", conversation, {"mail": mail.pk}, shown=False)
    if conversation.status == Conversation.Status.WAITING:
        turns.to_open(conversation, MAIL)
        consequences.turned(conversation)
