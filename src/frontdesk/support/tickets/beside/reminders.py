"""An agent wants to look at a conversation again."""

from datetime import datetime

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.models import Conversation, Reminder


@transaction.atomic
def remind(*, person: Person, conversation: Conversation, at: datetime, words: str = "") -> Reminder:
    """Put the conversation among the person's reminders from `at` on; a newer wish replaces the one before."""
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    Reminder.objects.filter(person=person, conversation=conversation, done_at=None).delete()
    return Reminder.objects.create(person=person, conversation=conversation, due_at=at, words=words[:200])


def done(*, person: Person, conversation: Conversation) -> bool:
    """It was looked at; False when there was nothing to be reminded of."""
    rows = Reminder.objects.filter(person=person, conversation=conversation, done_at=None)
    return bool(rows.update(done_at=clock.now()))


def open_reminder(person: Person, conversation: Conversation) -> Reminder | None:
    """What the person wanted to be reminded of here, be it due or not."""
    return Reminder.objects.filter(person=person, conversation=conversation, done_at=None).first()
