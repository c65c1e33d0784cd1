"""Handing a mail to the mail server: the outbox's handler for the topic "mail"."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import escape

from frontdesk.accounts.messages.sending import PLACEHOLDER
from frontdesk.accounts.messages.threads import Thread, thread_of
from frontdesk.accounts.models import Message
from frontdesk.core import clock
from frontdesk.core.outbox import Delivery


def deliver(delivery: Delivery) -> None:
    """Send one message. Safe to repeat: the Message-ID comes from the outbox row or the thread, so that a second copy
    is known."""
    message = Message.objects.filter(pk=delivery.payload["message"]).first()
    if message is None:
        return  # its person was erased meanwhile
    host = settings.FRONTDESK_URL.split("://")[1].split(":")[0]
    thread = thread_of(message) or Thread(f"<{delivery.key}@{host}>", auto_submitted="auto-generated")
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text.replace(PLACEHOLDER, delivery.secret),
        from_email=thread.sender or None,
        to=[message.address],
        reply_to=[thread.reply_to] if thread.reply_to else None,
        headers=_headers(thread),
    )
    if message.html:
        mail.attach_alternative(message.html.replace(PLACEHOLDER, str(escape(delivery.secret))), "text/html")
    for file in thread.files:
        mail.attach(file.name, file.data, file.content_type)
    mail.send()
    Message.objects.filter(pk=message.pk).update(sent_at=clock.now())


def _headers(thread: Thread) -> dict[str, str]:
    headers = {"Message-ID": thread.message_id}
    if thread.references:
        headers["In-Reply-To"] = thread.references[-1]
        headers["References"] = " ".join(thread.references)
    if thread.auto_submitted:
        headers["Auto-Submitted"] = thread.auto_submitted
    return headers | dict(thread.headers)
