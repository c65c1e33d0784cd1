"""What could not be taken of a customer's files is told to them: in the receipt, or else in the next mail."""

from django.db.models import F, Max, QuerySet

from frontdesk.support.tickets.models import Attachment, Channel, Message, Participant

OURS = (Message.Kind.AGENT, Message.Kind.AUTOMATIC)


def of(message: Message) -> QuerySet[Attachment]:
    """The files of a message that were not taken."""
    return message.attachments.exclude(refused="")


def untold(answer: Message, to: Participant) -> QuerySet[Attachment]:
    """Files that were not taken of this reader's own mails since our last mail to them before this one, and of which no
    receipt told: nobody else knows of these files."""
    said = Message.objects.filter(conversation=answer.conversation_id, sequence__lt=answer.sequence)
    # What is said in a chat stands on its page, and is mailed without such news.
    ours = said.filter(kind__in=OURS).exclude(data__has_key="received").exclude(channel=Channel.CHAT)
    last = ours.aggregate(last=Max("sequence"))["last"] or 0
    theirs = said.filter(kind=Message.Kind.CUSTOMER, channel=Channel.MAIL, sequence__gt=last, author_address=to.address)
    receipted = theirs.filter(outgoing_mails__address=F("author_address"))
    return Attachment.objects.filter(message__in=theirs).exclude(message__in=receipted).exclude(refused="")
