"""What the worker does for the community. Jobs only sweep rows that carry their own moment."""

from procrastinate.contrib.django import app

from frontdesk.support.forum import pictures


@app.periodic(cron="41 * * * *")
@app.task(name="forum.forget_pictures", queueing_lock="forum.forget_pictures")
def forget_pictures(timestamp: int = 0) -> int:
    """Delete pictures that were uploaded and never posted."""
    return pictures.forget_unsent()
