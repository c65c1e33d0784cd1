"""Mails about what is new, as the worker sends them."""

from datetime import timedelta

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from frontdesk.core import outbox
from frontdesk.support.forum.models import News, NewsMail
from frontdesk.support.forum.notifying import mailing


def mails() -> list[EmailMultiAlternatives]:
    """Everything that is due is told, mailed and delivered; what came of it."""
    before = len(mail.outbox)
    outbox.deliver_due()
    mailing.send_due()
    outbox.deliver_due()
    return [each for each in mail.outbox[before:] if isinstance(each, EmailMultiAlternatives)]


def later(by: timedelta = timedelta(minutes=6)) -> None:
    """As if so much time had passed since the last mails."""
    for row in NewsMail.objects.all():
        NewsMail.objects.filter(pk=row.pk).update(sent_at=row.sent_at - by)
    for piece in News.objects.filter(mail_at__isnull=False):
        News.objects.filter(pk=piece.pk).update(mail_at=piece.mail_at and piece.mail_at - by)
