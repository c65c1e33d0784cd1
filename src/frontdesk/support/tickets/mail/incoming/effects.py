"""What a verdict leads to: a message, a new conversation, a note that a mail came back."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from secrets import token_urlsafe
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from frontdesk.core.actors import Actor
from frontdesk.support.tickets import attachments, contents, filenames
from frontdesk.support.tickets.attachments import Incoming
from frontdesk.support.tickets.conversations import taking_part
from frontdesk.support.tickets.conversations.adding import Speaker
from frontdesk.support.tickets.conversations.opening import Opening, Requester, open_conversation
from frontdesk.support.tickets.conversations.saying import Words, customer_writes, note_automatic
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import authenticating, destinations, storing
from frontdesk.support.tickets.mail.incoming.judging import Judgement
from frontdesk.support.tickets.mail.incoming.matching import Match
from frontdesk.support.tickets.mail.incoming.reading.shapes import File, Read
from frontdesk.support.tickets.mail.outgoing.bouncing import bounced
from frontdesk.support.tickets.models import (
    Attachment,
    Channel,
    Conversation,
    IncomingMail,
    Message,
    OutgoingMail,
    RawMail,
    Verdict,
)
from frontdesk.support.tickets.rules import running

COPIES = 10
MANY = 20  # recipients from which on it is no conversation
ROBOT = Actor.system("mail")
SAYING = {Verdict.OPENED, Verdict.REPLY}
ELSEWHERE = {Verdict.POSTED, Verdict.REFUSED}


def files_of(read: Read) -> list[Attachment]:
    """Store the files of a mail, of no message yet: done before its transaction, so that this holds no locks. What a
    crash leaves unclaimed is swept within a day."""
    files = [Incoming(each.name, each.data, each.content_type, each.content_id) for each in read.files]
    return attachments.store_all(files, upload_key=f"mail {token_urlsafe(24)}")


def judged_files(read: Read) -> Iterator[tuple[File, str]]:
    """The files of a mail, each with why it would not be taken ("" when it would); nothing is stored."""
    room = attachments.MAX_SUM
    for number, file in enumerate(read.files):
        refused = _refusal(file) or ("too_many" if number >= attachments.MAX_COUNT or len(file.data) > room else "")
        room -= 0 if refused else len(file.data)
        yield file, refused


def _refusal(file: File) -> str:
    if len(file.data) > attachments.MAX_SIZE:
        return "too_large"
    try:
        contents.recognise(file.data, filenames.extension_of(filenames.cleaned(file.name)))
    except contents.Refused as refusal:
        return refusal.why
    return ""


def carry_out(mail: IncomingMail, read: Read, judgement: Judgement, files: Sequence[Attachment]) -> Judgement:
    """Do what the verdict says, in the caller's transaction, and note on the mail what it led to. Returns what it came
    to: who reads a mail elsewhere may have to refuse it after all."""
    if judgement.place is not None and judgement.verdict in ELSEWHERE:
        fate = judgement.place.destination.carry_out(judgement.place, read, mail=mail.pk)
        return replace(judgement, verdict=fate.verdict, detail=fate.detail)
    _carry_out(mail, read, judgement, files)
    return judgement


def _carry_out(mail: IncomingMail, read: Read, judgement: Judgement, files: Sequence[Attachment]) -> None:
    match judgement.verdict:
        case Verdict.OPENED:
            opened(mail, read, files, actor=ROBOT, match=judgement.match)
        case Verdict.REPLY if judgement.match is not None:
            replied(mail, read, files, actor=ROBOT, match=judgement.match)
        case Verdict.BOUNCE:
            _bounced(mail, read)
        case Verdict.AUTO_REPLY if judgement.match is not None and judgement.match.writer is not None:
            _noted(mail, read, judgement.match)
        case Verdict.REVIEW if judgement.match is not None:
            mail.conversation = judgement.match.conversation  # where it may belong
        case Verdict.DUPLICATE if judgement.earlier is not None:
            _doubled(mail, judgement.earlier)
        case _:
            return


def _doubled(mail: IncomingMail, earlier: IncomingMail) -> None:
    """It says what another said; when that one's words were taken out meanwhile, these go with them."""
    mail.conversation = earlier.conversation
    if not RawMail.objects.filter(mail=earlier).exists():
        RawMail.objects.filter(mail=mail).delete()


