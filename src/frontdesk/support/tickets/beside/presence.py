"""Who looks at a conversation, and who answers it: short leases in real time, which an open page prolongs."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.conversations import waking
from frontdesk.support.tickets.models import Conversation, Presence

LASTS = timedelta(seconds=45)  # an open page prolongs it every twenty seconds


STAY = """
with was as (
  select from tickets_presence
   where conversation_id = %(conversation)s and person_id = %(person)s
     and until > %(now)s and is_answering = %(answering)s
), put as (
  insert into tickets_presence (conversation_id, person_id, is_answering, until)
  values (%(conversation)s, %(person)s, %(answering)s, %(until)s)
  on conflict (conversation_id, person_id) do update set is_answering = excluded.is_answering, until = excluded.until
)
select exists (select from was)
"""


def stay(person: Person, conversation: Conversation, *, answering: bool) -> None:
    """The person is here (or still is). Colleagues hear at once when that, or whether they answer, is new."""
    now = clock.real_now()
    given: dict[str, UUID | bool | datetime] = {
        "conversation": conversation.pk,
        "person": person.pk,
        "answering": answering,
        "now": now,
        "until": now + LASTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(STAY, given)
        (was_here,) = cursor.fetchone()
    if not was_here:
        waking.looked_at(conversation)


def others(person: Person, conversation: Conversation) -> list[Presence]:
    """Who else is here now, those who answer first."""
    rows = Presence.objects.filter(conversation=conversation, until__gt=clock.real_now()).exclude(person=person)
    return list(rows.select_related("person").order_by("-is_answering", "person__name", "person__email"))


def leave(person: Person, conversation: Conversation) -> None:
    """The person has gone on, or sent what they wrote."""
    if Presence.objects.filter(conversation=conversation, person=person).delete()[0]:
        waking.looked_at(conversation)


def forget_past() -> int:
    """Delete leases that ended; returns how many. The worker's sweep."""
    return Presence.objects.filter(until__lt=clock.real_now() - LASTS).delete()[0]
