"""What the worker does for the community. They only sweep rows that carry their own moment."""

from procrastinate.contrib.django import app

from frontdesk.support.forum import (
    escalating,
    order_jobs,  # noqa: F401 - its jobs are found through this file
    pictures,
)
from frontdesk.support.forum.notifying import digesting, mailing


@app.periodic(cron="* * * * * */15")
@app.task(name="forum.mail_news", queueing_lock="forum.mail_news")
def mail_news(timestamp: int = 0) -> int:
    """Mail what is new, as soon as it may be mailed."""
    return mailing.send_due()


@app.periodic(cron="*/5 * * * *")
@app.task(name="forum.send_digests", queueing_lock="forum.send_digests")
def send_digests(timestamp: int = 0) -> int:
    """Write the digests that are due."""
    return digesting.send_due()


@app.periodic(cron="*/2 * * * *")
@app.task(name="forum.escalate", queueing_lock="forum.escalate")
def escalate(timestamp: int = 0) -> int:
    """Hand the questions to the team that nobody has answered for too long."""
    return escalating.sweep()


@app.periodic(cron="53 4 * * *")
@app.task(name="forum.forget_news", queueing_lock="forum.forget_news")
def forget_news(timestamp: int = 0) -> int:
    """Delete news that are long past."""
    return mailing.forget_old()


@app.periodic(cron="41 * * * *")
@app.task(name="forum.forget_pictures", queueing_lock="forum.forget_pictures")
def forget_pictures(timestamp: int = 0) -> int:
    """Delete pictures that were uploaded and never posted."""
    return pictures.forget_unsent()


@app.periodic(cron="23 4 * * *")
@app.task(name="forum.forget_orphans", queueing_lock="forum.forget_orphans")
def forget_orphans(timestamp: int = 0) -> int:
    """Delete pictures' files that belong to nothing."""
    return pictures.forget_orphans()
