"""What the worker does to keep order in the community."""

from procrastinate.contrib.django import app

from frontdesk.support.forum import experts, trust
from frontdesk.support.forum.holding import watching
from frontdesk.support.forum.moderating import requoting


@app.periodic(cron="17 3 * * *")
@app.task(name="forum.reckon_levels", queueing_lock="forum.reckon_levels")
def reckon_levels(timestamp: int = 0) -> int:
    """Reckon everybody's level, once who is thanked for what is counted."""
    experts.reckon()
    return trust.sweep()


@app.periodic(cron="7 * * * *")
@app.task(name="forum.count_experts", queueing_lock="forum.count_experts")
def count_experts(timestamp: int = 0) -> None:
    """Count anew who is thanked for what."""
    experts.reckon()


@app.periodic(cron="* * * * * */20")
@app.task(name="forum.requote", queueing_lock="forum.requote")
def requote(timestamp: int = 0) -> int:
    """Take names that were cleared out of the heads of quotations."""
    return requoting.sweep()


@app.periodic(cron="41 * * * *")
@app.task(name="forum.forget_traces", queueing_lock="forum.forget_traces")
def forget_traces(timestamp: int = 0) -> int:
    """Delete traces that are past."""
    return watching.forget_old()
