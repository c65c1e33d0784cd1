"""`frontdesk billing`: compare the books, process webhooks once more, enter rates of tax."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path

from frontdesk.billing import inbox, reconciling, taxes
from frontdesk.core import clock
from frontdesk.project.commands.common import CommandFailed, database, migrate

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the books."""
    actions = parser.add_subparsers(dest="action", required=True)
    compare = actions.add_parser("reconcile", help="compare providers, ledger, rows and licences")
    compare.add_argument("--since", type=ago, default="7d", metavar="7d", help="how far back to ask the providers")
    again = actions.add_parser("replay", help="process kept webhooks once more (harmless)")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("--since", type=ago, metavar="24h", help="all that came in since")
    which.add_argument("--event", default="", help="one event, by the provider's id")
    rates = actions.add_parser("rates", help="rates of tax").add_subparsers(dest="rates", required=True)
    load = rates.add_parser("load", help="enter rates from a CSV file: country,basis_points,valid_from")
    load.add_argument("file", type=Path)


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when the books differ."""
    with database():
        migrate()
        if options.action == "reconcile":
            return _reconcile(options.since)
        if options.action == "replay":
            print(f"{inbox.replay(since=options.since, event_id=options.event)} events processed again")
        else:
            _load(options.file)
    return 0


def ago(text: str) -> datetime:
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.isdecimal() or len(number) > 4:
        raise argparse.ArgumentTypeError("say how far back: 24h, 7d or 4w")
    return clock.real_now() - int(number) * UNITS[unit]


def _reconcile(since: datetime) -> int:
    report = reconciling.reconcile(since=since)
    print(f"{report.objects} objects of the providers compared, and all books")
    for each in report.differences:
        print(f"DIFFERS: {each.where}: {each.subject} {each.what}")
    if not report.differences:
        print("Everything agrees.")
    return 1 if report.differences else 0


def _load(file: Path) -> None:
    try:
        print(f"{taxes.load(file)} new rates")
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from None
    except taxes.RatesUnreadable as error:
        raise CommandFailed(f"{file}: {error}; nothing was entered") from None
