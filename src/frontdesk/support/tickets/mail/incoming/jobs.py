"""What the worker does for mail that comes in. Jobs only sweep rows that carry their own moment."""

import structlog
from procrastinate.contrib.django import app

from frontdesk.support.tickets.mail.incoming import overdue, processing, waking
from frontdesk.support.tickets.mail.incoming.sources import imap

log = structlog.get_logger(__name__)


@app.task(name=waking.NAME)
def process_mail() -> int:
    """Process the mails that have just come in."""
    return processing.process_due()


@app.periodic(cron="* * * * * */20")
@app.task(name="tickets.sweep_mail", queueing_lock="tickets.sweep_mail")
def sweep_mail(timestamp: int = 0) -> int:
    """Process what a lost job left, and what failed before."""
    return processing.process_due()


@app.periodic(cron="*/5 * * * *")
@app.task(name="tickets.tell_of_waiting_mail", queueing_lock="tickets.tell_of_waiting_mail")
def tell_of_waiting_mail(timestamp: int = 0) -> int:
    """Tell the managers of mail that has waited for review for too long."""
    return overdue.tell_managers()


@app.periodic(cron="* * * * * */30")
@app.task(name="tickets.poll_imap", queueing_lock="tickets.poll_imap")
def poll_imap(timestamp: int = 0) -> int:
    """Take in what is new in the mailbox, where one is configured. A server that is away is asked again."""
    box = imap.configured()
    if box is None:
        return 0
    try:
        return imap.poll(box)
    except imap.FAILURES as error:
        log.warning("imap_not_polled", error=type(error).__name__, problem=imap.in_words(error, box))
        return 0
