"""`frontdesk community`: reckon the counts of topics and members anew, and the search's words."""

import argparse

from frontdesk.project.commands.common import database, migrate
from frontdesk.support.forum import counting, searching


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the community."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("recount", help="reckon the counts of topics and members anew, from their posts")
    actions.add_parser("reindex", help="make the words anew that the community's search looks at")


def run(options: argparse.Namespace) -> int:
    """Recount or reindex; safe at any time, while people write."""
    with database():
        migrate()
        return _recount() if options.action == "recount" else _reindex()


def _recount() -> int:
    wrong = counting.recount()
    print(f"{wrong} topics had other counts than their posts say" if wrong else "all counts are right")
    return 0


def _reindex() -> int:
    print(f"{searching.rebuild()} posts can be found")
    return 0
