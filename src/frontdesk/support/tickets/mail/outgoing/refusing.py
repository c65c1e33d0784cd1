"""What could not be taken of a customer's files is told to them: in the receipt, or else in the next mail."""

from django.db.models import F, Max, QuerySet

from frontdesk.support.tickets.models import Attachment, Channel, Message

OURS = (Message.Kind.AGENT, Message.Kind.AUTOMATIC)


def of(message: Message) -> QuerySet[Attachment]:
    """The files of a message that were not taken."""
    return message.attachments.exclude(refused="")


def untold(answer: Message) -> QuerySet[Attachment]:
    """Files that were not taken of mails since our last answer before this one, and of which no receipt told."""
    said = Message.objects.filter(conversation=answer.conversation_id, sequence__lt=answer.sequence)
    last = said.filter(kind__in=OURS).exclude(data__has_key="received").aggregate(last=Max("sequence"))["last"] or 0
    theirs = said.filter(kind=Message.Kind.CUSTOMER, channel=Channel.MAIL, sequence__gt=last)
    receipted = theirs.filter(outgoing_mails__address=F("author_address"))
    return Attachment.objects.filter(message__in=theirs).exclude(message__in=receipted).exclude(refused="")
