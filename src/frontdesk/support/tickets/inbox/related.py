"""Other conversations of the same customer."""

from django.db.models import Q, QuerySet

from frontdesk.support.tickets.models import Conversation, Participant


def of_same_customer(conversation: Conversation) -> QuerySet[Conversation]:
    """Those of the account, and of the address that the conversation was begun from; neither spam nor merged ones."""
    requester = Participant.objects.filter(conversation=conversation, role=Participant.Role.REQUESTER)
    addresses = requester.values("address")
    same = Participant.objects.filter(role=Participant.Role.REQUESTER, address__in=addresses).values("conversation")
    whose = Q(pk__in=same)
    if conversation.person_id:
        whose |= Q(person=conversation.person_id)
    rows = Conversation.objects.filter(whose).exclude(pk=conversation.pk)
    return rows.exclude(status__in=(Conversation.Status.SPAM, Conversation.Status.MERGED))
