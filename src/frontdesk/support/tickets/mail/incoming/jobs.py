"""What the worker does for mail that comes in. Jobs only sweep rows that carry their own moment."""

from procrastinate.contrib.django import app

from frontdesk.support.tickets.mail.incoming import processing, waking


@app.task(name=waking.NAME)
def process_mail() -> int:
    """Process the mails that have just come in."""
    return processing.process_due()


@app.periodic(cron="* * * * * */20")
@app.task(name="tickets.sweep_mail", queueing_lock="tickets.sweep_mail")
def sweep_mail(timestamp: int = 0) -> int:
    """Process what a lost job left, and what failed before."""
    return processing.process_due()
