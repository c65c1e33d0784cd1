"""Which conversation a mail belongs to: by the token in our address, then by our Message-IDs; never by subject."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import destinations
from frontdesk.support.tickets.mail.incoming.destinations import Place
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.models import Conversation, IncomingMail, OutgoingMail, Participant
from frontdesk.support.tickets.selectors import arrived

TOKEN, REFERENCE = destinations.TOKEN, destinations.REFERENCE


@dataclass(frozen=True)
class Match:
    """The conversation, by what it was found, and who of those who take part the sender is (None: nobody)."""

    conversation: Conversation
    by: str
    writer: Participant | None


def find(mail: IncomingMail, read: Read) -> Match | None:
    """The conversation that a mail answers."""
    conversation, by = _by_token(mail, read), TOKEN
    if conversation is None:
        conversation, by = _by_reference(read), REFERENCE
    if conversation is None:
        return None
    conversation = arrived(conversation)  # who was taken out there may not come back by an address from before
    return Match(conversation, by, _writer(conversation, read.from_address))


def elsewhere(mail: IncomingMail, read: Read) -> Place | None:
    """What else than a conversation a mail answers."""
    return destinations.find(_tokens(mail, read), read.references)


def _tokens(mail: IncomingMail, read: Read) -> list[str]:
    return [token for each in (mail.envelope_to, *read.recipients) if (token := addresses.token_in(each))][:10]


def _by_token(mail: IncomingMail, read: Read) -> Conversation | None:
    tokens = _tokens(mail, read)
    return Conversation.objects.filter(reply_token__in=tokens).first() if tokens else None


def _by_reference(read: Read) -> Conversation | None:
    """The newest mail that it refers to counts."""
    rows = OutgoingMail.objects.filter(internet_id__in=read.references).select_related("message__conversation")
    found = {row.internet_id: row.message.conversation for row in rows}
    return next((found[each] for each in read.references if each in found), None)


def _writer(conversation: Conversation, address: str) -> Participant | None:
    """Who takes part under this address, or under another proved one of the same person."""
    rows = Participant.objects.filter(conversation=conversation)
    direct = rows.filter(address__iexact=address).first()
    if direct is not None:
        return direct
    owners = EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")
    return rows.filter(person__in=owners).first()
