"""The first step: the bytes are in the database before the sender hears that we have them."""

import hashlib
from uuid import UUID

from django.db import transaction

from frontdesk.core import clock
from frontdesk.support.tickets.mail.incoming import details, waking
from frontdesk.support.tickets.models import IncomingMail, RawMail, Verdict

MAX_MAIL = 40_000_000  # a file of 25 MB is 35 MB in a mail
HEAD = 500_000
HISTORY = "imap-history"  # the source of mails that lay in a mailbox before we came: nobody waits for an answer
NOBODY = "<>"  # the sender of an envelope that wants no answer


@transaction.atomic
def store(
    raw: bytes,
    *,
    source: str,
    envelope_from: str = "",
    envelope_to: str = "",
    source_key: str = "",
    size: int = 0,
    unread: str = "",
) -> IncomingMail:
    """Keep a mail as it came and ask the worker to process it, in one commit. Takes any bytes, up to MAX_MAIL kept
    whole (of a larger one the head is kept, verdict TOO_LARGE). Never raises because of content.

    `source_key` is the source's own name for it: a mail handed over twice is kept once. `size` is told where `raw` is
    only the head of a mail that is too large; `unread` is the detail of what is known to be unreadable, which is told
    at once.
    """
    if source_key and (found := IncomingMail.objects.filter(source_key=source_key).first()):
        return found
    size = max(size, len(raw))
    fits = size <= MAX_MAIL
    verdict, detail = (Verdict.UNREADABLE if unread else "", unread) if fits else (Verdict.TOO_LARGE, details.TOO_LARGE)
    mail = IncomingMail.objects.create(
        source=source[:20],
        source_key=source_key[:300] or None,
        sha256=hashlib.sha256(raw).hexdigest(),
        size=min(size, 2**31 - 1),
        envelope_from=_address(envelope_from),
        envelope_to=_address(envelope_to),
        received_at=clock.now(),
        due_at=None if verdict else clock.real_now(),
        verdict=verdict,
        detail=detail,
        processed_at=clock.now() if verdict else None,
    )
    RawMail.objects.create(mail=mail, raw=raw if fits else raw[:HEAD])
    if not verdict:
        waking.wake()
    return mail


@transaction.atomic
def replay(mail_id: UUID) -> IncomingMail:
    """Judge a mail again, as if it had just come; what it led to before is not done twice."""
    mail = IncomingMail.objects.select_for_update().get(pk=mail_id)
    if mail.message_id is None and mail.verdict != Verdict.TOO_LARGE:
        mail.verdict, mail.detail, mail.processed_at, mail.attempts = "", "", None, 0
        mail.due_at = clock.real_now()
        mail.save(update_fields=["verdict", "detail", "processed_at", "attempts", "due_at"])
        waking.wake()
    return mail


def _address(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())[:320].strip()
