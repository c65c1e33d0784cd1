"""Erasing somebody: their conversations stay as rows that reports count, with nobody's words in them.

In a conversation of their own everything goes that was said by them or to them: text, files, the mails as they came.
Where they took part in somebody else's, their own words go, and their names are blackened in what others said; what
agents said to the others stays. An agent who left loses the name, the answers stay. Guests are known by address alone.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from frontdesk.accounts.events import PersonLeaves
from frontdesk.accounts.models import Message as Letter
from frontdesk.accounts.models import Person
from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core import blackening, clock
from frontdesk.core.personal import Traces
from frontdesk.support.tickets.mail.incoming import forgetting
from frontdesk.support.tickets.mail.outgoing import carrying
from frontdesk.support.tickets.models import (
    Agent,
    Attachment,
    BlockedSender,
    Conversation,
    Draft,
    IncomingMail,
    Mention,
    Message,
    OutgoingMail,
    Participant,
    PendingContact,
    Presence,
    QuietAddress,
    RawMail,
    Reminder,
    RuleRun,
    SavedView,
    StateChange,
    Survey,
)
from frontdesk.support.tickets.phrases import GONE

COVERS = tuple(
    f"tickets.{name}"
    for name in (
        "Conversation", "ConversationSearch", "Participant", "Message", "Attachment", "PendingContact", "StateChange",
        "IncomingMail", "RawMail", "OutgoingMail", "BlockedSender", "Survey", "QuietAddress", "RuleRun", "Draft",
        "Presence", "Mention", "Reminder", "SavedView", "Agent",
    )
)  # fmt: skip
SOMEBODY = GONE  # stands where a name or an address was
KEPT_OF_EVENTS = ("what", "reference", "count", "score", "target")


def lock(event: PersonLeaves) -> None:
    """Take the rows that the erasure will change, in the order of their ids."""
    person = Person.objects.filter(pk=event.person).first()
    if person:
        rows = Conversation.objects.filter(_own(traces_of(person)) | _shared(traces_of(person)))
        keys = sorted(set(rows.values_list("pk", flat=True)))
        list(Conversation.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))


def erase(traces: Traces) -> None:
    """One person's part of conversations."""
    own = list(Conversation.objects.filter(_own(traces)).order_by("pk").distinct())
    others = Conversation.objects.filter(_shared(traces)).exclude(pk__in=[each.pk for each in own])
    for conversation in own:
        _empty(conversation, traces)
    for conversation in others.order_by("pk").distinct():
        _leave(conversation, traces)
    _forget_what_waits(traces)
    _forget_the_agent(traces)


def _own(traces: Traces) -> Q:
    asked = Q(participants__role=Participant.Role.REQUESTER, participants__address__in=traces.addresses)
    return Q(person=traces.person) | asked


def _shared(traces: Traces) -> Q:
    taking_part = Q(participants__person=traces.person) | Q(participants__address__in=traces.addresses)
    wrote = Q(messages__kind=Message.Kind.CUSTOMER, messages__author=traces.person)
    return taking_part | wrote | Q(messages__author_address__in=traces.addresses)


def _theirs(traces: Traces) -> Q:
    """Messages that the person wrote as a customer."""
    sides = Q(kind__in=[Message.Kind.CUSTOMER, Message.Kind.AUTOMATIC, Message.Kind.EVENT])
    return Q(author_address__in=traces.addresses) | (sides & Q(author=traces.person))


def _empty(conversation: Conversation, traces: Traces) -> None:
    """A conversation of the person's own."""
    by_others = Q(kind=Message.Kind.CUSTOMER) & ~_theirs(traces)
    said = conversation.messages.all()
    foreign = list(said.filter(by_others).exclude(author=None, author_address="").values_list("pk", flat=True))
    _blacken_letters(conversation, traces, quoting_them=True)
    _redact(said.exclude(pk__in=foreign), traces)
    _blacken(said.filter(pk__in=foreign), traces)
    forgetting.erase(IncomingMail.objects.filter(Q(conversation=conversation) | Q(message__conversation=conversation)))
    OutgoingMail.objects.filter(message__conversation=conversation).delete()
    _take_out(conversation, traces)
    Draft.objects.filter(conversation=conversation).delete()
    Reminder.objects.filter(conversation=conversation).update(words="")
    Survey.objects.filter(conversation=conversation).update(words="")
    RuleRun.objects.filter(conversation=conversation).update(did=[], error="")
    Conversation.objects.filter(pk=conversation.pk).update(
        person=None, subject="", license=None, activation=None, tags=[]
    )


def _leave(conversation: Conversation, traces: Traces) -> None:
    """Somebody else's conversation, in which the person took part."""
    said = conversation.messages.all()
    theirs = said.filter(_theirs(traces))
    mails = IncomingMail.objects.filter(Q(conversation=conversation) | Q(message__conversation=conversation))
    RawMail.objects.filter(mail__in=mails).delete()  # others' mails quote and address them
    forgetting.erase(mails.filter(Q(message__in=theirs) | Q(from_address__in=traces.addresses)))
    mails.update(subject="", envelope_to="")
    OutgoingMail.objects.filter(message__conversation=conversation, address__in=traces.addresses).delete()
    _blacken_letters(conversation, traces, quoting_them=False)
    written = list(theirs.values_list("pk", flat=True))
    _redact(said.filter(pk__in=written), traces)
    _blacken(said.exclude(pk__in=written), traces)
    _take_out(conversation, traces)
    text = _pattern(traces).sub(SOMEBODY, conversation.subject)
    if text != conversation.subject:
        Conversation.objects.filter(pk=conversation.pk).update(subject=text[:200])


