"""`frontdesk mail`: take in raw mails from files, process kept ones once more."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from frontdesk.core import clock
from frontdesk.project import listener
from frontdesk.project.commands.billing import ago
from frontdesk.project.commands.common import CommandFailed, database, migrate
from frontdesk.support.tickets.mail.incoming import effects, pool, processing, storing
from frontdesk.support.tickets.mail.incoming.processing import Outcome
from frontdesk.support.tickets.mail.incoming.reading.shapes import Read
from frontdesk.support.tickets.mail.incoming.sources import imap
from frontdesk.support.tickets.models import IncomingMail, Verdict

DECIDED = [Verdict.DISMISSED, Verdict.BLOCKED, Verdict.DUPLICATE]
AHEAD = 2 * pool.SIZE  # mails that are read while one is entered


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with mail."""
    actions = parser.add_subparsers(dest="action", required=True)
    ingest = actions.add_parser("ingest", help="take in raw mails; prints one JSON line each")
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE")
    again = actions.add_parser("replay", help="judge kept mails again; what they led to is not done twice")
    history = actions.add_parser("history", help="take in what lay in the polled mailbox before; nobody gets a receipt")
    history.add_argument("--since", type=ago, metavar="30d", help="only what came since")
    actions.add_parser("listen", help="take mail by LMTP or SMTP, as FRONTDESK_MAIL_LISTEN says; serve does it too")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--since",
        type=ago,
        metavar="24h",
        help="all that came in since without leading anywhere; what staff put aside stays",
    )
    which.add_argument("--mail", type=UUID, help="one mail, by its number")
    which.add_argument("--failed", action="store_true", help="all that could not be read or entered")


def run(options: argparse.Namespace) -> int:
    """Never fails because of a mail."""
    with database():
        migrate()
        if options.action == "listen":
            if not settings.MAIL_LISTEN["scheme"]:
                raise CommandFailed("set FRONTDESK_MAIL_LISTEN first, such as lmtp://127.0.0.1:8024")
            listener.listen()
        elif options.action == "history":
            print(f"{history(options.since)} mails taken in; the worker of serve reads them now")
        elif options.action == "ingest":
            ingest(options.files)
        else:
            print(f"{replay(options)} mails judged again")
    return 0


def history(since: datetime | None) -> int:
    """Take in what lay in the polled mailbox before Frontdesk came to it; returns how many. Raises CommandFailed."""
    box = imap.configured()
    if box is None:
        raise CommandFailed("set FRONTDESK_MAIL_IMAP first, such as imaps://mail.example")
    try:
        return imap.take_history(box, since)
    except imap.FAILURES as error:
        raise CommandFailed(imap.in_words(error, box)) from None


def replay(options: argparse.Namespace) -> int:
    """Judge the chosen mails again; returns how many. What staff decided stands, unless the mail is named."""
    rows = IncomingMail.objects.filter(message=None).order_by("received_at")
    since: datetime | None = options.since
    if since:
        rows = rows.filter(received_at__gte=since + clock.offset()).exclude(verdict__in=DECIDED)
    elif options.failed:
        rows = rows.filter(Q(verdict__in=[Verdict.UNREADABLE, Verdict.TIMED_OUT]) | Q(verdict="", attempts__gt=0))
    else:
        rows = rows.filter(pk=options.mail)
    chosen = list(rows.values_list("pk", flat=True))
    for mail_id in chosen:
        storing.replay(mail_id)
        processing.finish_now(mail_id)
    return len(chosen)


def ingest(files: Sequence[Path]) -> None:
    """Store, read and process each file, and print what became of it, in the order given."""
    readers = pool.Pool()
    with ThreadPoolExecutor(max_workers=pool.SIZE) as threads:
        waiting: list[tuple[Path, IncomingMail | None, Future[Read] | str]] = []
        for file in files:
            waiting.append(_begin(file, readers, threads))
            if len(waiting) > AHEAD:
                _tell(*waiting.pop(0))
        for each in waiting:
            _tell(*each)
    readers.close()


def _begin(
    file: Path, readers: pool.Pool, threads: ThreadPoolExecutor
) -> tuple[Path, IncomingMail | None, Future[Read] | str]:
    """The mail stored, and somebody reading it; or why not."""
    try:
        raw = _bytes(file)
    except (OSError, ValueError) as error:
        return file, None, getattr(error, "strerror", None) or type(error).__name__
    mail = storing.store(raw, source="command")
    return file, mail, threads.submit(readers.read, raw if not mail.verdict else raw[: storing.HEAD])


def _bytes(file: Path) -> bytes:
    """The file's content, no more than tells that it is too large. Raises OSError."""
    with file.open("rb") as opened:
        return opened.read(storing.MAX_MAIL + 1)


def _tell(file: Path, mail: IncomingMail | None, reading: "Future[Read] | str") -> None:
    line: dict[str, Any] = {"file": str(file), "verdict": Verdict.UNREADABLE, "conversation": None, "text": "",
                            "attachments": []}  # fmt: skip
    if mail is None or isinstance(reading, str):
        line["detail"] = f"no_file: {reading}"
    else:
        try:
            outcome = processing.finish_now(mail.pk, read=reading.result())
            line |= shown(outcome, reading.result())
        except Exception as error:  # noqa: BLE001 - the others have their turn all the same
            line["detail"] = f"failed: {type(error).__name__}"
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def shown(outcome: Outcome, read: Read) -> dict[str, Any]:
    """What is told of a mail."""
    mail = outcome.mail
    return {
        "verdict": mail.verdict,
        "detail": mail.detail,
        "conversation": mail.conversation.reference if mail.conversation else None,
        "text": read.text,
        "attachments": list(_attachments(outcome, read)),
    }


def _attachments(outcome: Outcome, read: Read) -> Iterator[dict[str, Any]]:
    """As they were stored; of a mail that led to no message, as they would be."""
    if outcome.files:
        for row in outcome.files:
            yield {"name": row.name, "content_type": row.content_type, "size": row.size, "refused": row.refused}
    else:
        for file, refused in effects.judged_files(read):
            yield {"name": file.name, "content_type": file.content_type, "size": len(file.data), "refused": refused}
