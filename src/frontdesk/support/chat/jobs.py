"""What the worker does for chats. They only sweep rows that carry their own moment."""

from procrastinate.contrib.django import app

from frontdesk.support.chat import sweeping, visitors


@app.periodic(cron="* * * * * */10")
@app.task(name="chat.sweep", queueing_lock="chat.sweep")
def sweep(timestamp: int = 0) -> int:
    """Look at what time brought: nobody comes, nobody writes any more."""
    return sweeping.sweep()


@app.periodic(cron="41 * * * *")
@app.task(name="chat.forget_visitors", queueing_lock="chat.forget_visitors")
def forget_visitors(timestamp: int = 0) -> int:
    """Delete guests who never proved their address, and those whose thirty days are over."""
    return visitors.forget_old()
