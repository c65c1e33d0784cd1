"""Telling an account's owner of a lock, and ending one.

Telling is done by the worker, so that the page takes the same time for every address.
"""

from django.db import transaction
from django.utils import translation

from frontdesk.accounts import guard
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.services.notices import was_this_you
from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.core.outbox import Delivery


@transaction.atomic
def deliver(delivery: Delivery) -> None:
    """The outbox's handler: a mail to the owner and a line in their history, or a mail that there is no account."""
    email = delivery.secret
    person = Person.objects.filter(email=email, is_active=True).first()
    if person is None:
        with translation.override(str(delivery.payload.get("language", "")) or None):
            send_mail(to=email, template="accounts/locked_unknown", context={})
        return
    was_this_you(person=person, cause="person.locked", template="accounts/locked")
    audit.record(
        actor=Actor.system("lockout"),
        action="person.locked",
        subject_type="person",
        subject=person.pk,
        person=person.pk,
    )


@transaction.atomic
def unlock(*, actor: Actor, person: Person) -> None:
    """End the pause after wrong attempts, as far as a reset does: guesses at the second factor go on waiting."""
    guard.clear_lock(person)
    audit.record(actor=actor, action="person.unlocked", subject_type="person", subject=person.pk, person=person.pk)
