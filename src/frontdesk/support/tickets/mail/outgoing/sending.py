"""Mailing what was said, in the transaction in which it was said. The head is made when the worker sends it."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import structlog
from allauth.account.models import EmailAddress
from django.utils import translation

from frontdesk.accounts.messages import sending
from frontdesk.core import throttle
from frontdesk.core.errors import TooManyAttempts
from frontdesk.core.throttle import Limit
from frontdesk.support.texts import language_for
from frontdesk.support.tickets import links
from frontdesk.support.tickets.mail import addresses, divider
from frontdesk.support.tickets.mail.outgoing import quoting, refusing, threading
from frontdesk.support.tickets.models import Agent, Channel, Conversation, Message, Participant
from frontdesk.support.tickets.sla import keeping

RECEIPTS = Limit("tickets_receipt", count=3, seconds=86_400)
PASSED_ON = Limit("tickets_passed_on", count=20, seconds=3_600)  # one writer's mails in one conversation

log = structlog.get_logger(__name__)


def pass_on(message: Message, reached: Collection[str]) -> None:
    """Mail what came in by mail to the others who take part, but for those whom its own To and Cc have `reached`: our
    mails go to each alone, so "reply to all" reaches nobody but us.

    At most twenty an hour of one writer: two programs that answer each other through us end there.
    """
    others = [each for each in _by_mail(message) if each.address not in {one.lower() for one in reached}]
    if not others:
        return
    try:
        throttle.reserve(PASSED_ON, f"{message.conversation_id} {message.author_address}")
    except TooManyAttempts:
        log.warning("mail_not_passed_on", conversation=str(message.conversation_id))
        return
    _send_to(message, others)


def send_message(message: Message) -> None:
    """Mail a public message to every participant but its writer: Message-ID of ours, In-Reply-To and References of the
    thread, Reply-To with the token, attachments, Auto-Submitted for automatic ones. Once for each address."""
    _send_to(message, _by_mail(message))


def _by_mail(message: Message) -> list[Participant]:
    """Who gets a mail of it now. Of what is said in a chat nobody does: it is mailed together, later (`transcripts`);
    while one is on, its customer reads on the page what comes otherwise, and the others do not."""
    if not message.conversation.in_chat:
        return recipients(message)
    if message.channel == Channel.CHAT:
        return []
    return [each for each in recipients(message) if each.role != Participant.Role.REQUESTER]


def _send_to(message: Message, participants: Collection[Participant]) -> None:
    context = _around(message)
    for participant in participants:
        send(message, participant, _template(message), context | _refused(message, participant))


def send_answer(message: Message, participant: Participant, context: dict[str, Any], *, secret: str) -> None:
    """Mail an answer to one of its recipients before the others, with more in it (`context`, whose links carry
    `secret`); `send_message` then leaves them out."""
    send(
        message,
        participant,
        _template(message),
        _around(message) | _refused(message, participant) | context,
        secret=secret,
    )


def can_ask(message: Message, participant: Participant) -> bool:
    """Whether the mail of an answer has room for links with a secret of their own: not where it needs the guest's link
    to the conversation, of which one secret is all that a mail can carry."""
    needs_page = bool(threading.attached(message)[1]) or not addresses.support_address()
    return participant in recipients(message) and not (needs_page and links.is_secret(participant))


def _template(message: Message) -> str:
    return "automatic" if message.kind == Message.Kind.AUTOMATIC else "answer"


def _around(message: Message) -> dict[str, Any]:
    """What stands around the words of a message in its mail."""
    signature = "" if message.kind == Message.Kind.AUTOMATIC else _signature(message)
    left_out = threading.attached(message)[1]
    return {"signature": signature, "quoted": quoting.before(message), "left_out": left_out}


def _refused(message: Message, to: Participant) -> dict[str, Any]:
    """What could not be taken of the reader's own files."""
    return {"refused": refusing.untold(message, to) if message.kind in refusing.OURS else ()}


def recipients(message: Message) -> list[Participant]:
    """Who gets a mail of this message: all who take part but its writer."""
    return [each for each in everybody(message.conversation) if each.address != message.author_address]


def everybody(conversation: Conversation) -> list[Participant]:
    """All who take part, but for addresses of ours."""
    return [each for each in conversation.participants.order_by("role", "pk") if not addresses.is_ours(each.address)]


def _signature(message: Message) -> str:
    found = Agent.objects.filter(person=message.author_id).values_list("signature", flat=True).first()
    return found or ""


def send_receipt(conversation: Conversation, message: Message) -> None:
    """Tell the requester that it arrived: the reference, what they wrote, by when we answer; Auto-Submitted.

    Not for what came in automatically, and at most three a day to one address (a loop ends there).
    """
    requester = conversation.participants.filter(role=Participant.Role.REQUESTER).first()
    if requester is None or message.kind != Message.Kind.CUSTOMER or addresses.is_ours(requester.address):
        return
    try:
        throttle.reserve(RECEIPTS, requester.address)
    except TooManyAttempts:
        return
    context = {
        "answer_by": keeping.still_promised(conversation),
        "quoted": quoting.of(message),
        "refused": refusing.of(message) if message.channel == Channel.MAIL else (),
    }
    send(message, requester, "receipt", context)


def send(
    message: Message, participant: Participant, name: str, context: Mapping[str, Any], *, secret: str = ""
) -> None:
    """One mail of a conversation to one who takes part, in their language where it is one
    of ours; a second one about the same is not sent.

    `secret` is what the links of `context` carry. There is a link to the conversation, too, unless that is a secret one
    (of whoever has no account) beside another secret.
    """
    address = _reached_at(participant)
    entered = threading.enter(message, address)
    if not entered.is_new:
        return
    conversation, person = message.conversation, participant.person
    page = None if secret and links.is_secret(participant) else links.to_conversation(participant)
    with translation.override(language_for(conversation.language)):
        kept = sending.send_mail(
            to=person or address,
            address=address,
            template=f"tickets/{name}",
            context={
                "conversation": conversation,
                "reference": conversation.reference,  # the only number that people need, and the one that is looked for
                "bare_subject": bare(conversation.subject),
                "message": message,
                "page": page.url if page else "",
                "quiet": links.to_quiet(participant) if secret else "",
                "divider": divider.line,
                "takes_replies": bool(addresses.support_address()),
                **context,
            },
            secret=secret or (page.secret if page else ""),
        )
    entered.mail.account_message = kept.pk
    entered.mail.save(update_fields=["account_message"])


def _reached_at(participant: Participant) -> str:
    """The address they wrote from, unless it is none of their account's any more: who gave a mailbox up, or lost it,
    must not be answered there."""
    person = participant.person
    if person is None or participant.address == person.email:
        return participant.address
    owned = EmailAddress.objects.filter(user=person, email__iexact=participant.address, verified=True)
    return participant.address if owned.exists() else person.email


def bare(subject: str) -> str:
    """A subject without the prefixes of answers, which would pile up."""
    return re.sub(r"^(?:\s*(?:re|aw|antw|sv|vs|odp|ynt|res|rif)(?:\[\d+\])?\s*:)+\s*", "", subject, flags=re.IGNORECASE)
