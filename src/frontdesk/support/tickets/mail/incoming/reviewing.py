"""Staff look at what waits: take a mail, post it where it belongs, put it aside, block its sender."""

from django.db import transaction
from django.db.models import Q, QuerySet

from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.errors import MailUnreadable
from frontdesk.support.tickets.mail import blocking
from frontdesk.support.tickets.mail.incoming import authenticating, details, effects, matching, pool
from frontdesk.support.tickets.mail.incoming.matching import Match
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.models import (
    Conversation,
    IncomingMail,
    Participant,
    RawMail,
    Verdict,
)
from frontdesk.support.tickets.selectors import arrived

FAILED = (Verdict.UNREADABLE, Verdict.TIMED_OUT, Verdict.TOO_LARGE)


def waiting() -> QuerySet[IncomingMail]:
    """What somebody should look at, the oldest first: mails in review, and those that are only a subject."""
    wanted = Q(verdict=Verdict.REVIEW) | Q(verdict=Verdict.EMPTY, detail="only_a_subject")
    return IncomingMail.objects.filter(wanted).order_by("received_at")


def failed() -> QuerySet[IncomingMail]:
    """What could not be read, and what was tried in vain and is due again."""
    stuck = Q(verdict="", attempts__gt=1)
    return IncomingMail.objects.filter(Q(verdict__in=FAILED) | stuck).order_by("-received_at")


def namesake(mail: IncomingMail) -> Participant | None:
    """Who takes part under the sender's name, with another address, where the mail may belong. A hint for people, and
    no proof of anything: everybody may write any name."""
    name = mail.from_name.strip()
    if not name or mail.conversation_id is None:
        return None
    rows = Participant.objects.filter(conversation=mail.conversation_id, name__iexact=name)
    return rows.exclude(address__iexact=mail.from_address).order_by("role", "pk").first()


def reread(mail: IncomingMail) -> Read:
    """The mail's content, read anew."""
    raw = RawMail.objects.filter(mail=mail).values_list("raw", flat=True).first()
    if raw is None:
        raise NotFound
    return pool.shared().read(bytes(raw))


def accept(*, actor: Actor, mail: IncomingMail, conversation: Conversation | None = None) -> Conversation:
    """Take a mail: a new conversation, or a reply to one. Returns the conversation.

    A mail that led to something is only told where. Raises MailUnreadable for one that names no sender or says nothing.
    """
    read = reread(mail)
    files = effects.files_of(read)
    with transaction.atomic():
        row = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
        if row.message_id is not None and row.conversation is not None:
            return row.conversation
        if not read.from_address or not (read.text or read.files or read.subject):
            raise MailUnreadable
        if not read.text and not read.files:
            read.text = read.subject
        row.authentication = row.authentication or authenticating.judge(read)
        if conversation is None:
            found = effects.opened(row, read, files, actor=actor)
            row.verdict = Verdict.OPENED
        else:
            conversation = arrived(conversation)
            match = Match(conversation, matching.TOKEN, _participant(conversation, read))
            found = effects.replied(row, read, files, actor=actor, match=match)
            row.verdict = Verdict.REPLY
        _settle(row, "accepted")
        _note(actor, "mail.accepted", row, found)
    return found


def may_post(mail: IncomingMail) -> bool:
    """Whether it may become a post of its sender's, if whoever looks at it finds that it is meant so."""
    return mail.verdict == Verdict.REVIEW and mail.detail == details.FOR_COMMUNITY


def post(*, actor: Actor, mail: IncomingMail) -> IncomingMail:
    """Let a mail that only refers to the community become its sender's post there; what the rules refuse is told to
    them. A mail that led to something stays as it is. Raises NotFound for one that is not for the community, by now."""
    read = reread(mail)
    with transaction.atomic():
        row = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
        if not may_post(row):
            return row
        place = matching.elsewhere(row, read)
        if place is None or place.destination.judge(place, read, row.authentication).detail != details.FOR_COMMUNITY:
            raise NotFound
        fate = place.destination.carry_out(place, read, mail=row.pk)
        row.verdict = fate.verdict
        _settle(row, fate.detail)
        _note(actor, "mail.posted", row, None)
    return row


@transaction.atomic
def dismiss(*, actor: Actor, mail: IncomingMail, block: bool = False) -> None:
    """Put a mail aside; `block` also blocks its sender. Harmless for one that led to something already."""
    row = IncomingMail.objects.select_for_update().get(pk=mail.pk)
    if row.message_id is None:
        row.verdict = Verdict.DISMISSED
        _settle(row, "dismissed")
        _note(actor, "mail.dismissed", row, None)
    if block and row.from_address:
        blocking.block(actor=actor, pattern=row.from_address, reason=actor.reason)


def _participant(conversation: Conversation, read: Read) -> Participant:
    """The sender as they take part; from now on, where they did not."""
    row, _made = Participant.objects.get_or_create(
        conversation=conversation,
        address=read.from_address[:254],
        defaults={"role": Participant.Role.COPY, "name": read.from_name[:100]},
    )
    return row


def _settle(row: IncomingMail, detail: str) -> None:
    row.detail, row.processed_at, row.due_at = detail, clock.now(), None
    row.save()


def _note(actor: Actor, action: str, row: IncomingMail, conversation: Conversation | None) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_type="incoming_mail",
        subject=row.pk,
        data={"conversation": conversation.reference} if conversation else None,
    )
