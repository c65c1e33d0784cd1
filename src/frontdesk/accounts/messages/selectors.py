"""Reading messages."""

import re
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from frontdesk.accounts.messages.sending import PLACEHOLDER
from frontdesk.accounts.models import Message, Person
from frontdesk.core.errors import NotFound

LOOK_ALIKES = str.maketrans("ILOU", "110V")


def access_messages(person: Person) -> QuerySet[Message]:
    """A person's messages, newest first."""
    return Message.objects.filter(person=person).order_by("-created_at", "reference")


def access_message(person: Person, message_id: UUID) -> Message:
    """One of the person's messages. Raises NotFound for another's as for none."""
    message = Message.objects.filter(person=person, pk=message_id).first()
    if message is None:
        raise NotFound
    return message


def shown_text(message: Message) -> str:
    """The text as the account shows it: a hint where the secret stood."""
    return message.text.replace(PLACEHOLDER, message.secret_hint or _("(only in the mail)"))


def find_genuine(reference: str, address: str) -> Message | None:
    """The message with this reference, if it went to this address."""
    symbols = re.sub(r"[\s-]", "", reference).upper().translate(LOOK_ALIKES)
    written = "-".join(symbols[at : at + 3] for at in (0, 3, 6))
    return Message.objects.filter(reference=written, address__iexact=address.strip()).first()