def _take_out(conversation: Conversation, traces: Traces) -> None:
    mine = Q(person=traces.person) | Q(address__in=traces.addresses)
    conversation.participants.filter(mine).delete()


def _redact(messages: QuerySet[Message], traces: Traces) -> None:
    """Words and files go; that something was said, when, and by which agent stays."""
    _forget_files(Attachment.objects.filter(message__in=messages))
    agents = (Message.Kind.AGENT, Message.Kind.NOTE, Message.Kind.EVENT)
    for message in messages.select_for_update(of=("self",)):
        kept = {name: message.data[name] for name in KEPT_OF_EVENTS if name in message.data}
        message.text = message.html = message.quoted = message.author_address = ""
        message.data, message.redacted_at = kept, message.redacted_at or clock.now()
        if message.author_id == traces.person or message.kind not in agents:
            message.author, message.author_name = None, ""
        message.save(
            update_fields=["text", "html", "quoted", "data", "redacted_at", "author", "author_name", "author_address"]
        )


def _forget_files(rows: QuerySet[Attachment]) -> None:
    """Files first, as every eraser does: a failure later brings the rows back, and the next try finds them again."""
    held = list(rows.select_for_update(of=("self",)).order_by("pk"))
    elsewhere = Attachment.objects.exclude(pk__in=[row.pk for row in held])
    for name in {row.file for row in held if row.file}:
        if not elsewhere.filter(file=name).exists():  # a merged message's copy shares it
            default_storage.delete(name)
    Attachment.objects.filter(pk__in=[row.pk for row in held]).delete()


def _blacken(messages: QuerySet[Message], traces: Traces) -> None:
    """Take the person's names and addresses out of what others said."""
    pattern = _pattern(traces)
    for message in messages.select_for_update(of=("self",)):
        told = {name: pattern.sub(SOMEBODY, getattr(message, name)) for name in ("text", "quoted")}
        told["html"] = _cleaned_html(message.html, traces)
        data = _cleaned(message.data, pattern)
        if data != message.data or any(getattr(message, name) != text for name, text in told.items()):
            Message.objects.filter(pk=message.pk).update(data=data, **told)


def _cleaned(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(SOMEBODY, value)
    if isinstance(value, list):
        return [_cleaned(each, pattern) for each in value]
    if isinstance(value, dict):
        return {name: _cleaned(each, pattern) for name, each in value.items()}
    return value


def _cleaned_html(html: str, traces: Traces) -> str:
    """Names go from what it says, addresses from where it leads as well; nothing of how it is built."""
    names, addresses = _pattern(traces), _any_of(traces.addresses)
    return blackening.in_html(
        html,
        words=lambda text: names.sub(SOMEBODY, text),
        addresses=lambda link: addresses.sub(SOMEBODY, link),
    )


def _pattern(traces: Traces) -> re.Pattern[str]:
    return _any_of(traces.names | traces.addresses)


def _any_of(every: Iterable[str]) -> re.Pattern[str]:
    words = sorted(every, key=len, reverse=True)
    if not words:
        return re.compile(r"(?!)")  # matches nothing
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)


def _blacken_letters(conversation: Conversation, traces: Traces, *, quoting_them: bool) -> None:
    """Our mails to others who took part: those that carry or quote the person's words lose theirs, all lose the names.

    `quoting_them`: all of them do, since the conversation is the person's.
    """
    pattern = _pattern(traces)
    rows = OutgoingMail.objects.filter(message__conversation=conversation).exclude(address__in=traces.addresses)
    for row in rows.select_related("message"):
        letter = Letter.objects.filter(pk=row.account_message).first() if row.account_message else None
        if letter is None:
            continue
        whole = quoting_them or carrying.carried(row, letter).filter(_theirs(traces)).exists()
        for name in ("subject", "text", "html"):
            text = getattr(letter, name)
            blackened = _cleaned_html(text, traces) if name == "html" else pattern.sub(SOMEBODY, text)
            setattr(letter, name, SOMEBODY if whole and text else blackened)
        letter.save(update_fields=["subject", "text", "html"])


def _forget_what_waits(traces: Traces) -> None:
    """What never became part of a conversation: uploads, requests of a guest, mails in review, blocks, wishes."""
    every = traces.addresses
    pending = PendingContact.objects.filter(address__in=every)
    keys = [key for key in pending.values_list("upload_key", flat=True) if key]
    _forget_files(Attachment.objects.filter(Q(uploaded_by=traces.person, message=None) | Q(upload_key__in=keys)))
    Attachment.objects.filter(uploaded_by=traces.person).update(uploaded_by=None)
    pending.delete()
    forgetting.erase(IncomingMail.objects.filter(_any_case("from_address", every) | _any_case("envelope_from", every)))
    OutgoingMail.objects.filter(address__in=every).delete()
    BlockedSender.objects.filter(pattern__in=every).delete()
    QuietAddress.objects.filter(address__in=every).delete()


def _any_case(name: str, words: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for word in words:
        found |= Q(**{f"{name}__iexact": word})
    return found


def _forget_the_agent(traces: Traces) -> None:
    """Who was on the staff once: the answers stay, without the name."""
    person = str(traces.person)
    Message.objects.filter(author=traces.person).update(author=None, author_name="")
    for event in Message.objects.filter(kind=Message.Kind.EVENT, data__person=person):
        event.data = {**event.data, "person": "", "to": SOMEBODY}
        event.save(update_fields=["data"])
    StateChange.objects.filter(actor=traces.person).update(actor=None)
    Survey.objects.filter(agent=traces.person).update(agent=None)
    BlockedSender.objects.filter(created_by=traces.person).update(created_by=None)
    for model in (Draft, Presence, Mention, Reminder, SavedView, Agent):
        model.objects.filter(person=traces.person).delete()
