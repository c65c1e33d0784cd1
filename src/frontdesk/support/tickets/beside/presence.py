"""Who looks at a conversation, and who answers it: short leases in real time, which an open page prolongs."""

from datetime import timedelta

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Presence

LASTS = timedelta(seconds=30)


def stay(person: Person, conversation: Conversation, *, answering: bool) -> None:
    """The person is here (or still is)."""
    lease = Presence(conversation=conversation, person=person, is_answering=answering, until=clock.real_now() + LASTS)
    Presence.objects.bulk_create(
        [lease],
        update_conflicts=True,
        unique_fields=["conversation", "person"],
        update_fields=["is_answering", "until"],
    )


def others(person: Person, conversation: Conversation) -> list[Presence]:
    """Who else is here now, those who answer first."""
    rows = Presence.objects.filter(conversation=conversation, until__gt=clock.real_now()).exclude(person=person)
    return list(rows.select_related("person").order_by("-is_answering", "person__name", "person__email"))


def leave(person: Person, conversation: Conversation) -> None:
    """The person has gone on, or sent what they wrote."""
    Presence.objects.filter(conversation=conversation, person=person).delete()


def forget_past() -> int:
    """Delete leases that ended; returns how many. The worker's sweep."""
    return Presence.objects.filter(until__lt=clock.real_now() - LASTS).delete()[0]
