"""Blacking out a message: somebody sent a card's number, or a stranger's data. That it was said stays."""

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import blackening, clock
from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import drafts
from frontdesk.support.tickets import attachments, drafting
from frontdesk.support.tickets.actors import note
from frontdesk.support.tickets.conversations import adding
from frontdesk.support.tickets.mail.incoming import forgetting
from frontdesk.support.tickets.mail.outgoing import carrying
from frontdesk.support.tickets.models import Attachment, Conversation, IncomingMail, Message, OutgoingMail

BLACK = "█"


@transaction.atomic
def redact(*, actor: Actor, message: Message) -> bool:
    """Take a message's words, files, and the mails it came by; copies after a merge or split, too. What was mailed and
    still lies in accounts is blacked out; what has left cannot be called back. False when it was done already."""
    current = adding.lock(message.conversation)
    alike = Message.objects.filter(client_id=message.client_id, kind=message.kind, redacted_at=None)
    found = list(alike.select_for_update(of=("self",)).order_by("pk"))
    if not found or message.kind == Message.Kind.EVENT:
        return False
    for each in found:
        _black_letters(each)
        drafting.forget_words(each, instead=BLACK)
    keys = [each.pk for each in found]
    attachments.forget(Attachment.objects.filter(message__in=keys))
    _forget_raw(keys)
    Message.objects.filter(pk__in=keys).update(text="", html="", quoted="", redacted_at=clock.now())
    note(actor, "conversation.redacted", current, {"sequence": message.sequence})
    return True


@transaction.atomic
def rename(conversations: QuerySet[Conversation], *, words: Callable[[str], str]) -> None:
    """Put `words` of its subject in the subject's place, in that of every mail to and fro, and in drafts that were made
    of it, which say it as well; mails that came lose the bytes that say it. For whoever takes words out for good, and
    notes it."""
    for each in conversations.select_for_update(of=("self",)).order_by("pk"):
        if (subject := words(each.subject)) != each.subject:
            Conversation.objects.filter(pk=each.pk).update(subject=subject)
        drafts.reword(each.pk, words=words)
        sent = OutgoingMail.objects.filter(message__conversation=each, account_message__isnull=False)
        for letter in Letter.objects.filter(pk__in=list(sent.values_list("account_message", flat=True))):
            told = {name: words(getattr(letter, name)) for name in ("subject", "text")}
            told["html"] = blackening.in_html(letter.html, words=words)
            if any(getattr(letter, name) != text for name, text in told.items()):
                Letter.objects.filter(pk=letter.pk).update(**told)
        for mail in IncomingMail.objects.filter(Q(conversation=each) | Q(message__conversation=each)).distinct():
            forgetting.rename(mail, words)


def _forget_raw(messages: Collection[UUID]) -> None:
    """The mails as they came, and those that said the same by another way."""
    mails = list(IncomingMail.objects.filter(message__in=messages))
    numbers = [each.internet_id for each in mails if each.internet_id]
    alike = Q(sha256__in=[each.sha256 for each in mails]) | Q(internet_id__in=numbers)
    twins = IncomingMail.objects.filter(alike, digest__in=[each.digest for each in mails if each.digest])
    forgetting.forget_words(IncomingMail.objects.filter(Q(pk__in=[each.pk for each in mails]) | Q(pk__in=twins)))


def _black_letters(message: Message) -> None:
    """Our mails that carry the words, or quote them."""
    rows = OutgoingMail.objects.filter(message__conversation=message.conversation_id, account_message__isnull=False)
    later = list(rows.filter(message__sequence__gte=message.sequence).select_related("message"))
    letters = Letter.objects.in_bulk([row.account_message for row in later])
    found = [(row, letters[row.account_message]) for row in later if row.account_message in letters]
    carrying_it = [letter.pk for row, letter in found if carrying.carries(row, letter, message)]
    Letter.objects.filter(pk__in=carrying_it).update(text=BLACK, html="")
