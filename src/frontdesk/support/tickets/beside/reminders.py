"""An agent wants to look at a conversation again."""

from datetime import datetime

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.models import Conversation, Reminder


@transaction.atomic
def remind(*, person: Person, conversation: Conversation, at: datetime, words: str = "") -> Reminder:
    """Put the conversation (or where it was merged into) among the person's reminders from `at` on; a newer wish
    replaces the one before."""
    current = adding.lock(conversation)
    Reminder.objects.filter(person=person, conversation=current, done_at=None).delete()
    return Reminder.objects.create(person=person, conversation=current, due_at=at, words=words[:200])


def done(*, person: Person, conversation: Conversation) -> bool:
    """It was looked at; False when there was nothing to be reminded of."""
    rows = Reminder.objects.filter(person=person, conversation=conversation, done_at=None)
    return bool(rows.update(done_at=clock.now()))


def open_reminder(person: Person, conversation: Conversation) -> Reminder | None:
    """What the person wanted to be reminded of here, be it due or not."""
    return Reminder.objects.filter(person=person, conversation=conversation, done_at=None).first()


def bring_along(*, source: Conversation, target: Conversation) -> None:
    """A merged conversation has no page any more: what somebody wanted to be reminded of is the other from now on."""
    Reminder.objects.filter(conversation=source, done_at=None).update(conversation=target)
