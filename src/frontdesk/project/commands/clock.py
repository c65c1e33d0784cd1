"""`frontdesk clock`: show business time, and travel in the demo."""

import argparse
import re
from datetime import timedelta

from frontdesk.core import clock
from frontdesk.core.errors import ClockTravelRefused
from frontdesk.project.commands.common import database

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
    actions.add_parser("travel", help="move the demo's time forward").add_argument("distance", type=_distance)


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when travelling is refused."""
    with database():
        if options.action == "show":
            print(clock.now().isoformat(timespec="seconds"))
            return 0
        try:
            print(f"It is now {clock.travel(options.distance).isoformat(timespec='seconds')}")
        except ClockTravelRefused as refusal:
            print(refusal.reason.detail)
            return 1
    return 0
