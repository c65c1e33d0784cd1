"""The heads of the community's mails: a thread a topic, a list that one leaves with one click."""

import base64
import os
import re
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts.messages.threads import Thread
from frontdesk.accounts.models import Message
from frontdesk.support.forum.models import NewsMail, Subscription
from frontdesk.support.forum.notifying import links
from frontdesk.support.tickets.mail import addresses

EARLIER = 10  # mails about the topic that a new one refers to, beside its root


def new_id() -> str:
    """A fresh Message-ID, which nobody guesses."""
    return f"<{uuid4().hex}@{_domain()}>"


def new_token() -> str:
    """A fresh reply token: 128 random bits, as those of conversations are."""
    return base64.b32encode(os.urandom(16)).decode().rstrip("=").lower()


def root_id(topic: UUID) -> str:
    """What all mails about a topic hang on, whether or not its first post was mailed to somebody."""
    return f"<community.{topic.hex}@{_domain()}>"


def _domain() -> str:
    address = addresses.support_address() or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.partition("@")[2] or "localhost"


def thread_of(message: Message) -> Thread | None:
    """What the head of one of the community's mails says; None for one that was forgotten."""
    mail = NewsMail.objects.select_related("member__person").filter(account_message=message.pk).first()
    if mail is None:
        return None
    return Thread(
        message_id=mail.internet_id,
        references=_references(mail),
        sender=_sender(mail),
        reply_to=_reply_to(mail),
        auto_submitted="auto-generated",
        headers=_headers(mail),
    )


def _references(mail: NewsMail) -> list[str]:
    if mail.topic_id is None:
        return []
    before = NewsMail.objects.filter(member=mail.member_id, topic=mail.topic_id, sent_at__lt=mail.sent_at)
    earlier = list(before.order_by("-sent_at").values_list("internet_id", flat=True)[:EARLIER])
    return [root_id(mail.topic_id), *reversed(earlier)]


def _sender(mail: NewsMail) -> str:
    """ "Kim (Halcyon community)" where one member wrote all of it, else the community."""
    names = set(mail.news.values_list("post__author__name", flat=True)) if mail.topic_id else set()
    person = mail.member.person
    with translation.override((person.language if person else "") or None):
        name = community()
        if len(names) == 1 and (author := names.pop()):
            name = _("%(member)s (%(community)s)") % {"member": author, "community": name}
    address = addresses.support_address() or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((one_line(name), address))


def _reply_to(mail: NewsMail) -> str:
    rows = Subscription.objects.filter(member=mail.member_id, topic=mail.topic_id, topic__isnull=False)
    token = rows.values_list("reply_token", flat=True).first()
    return addresses.reply_address(token) if token else ""


def community() -> str:
    """What the community is called."""
    return _("%(vendor)s community") % {"vendor": settings.FRONTDESK_BRAND["name"]}


def one_line(text: str) -> str:
    """A name without anything that could begin another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _headers(mail: NewsMail) -> dict[str, str]:
    vendor = re.sub(r"[^\w .-]", "", one_line(str(settings.FRONTDESK_BRAND["name"])), flags=re.ASCII).strip()
    host = urlsplit(settings.FRONTDESK_URL).hostname or "localhost"
    return {
        "List-Id": f"{vendor} community <community.{host}>".strip(),
        "List-Unsubscribe": f"<{links.to_quiet(mail.pk)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "list",
        "X-Auto-Response-Suppress": "All",
    }
