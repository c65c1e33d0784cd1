"""The heads of our mails: Message-IDs that we choose and keep, the chain that replies hang on, sender, files.

List-Id stands on automatic mails alone, so that filters and other desks know them as such; a person's answer must not
look like a list's mail, which careful receivers do not answer.
"""

import re
from collections.abc import Iterator
from email.utils import formataddr, parseaddr
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts.messages.threads import File, Thread
from frontdesk.accounts.models import Message as AccountMessage
from frontdesk.support.texts import language_for
from frontdesk.support.tickets import links
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.models import Attachment, Conversation, IncomingMail, Message, OutgoingMail, Participant

MOST_REFERENCES = 20  # the first, which began the thread, and the newest
MAX_ATTACHED = 8_000_000  # bytes of files in one mail; the rest is read on the page
AN_ID = re.compile(r"<[!-;=?-~]{3,240}>")  # printable ASCII without spaces and brackets within
ANSWERS_ITSELF = ("tickets/receipt", "tickets/automatic")
QUESTIONS = ("tickets/survey", "tickets/follow_up")


class Sent(NamedTuple):
    """A mail as it is entered before it is sent."""

    mail: OutgoingMail
    is_new: bool


def enter(message: Message, address: str) -> Sent:
    """The one mail of this message to this address, with its Message-ID."""
    domain = (addresses.support_address() or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]).partition("@")[2]
    made = {"internet_id": f"<{uuid4().hex}@{domain or 'localhost'}>"}
    return Sent(*OutgoingMail.objects.get_or_create(message=message, address=address, defaults=made))


def thread_of(account_message: AccountMessage) -> Thread | None:
    """What the head of a conversation's mail says; None for a mail that is no part of one."""
    rows = OutgoingMail.objects.select_related("message__conversation")
    mail = rows.filter(account_message=account_message.pk).first()
    if mail is None:
        return None
    conversation, template = mail.message.conversation, account_message.template
    is_human = template == "tickets/answer" and mail.message.kind == Message.Kind.AGENT
    return Thread(
        message_id=mail.internet_id,
        references=references(mail),
        sender=_sender(mail.message if is_human else None, conversation),
        reply_to=addresses.reply_address(conversation.reply_token),
        auto_submitted=_auto_submitted(template, mail.message),
        headers={} if _says_itself(mail.message, template) else _headers(mail, template),
        files=list(_files(mail.message)) if template in {"tickets/answer", "tickets/automatic"} else [],
    )


def _says_itself(message: Message, template: str) -> bool:
    """Whether a person's own words are in the mail: an agent's answer, or what a customer wrote on the page."""
    return template == "tickets/answer" and message.kind in {Message.Kind.AGENT, Message.Kind.CUSTOMER}


def _auto_submitted(template: str, message: Message) -> str:
    if _says_itself(message, template):
        return ""
    return "auto-replied" if template in ANSWERS_ITSELF else "auto-generated"


def _sender(message: Message | None, conversation: Conversation) -> str:
    """ "Kim at Halcyon", by the address that answers come to; the vendor alone for what is automatic."""
    vendor = str(settings.FRONTDESK_BRAND["name"])
    name = vendor
    if message is not None and message.author_name:
        language = (conversation.person.language if conversation.person else "") or conversation.language
        with translation.override(language_for(language)):
            name = _("%(agent)s at %(vendor)s") % {"agent": message.author_name, "vendor": vendor}
    address = addresses.support_address() or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((_one_line(name), address))


def _one_line(text: str) -> str:
    """A name without anything that could begin another header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _headers(mail: OutgoingMail, template: str) -> dict[str, str]:
    vendor, support = _one_line(str(settings.FRONTDESK_BRAND["name"])), addresses.support_address()
    headers = {"X-Auto-Response-Suppress": "All"}
    if support:
        plain = re.sub(r"[^\w .-]", "", vendor, flags=re.ASCII).strip()
        headers["List-Id"] = f"{plain} <{support.replace('@', '.')}>".strip()
    if template in QUESTIONS:
        conversation = mail.message.conversation_id  # they go to nobody else
        participant = Participant.objects.filter(conversation=conversation, role=Participant.Role.REQUESTER).first()
        if participant:
            headers["List-Unsubscribe"] = f"<{links.to_quiet(participant)}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def references(mail: OutgoingMail) -> list[str]:
    """The mails before this one that its recipient has, oldest first: theirs to us, and ours to them."""
    message = mail.message
    family = list(_family(message.conversation_id))
    before = Q(message__conversation__in=family) & Q(message__created_at__lte=message.created_at)
    came = IncomingMail.objects.filter(before | Q(message=message)).exclude(internet_id="")
    went = OutgoingMail.objects.filter(before, address=mail.address).exclude(pk=mail.pk)
    # A mail that answers a message (its receipt) stands right behind it.
    dated = [(at, 0, number, one) for at, number, one in came.values_list(*ORDER)]
    dated += [(at, 1, number, one) for at, number, one in went.values_list(*ORDER)]
    chain = list(dict.fromkeys(found for *_, one in sorted(dated) if (found := _id(one)) and found != mail.internet_id))
    return chain if len(chain) <= MOST_REFERENCES else [chain[0], *chain[1 - MOST_REFERENCES :]]


ORDER = ("message__created_at", "message__sequence", "internet_id")


def _family(conversation: UUID) -> Iterator[UUID]:
    """The conversation and all that were merged into it."""
    waiting = [conversation]
    while waiting:
        yield (each := waiting.pop())
        waiting += Conversation.objects.filter(merged_into=each).values_list("pk", flat=True)


def _id(text: str) -> str:
    """A Message-ID as a header may carry it; "" for one that could break it: ids of others are only what they sent."""
    bracketed = f"<{text.strip().strip('<>')}>"
    return bracketed if AN_ID.fullmatch(bracketed) else ""


def attached(message: Message) -> tuple[list[Attachment], list[Attachment]]:
    """The files of a message that fit into a mail, and those that are read on the page."""
    fit: list[Attachment] = []
    rest: list[Attachment] = []
    room = MAX_ATTACHED
    for each in message.attachments.exclude(file="").order_by("created_at", "name"):
        (fit if each.size <= room else rest).append(each)
        room -= each.size if each.size <= room else 0
    return fit, rest


def _files(message: Message) -> Iterator[File]:
    for each in attached(message)[0]:
        try:
            with default_storage.open(each.file) as opened:
                data = opened.read()
        except FileNotFoundError:
            continue  # erased meanwhile
        is_mail = each.content_type.startswith(("message/", "multipart/"))
        yield File(each.name, "application/octet-stream" if is_mail else each.content_type, data)
