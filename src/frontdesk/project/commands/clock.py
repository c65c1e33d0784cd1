"""`frontdesk clock`: show business time, and travel in the demo."""

import argparse
import re
from datetime import timedelta

from frontdesk.core import clock
from frontdesk.core.alone import alone
from frontdesk.core.errors import ClockTravelRefused
from frontdesk.project.commands.common import CommandFailed, database, pending_migrations

ALONE = "frontdesk clock travel"
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "y": timedelta(days=365)}


def _distance(text: str) -> timedelta:
    match = re.fullmatch(r"\+?(\d{1,4})([hdwy])", text)
    if not match:
        raise argparse.ArgumentTypeError("say how far: +6h, +30d, +2w or +1y")
    return int(match[1]) * UNITS[match[2]]


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the clock."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("show", help="show business time")
    travel = actions.add_parser("travel", help="move the demo's time forward, and tell what happens on the way")
    travel.add_argument("distance", type=_distance, help="how far: +6h, +30d, +2w or +1y")


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when travelling is refused."""
    with database():
        if options.action == "show":
            print(clock.now().isoformat(timespec="seconds"))
            return 0
        if pending_migrations():
            raise CommandFailed(
                "there is no demo here yet, or it is older than the program; run frontdesk demo run first"
            )
        try:
            with alone(ALONE) as is_alone:
                if not is_alone:
                    raise CommandFailed("somebody is travelling already; wait until they have arrived")
                return _travel(options.distance)
        except ClockTravelRefused as refusal:
            print(refusal.reason.detail)
            return 1


def _travel(distance: timedelta) -> int:
    from frontdesk.project.travel import journey, telling  # noqa: PLC0415 - all of billing, which `show` needs not

    teller = telling.Teller(lambda line: print(line, flush=True))
    try:
        journey.travel(distance, teller.tell)
    except journey.NothingMoves as stuck:
        print(f"The journey stops here: {stuck}, and somebody else holds it. Try again in a minute.")
        return 1
    except KeyboardInterrupt:
        print()  # behind the terminal's ^C
        print(f"Interrupted. It is now {clock.now().isoformat(timespec='seconds')}; what is due here is done soon.")
        return 1
    print(f"It is now {clock.now().isoformat(timespec='seconds')}")
    return 0