def opened(
    mail: IncomingMail, read: Read, files: Sequence[Attachment], *, actor: Actor, match: Match | None = None
) -> Conversation:
    """Open a conversation with the mail; `match` is the closed one that it continues."""
    is_proved = mail.authentication == authenticating.PASS
    writer = match.writer if match else None
    opening = Opening(
        requester=Requester(
            address=read.from_address,
            name=read.from_name,
            person=writer.person if writer else None,
            language=read.language,
            is_proved=is_proved,
        ),
        subject=read.subject or _("Without a subject"),
        words=_words(read, files),
        channel=Channel.MAIL,
        copies=_copies(read) if is_proved else (),
        client_id=mail.pk,
        continues=match.conversation if match else None,
        data=_about(mail, read),
        wants_receipt=mail.source != storing.HISTORY,
        at=mail.received_at,
    )
    with _in_silence(mail):
        conversation = open_conversation(actor=actor, opening=opening)
    _led_to(mail, conversation, mail.pk)
    return conversation


def replied(
    mail: IncomingMail, read: Read, files: Sequence[Attachment], *, actor: Actor, match: Match
) -> Conversation:  # fmt: skip
    """Add the mail to its conversation. Whom its sender, if proved, sent it to as well takes part from then on."""
    assert match.writer is not None  # noqa: S101 - judged: strangers' replies wait for review
    with _in_silence(mail):
        message = customer_writes(
            actor=actor,
            conversation=match.conversation,
            writer=match.writer,
            words=_words(read, files),
            channel=Channel.MAIL,
            client_id=mail.pk,
            data=_about(mail, read),
            reached=read.copies if mail.source != storing.HISTORY else None,
            at=mail.received_at,
        )
    if mail.authentication == authenticating.PASS:
        by = Speaker.taking_part(match.writer)
        taking_part.add_copies(actor=actor, conversation=message.conversation, addresses=_copies(read), by=by)
    _led_to(mail, message.conversation, mail.pk)
    return message.conversation


def _in_silence(mail: IncomingMail) -> AbstractContextManager[None]:
    """Old mails, taken from a mailbox later, wake no rules: these might answer them."""
    return running.by_rules() if mail.source == storing.HISTORY else nullcontext()


def _about(mail: IncomingMail, read: Read) -> dict[str, str]:
    """How far its sender was proved, and where they want answers: kept with the message, since copies after a merge or
    split have no mail."""
    asked = read.reply_to if not addresses.is_ours(read.reply_to) else ""
    return {"authentication": mail.authentication} | ({"reply_to": asked[:254]} if asked else {})


def _words(read: Read, files: Sequence[Attachment]) -> Words:
    return Words(text=read.said, html=read.html, quoted=read.quoted, attachments=files)


def _copies(read: Read) -> list[str]:
    """Who else it went to: they get what the requester gets, unless it went to a crowd."""
    others = [each for each in read.copies if not addresses.is_ours(each) and each != read.from_address]
    return others[:COPIES] if len(others) <= MANY else []


def _led_to(mail: IncomingMail, conversation: Conversation, client_id: UUID) -> None:
    mail.conversation = conversation
    mail.message = Message.objects.filter(conversation=conversation, client_id=client_id).first()


def _bounced(mail: IncomingMail, read: Read) -> None:
    """Tell the conversations whose mails came back. Their numbers cannot be guessed, so only ours are believed."""
    destinations.bounced(read.originals[:20])
    named = {each.address: each.why for each in reversed(read.failures) if each.address}
    others = next(iter(read.failures), None)
    for row in _sent(read.originals):
        ours = row.address.lower()
        is_named = ours in named or not named
        why = named.get(ours) or (others.why if others else "")
        address = row.address if is_named or others is None else others.address
        found = bounced(internet_id=row.internet_id, address=address, why=why[:200])
        mail.conversation = found or mail.conversation


def _sent(ids: Sequence[str]) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(internet_id__in=ids[:20]).order_by("pk")


def _noted(mail: IncomingMail, read: Read, match: Match) -> None:
    """An automatic reply stands in its conversation, and wakes nobody."""
    words = Words(text=read.text, quoted=read.quoted)
    note_automatic(conversation=match.conversation, words=words, client_id=mail.pk, writer=match.writer)
    _led_to(mail, match.conversation, mail.pk)
