"""The second step: read, judge, carry out, each mail in a transaction of its own; safe to repeat at any point."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from procrastinate.exceptions import ConnectorException

from frontdesk.core import clock
from frontdesk.support.tickets.attachments import StorageAway
from frontdesk.support.tickets.mail.incoming import details, effects, judging, pool
from frontdesk.support.tickets.mail.incoming.judging import Judgement
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.mail.incoming.reviewing import accept, dismiss
from frontdesk.support.tickets.models import Attachment, IncomingMail, RawMail, Verdict

__all__ = ["accept", "dismiss", "finish_now", "process", "process_due", "run"]

log = structlog.get_logger(__name__)
SHOWN = 50_000  # characters of a text that are kept for the page
PAUSES = [timedelta(seconds=each) for each in (20, 60, 300, 1800, 7200)]  # behind each try; then there is one more


@dataclass(frozen=True)
class Outcome:
    """A mail with its verdict, and what was read (None where another had processed it before)."""

    mail: IncomingMail
    read: Read | None = None
    files: Sequence[Attachment] = field(default=())


def process(mail_id: UUID) -> IncomingMail:
    """Give one mail its verdict. Whatever its content, this ends with one; a crash leaves it due again."""
    return run(mail_id).mail


def run(mail_id: UUID, *, read: Read | None = None) -> Outcome:
    """The same, with what was read; `read` when the caller has done that already."""
    with transaction.atomic():
        mail = IncomingMail.objects.select_for_update().get(pk=mail_id)
        if not mail.verdict:
            mail = _begin(mail)
    return Outcome(mail, read) if mail.verdict else _work(mail, read)


def _work(mail: IncomingMail, read: Read | None = None) -> Outcome:
    try:
        read = read or pool.shared().read(_raw(mail.pk))
        return _finish(mail.pk, read)
    except Exception as error:  # noqa: BLE001 - whatever happens, the mail is kept, tried again, and named in the end
        log.error("mail_failed", mail=str(mail.pk), error=type(error).__name__, attempts=mail.attempts)
        return Outcome(_postpone(mail.pk, error), read)


def process_due(*, limit: int = 100) -> int:
    """Process what is due; returns how many. The worker's sweep."""
    done = 0
    while done < limit:
        mail = _take_due()
        if mail is None:
            break
        if not mail.verdict:
            _work(mail)
        done += 1
    return done


def _take_due() -> IncomingMail | None:
    """The one that has waited longest; what others have in hand is left to them."""
    with transaction.atomic():
        rows = IncomingMail.objects.select_for_update(skip_locked=True).filter(verdict="")
        mail = rows.filter(due_at__lte=clock.real_now()).order_by("due_at").first()
        return _begin(mail) if mail else None


def _begin(mail: IncomingMail) -> IncomingMail:
    """Count the attempt before it begins, so that a mail which kills its reader is not tried for ever."""
    if mail.attempts > len(PAUSES):
        _end(mail, Judgement(Verdict.UNREADABLE, "crashed"))
        return mail
    mail.attempts += 1
    mail.due_at = clock.real_now() + _pause(mail) + timedelta(seconds=60)
    mail.save(update_fields=["attempts", "due_at"])
    return mail


def _pause(mail: IncomingMail) -> timedelta:
    """How long to wait behind its newest try."""
    return PAUSES[min(mail.attempts, len(PAUSES)) - 1]


def _raw(mail_id: UUID) -> bytes:
    return bytes(RawMail.objects.values_list("raw", flat=True).get(mail=mail_id))


def _finish(mail_id: UUID, read: Read) -> Outcome:
    """Judge and carry out in one transaction. Files are stored before it, and only where they will be needed."""
    mail = IncomingMail.objects.get(pk=mail_id)
    says = read.files and judging.judge(mail, read).verdict in effects.SAYING
    files = effects.files_of(read) if says else []
    _keep(mail, read, files)
    with transaction.atomic():
        _one_at_a_time(read)
        mail = IncomingMail.objects.select_for_update(of=("self",)).get(pk=mail_id)
        if mail.verdict:
            return Outcome(mail, read)
        judgement = judging.judge(mail, read)
        if judgement.verdict in effects.SAYING and read.files and not files:
            raise _Changed  # between the two looks something happened: look once more
        _tell(mail, read, judgement)
        judgement = effects.carry_out(mail, read, judgement, files)
        _end(mail, judgement)
    return Outcome(mail, read, files if judgement.verdict in effects.SAYING else ())


class _Changed(Exception):
    """What was judged outside the transaction is judged differently inside."""


# At another time the same mail is entered well.
BLAMELESS = (_Changed, StorageAway, OperationalError, InterfaceError, ConnectorException)


def _one_at_a_time(read: Read) -> None:
    """Two copies of a mail wait for each other, so that the second sees what became of the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mail {read.internet_id or read.digest}"]
        )


def _tell(mail: IncomingMail, read: Read, judgement: Judgement) -> None:
    """What lists show of the mail."""
    mail.internet_id, mail.subject = read.internet_id[:500], read.subject[:300]
    mail.from_address, mail.from_name = read.from_address[:320], read.from_name[:200]
    mail.digest, mail.authentication = read.digest, judgement.authentication
    mail.reports = [each for each in read.reports if each in details.REPORTS]


def _keep(mail: IncomingMail, read: Read, stored: Sequence[Attachment]) -> None:
    """What the mail's page shows: it never reads a stranger's bytes while somebody waits."""
    files = [(row.name, row.size, row.refused) for row in stored] or [
        (file.name, len(file.data), refused) for file, refused in effects.judged_files(read)
    ]
    RawMail.objects.filter(mail=mail).update(
        text=read.said[:SHOWN],
        quoted=read.quoted[:SHOWN],
        files=[{"name": name[:300], "size": size, "refused": refused} for name, size, refused in files],
    )


def _end(mail: IncomingMail, judgement: Judgement) -> None:
    mail.verdict, mail.detail = judgement.verdict, judgement.detail[:300]
    mail.processed_at, mail.due_at = clock.now(), None
    mail.save()


@transaction.atomic
def _postpone(mail_id: UUID, error: Exception) -> IncomingMail:
    """Try again later; after the last try it is told as what could not be entered, and can be replayed. While it is
    not the mail's fault, there is no last try."""
    mail = IncomingMail.objects.select_for_update().get(pk=mail_id)
    if mail.verdict:
        return mail
    if isinstance(error, BLAMELESS):
        mail.attempts = min(mail.attempts, len(PAUSES))
    elif mail.attempts > len(PAUSES):
        _end(mail, Judgement(Verdict.UNREADABLE, f"failed: {type(error).__name__}"))
        return mail
    mail.due_at = clock.real_now() + (timedelta() if isinstance(error, _Changed) else _pause(mail))
    mail.save(update_fields=["due_at", "attempts"])
    return mail


def finish_now(mail_id: UUID, *, read: Read | None = None, tries: int = 3) -> Outcome:
    """The verdict within this call, for whoever waits for it: what fails again and again is told at once."""
    outcome = run(mail_id, read=read)
    while not outcome.mail.verdict and tries > 1:
        tries -= 1
        outcome = run(mail_id, read=read)
    if not outcome.mail.verdict:
        with transaction.atomic():
            mail = IncomingMail.objects.select_for_update().get(pk=mail_id)
            if not mail.verdict:
                _end(mail, Judgement(Verdict.UNREADABLE, "failed"))
            outcome = Outcome(mail, outcome.read)
    return outcome
