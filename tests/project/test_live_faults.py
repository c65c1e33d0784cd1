"""Streams of a whole installation whose database is killed, and that is stopped while they are open."""

import os
import signal
from collections.abc import Callable

from tests.project.conftest import needs_linux
from tests.project.desk import Desk, eventually
from tests.support.streams import Listener

pytestmark = needs_linux
POSTMASTER = "postgres -D"
TICKETS = """
from frontdesk.core.live import tickets
from frontdesk.core.live.topics import Topic
print("ticket", tickets.issue(Topic("desk")), tickets.issue(Topic("desk")))
"""
WAKE = """
from frontdesk.core.live.topics import Topic
from frontdesk.core.live.waking import wake
wake(Topic("desk"), kind="message", sequence=7)
"""


def test_a_database_that_was_killed_costs_no_stream(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk(FRONTDESK_DEMO="yes")
    desk.serve()
    tickets = desk.run("manage", "shell", "-v0", "-c", TICKETS).split("ticket ")[1].split()
    streams = [Listener(desk.port, tokens=[ticket]) for ticket in tickets]
    try:
        assert [each.status for each in streams] == [200, 200]
        postmaster = desk.processes(POSTMASTER)[0]
        os.kill(postmaster, signal.SIGKILL)
        assert [each.next(60) for each in streams] == [("fetch", {})] * 2
        eventually(desk.answers, 30, "the installation answers")
        desk.run("manage", "shell", "-v0", "-c", WAKE)
        assert [each.wakes(1) for each in streams] == [[7], [7]]
        assert desk.stop() < 10
        assert [each.next() for each in streams] == [("bye", {})] * 2
        assert not any(ticket in desk.log.read_text() for ticket in tickets)
    finally:
        while Listener.opened:
            Listener.opened.pop().close()
