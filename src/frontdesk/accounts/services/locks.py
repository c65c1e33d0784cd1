"""Telling an account's owner of a lock: done by the worker, so that the page takes the same time for every address."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
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
    link = settings.FRONTDESK_URL + reverse("account_reset_password")
    send_mail(to=person, template="accounts/locked", context={"action_url": link})
    audit.record(
        actor=Actor.system("lockout"),
        action="person.locked",
        subject_type="person",
        subject=person.pk,
        person=person.pk,
    )
