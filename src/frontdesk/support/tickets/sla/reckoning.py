"""The arithmetic of response times, pure: no database, no clock. All moments are aware; minutes are those of the
calendar's opening hours, in its time zone, across changes of the clock, the calendar and the policy.

**The three clocks**
- `first` begins when the conversation is OPENED (for the first time: what was merged in may have begun earlier) and
  ends with the first ANSWERED.
- `next` begins with the first CUSTOMER_WROTE that nobody has answered, once there was a first answer (until then
  `first` is the promise), and ends with ANSWERED. Solving ends it, too, without a verdict: it needs no answer.
- `solve` begins when it is OPENED and ends with SOLVED; reopened, it goes on where it stood.

**Whose turn** decides whether they run. WAITING (the customer's turn) stops all three until the customer writes or
RESUMED; SOLVED, CLOSED, MERGED and SPAM stop them until REOPENED or RESUMED. Putting off (snooze) is the team's own
matter and stops nothing. Automatic answers are no ANSWERED and change nothing.

**What was promised** is the policy that was in force when the clock began: who was told "by five" is not told
otherwise because the vendor changed the policy meanwhile, and the vendor is not late by a promise made later. A LEVEL
change gives a running clock the promise that the new level has at that moment, since the customer bought (or lost)
just that; what was counted stays counted, and from there on the new level's calendar counts. An ended solution that is
reopened on another level goes on with that level's promise of the moment. The *hours* of a calendar are facts, not
promises: its version of each moment counts, so a new holiday moves what is still running.

**Due** is the first moment, since the promise was made or changed, at which as many minutes have been counted as were
promised. It is missed when the answer comes after that moment (or has not come by now). An ended clock keeps its
verdict; what is closed, merged or spam before it ended has none, unless it was late by then.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from frontdesk.support.tickets.sla.book import Book, Change, Clock, Promise, Span
from frontdesk.support.tickets.sla.counting import Run
from frontdesk.support.tickets.sla.hours import MINUTE, Hours, add_time, time_between

__all__ = ["Book", "Change", "Clock", "Hours", "Promise", "Span", "add_minutes", "minutes_between", "reckon"]


def reckon(changes: Sequence[Change], book: Book, *, now: datetime) -> dict[str, Clock]:
    """How each of the three promises stands at `now`."""
    run = Run(book)
    for change in changes:
        if change.at > now:
            break
        run.pass_time(change.at)
        run.take(change)
    run.pass_time(now)
    return run.clocks(now)


def add_minutes(start: datetime, minutes: float, hours: Sequence[Hours]) -> datetime | None:
    """The moment when that many opening minutes have passed since `start`; None when the calendar never opens."""
    return add_time(start, timedelta(minutes=minutes), hours)


def minutes_between(start: datetime, end: datetime, hours: Sequence[Hours]) -> float:
    """How many opening minutes lie between two moments."""
    return time_between(start, end, hours) / MINUTE
