"""Mails that wait for review count like any that waits: managers hear of it before a customer gives up."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message as Letter
from frontdesk.core import clock
from frontdesk.support.tickets.mail.incoming import reviewing
from frontdesk.support.tickets.models import IncomingMail, ServiceLevel
from frontdesk.support.tickets.sla.escalating import managers_of
from frontdesk.support.tickets.sla.hours import MINUTE, add_time
from frontdesk.support.tickets.sla.loading import load_book

TEMPLATE = "tickets/mail_waiting"


@transaction.atomic
def tell_managers() -> int:
    """Where the mail that waits longest has waited for longer than everybody is promised a first response, the managers
    get a mail: once, and again only when it was seen to and another became as old. Returns how many were told."""
    oldest = IncomingMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        pk__in=reviewing.waiting().values("pk")[:1]
    )
    mail, now = oldest.first(), clock.now()
    due_at = _due_at(mail.received_at) if mail else None
    if mail is None or due_at is None or due_at > now:
        return 0
    managers = managers_of(None)
    if Letter.objects.filter(person__in=managers, template=TEMPLATE, created_at__gte=due_at).exists():
        return 0
    context = {
        "number": reviewing.waiting().count(),
        "since": mail.received_at,
        "action_url": f"{settings.FRONTDESK_URL}/desk/mail/",
    }
    for manager in managers:
        send_mail(to=manager, template=TEMPLATE, context=context)
    return len(managers)


def _due_at(received_at: datetime) -> datetime | None:
    """By when somebody without a plan is promised a first response; None where nothing is promised."""
    level = ServiceLevel.objects.filter(is_default=True).first()
    book = load_book()
    promise = book.promise(str(level.pk), received_at) if level else None
    if promise is None or promise.first is None:
        return None
    return add_time(received_at, promise.first * MINUTE, book.hours(promise))
