"""Handing a mail to the mail server: the outbox's handler for the topic "mail"."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape

from frontdesk.accounts.messages.sending import PLACEHOLDER
from frontdesk.accounts.models import Message
from frontdesk.core import clock
from frontdesk.core.outbox import Delivery


def deliver(delivery: Delivery) -> None:
    """Send one message. Safe to repeat: the Message-ID comes from the outbox row, so that a second copy is known."""
    message = Message.objects.filter(pk=delivery.payload["message"]).first()
    if message is None:
        return  # its person was erased meanwhile
    host = settings.FRONTDESK_URL.split("://")[1].split(":")[0]
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text.replace(PLACEHOLDER, delivery.secret),
        to=[message.address],
        headers={"Auto-Submitted": "auto-generated", "Message-ID": f"<{delivery.key}@{host}>"},
    )
    if message.html:
        mail.attach_alternative(message.html.replace(PLACEHOLDER, str(escape(delivery.secret))), "text/html")
    mail.send()
    Message.objects.filter(pk=message.pk).update(sent_at=clock.now())
