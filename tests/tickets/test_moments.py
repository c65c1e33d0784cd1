"""A demo that travels stops where conversations have something to do, and each stop leads past itself."""

from datetime import timedelta

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.support.tickets import moments
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Conversation
from tests.support import desk
from tests.support.mailbox import body, sent
from tests.tickets.conftest import Time


def test_every_moment_is_reached_done_and_left_behind(ada: Person, kim: Person, time: Time) -> None:
    solved, put_off = desk.conversation(ada, subject="Solved"), desk.conversation(ada, subject="Put off")
    desk.answers(kim, solved, then=Conversation.Status.SOLVED)
    changing.snooze(actor=desk.SYSTEM, conversation=put_off, until=clock.now() + timedelta(days=5))
    sent()
    stops = []
    while moment := moments.next_moment():
        time.ahead += max(moment - clock.now(), timedelta()) + timedelta(milliseconds=1)
        moments.sweep()
        stops.append(round(time.ahead / timedelta(days=1)))
        assert len(stops) < 20, stops
    assert stops == [3, 5, 14]
    (follow_up,) = sent()
    assert "“Solved”" in body(follow_up)
    solved.refresh_from_db()
    assert solved.status == Conversation.Status.CLOSED
