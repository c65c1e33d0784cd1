"""What the worker does for licensing. Every job is idempotent, and the periodic ones find lost work by themselves."""

from uuid import UUID

from procrastinate.contrib.django import app

from frontdesk.licensing import code_lists, generation, replacements, seats


@app.task(name="licensing.make_codes", lock="licensing.make_codes")
def make_codes(batch_id: str) -> bool:
    """Make the codes of a batch."""
    return generation.fill(UUID(batch_id))


@app.periodic(cron="*/2 * * * *")
@app.task(name="licensing.resume_batches", queueing_lock="licensing.resume_batches", lock="licensing.make_codes")
def resume_batches(timestamp: int = 0) -> int:
    """Make what a killed or lost job left unmade."""
    return sum(generation.fill(batch) for batch in generation.unfinished())


@app.periodic(cron="*/10 * * * *")
@app.task(name="licensing.sweep_lists", queueing_lock="licensing.sweep_lists")
def sweep_lists(timestamp: int = 0) -> int:
    """Delete lists of codes that were downloaded or are past their 24 hours."""
    return code_lists.sweep()


@app.periodic(cron="*/15 * * * *")
@app.task(name="licensing.free_lapsed", queueing_lock="licensing.free_lapsed")
def free_lapsed(timestamp: int = 0) -> int:
    """Free the seats whose offline lease has ended."""
    return seats.free_lapsed()


@app.periodic(cron="41 3 * * *")
@app.task(name="licensing.forget_replacements", queueing_lock="licensing.forget_replacements")
def forget_replacements(timestamp: int = 0) -> int:
    """Delete requests for a seat that ended a week ago."""
    return replacements.forget_old()
