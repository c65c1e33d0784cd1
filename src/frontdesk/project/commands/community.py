"""`frontdesk community`: take another forum in, write this one out, make counts and the search anew."""

import argparse
import sys
from pathlib import Path

from frontdesk.core.actors import Actor
from frontdesk.project.commands.common import CommandFailed, database, migrate
from frontdesk.support.forum import counting, importing, searching
from frontdesk.support.forum.importing import exporting, shapes
from frontdesk.support.helpcentre.search import indexing


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the community."""
    actions = parser.add_subparsers(dest="action", required=True)
    take = actions.add_parser(
        "import", help="take categories, people, topics, posts and likes from a file of JSON lines"
    )
    take.add_argument("file", metavar="FILE.jsonl", help="the file, or - for standard input")
    take.add_argument("--dry-run", action="store_true", help="try all of it, and keep nothing")
    give = actions.add_parser("export", help="write the community as JSON lines to standard output")
    give.add_argument("--addresses", action="store_true", help="with members' e-mail addresses, not only their hashes")
    actions.add_parser("recount", help="reckon the counts of topics and members anew, from their posts")
    actions.add_parser("reindex", help="make the words anew that the community's search looks at")


def run(options: argparse.Namespace) -> int:
    """Import, export, recount or reindex. Exit status 1 when a line could not be taken; the others are all the same."""
    with database():
        migrate()
        match options.action:
            case "import":
                return _import(options.file, dry_run=options.dry_run)
            case "export":
                return _export(options)
            case "recount":
                return _recount()
        return _reindex()


def _import(file: str, *, dry_run: bool) -> int:
    actor = Actor.system("command line: community import")
    try:
        if file == "-":
            done = importing.import_file(actor=actor, source=sys.stdin.buffer, dry_run=dry_run)
        else:
            with Path(file).open("rb") as source:
                done = importing.import_file(actor=actor, source=source, dry_run=dry_run)
    except importing.AlreadyRunning:
        raise CommandFailed("another import is under way; wait until it is done") from None
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from None
    if done.new and not dry_run:
        indexing.tidy_up()
    for number, why in sorted(done.why.items()):
        print(f"line {number}: left out: {why}")
    if done.wrong > len(done.why):
        print(f"… and {done.wrong - len(done.why)} more lines")
    kept = "would be new" if dry_run else "new"
    print(f"{done.new} {kept}, {done.same} there already, {done.wrong} left out")
    return 1 if done.wrong else 0


def _export(options: argparse.Namespace) -> int:
    for line in exporting.lines(with_addresses=options.addresses):
        sys.stdout.buffer.write(shapes.write(line))
    sys.stdout.buffer.flush()
    return 0


def _recount() -> int:
    wrong = counting.recount()
    print(f"{wrong} topics had other counts than their posts say" if wrong else "all counts are right")
    return 0


def _reindex() -> int:
    print(f"{searching.rebuild()} posts can be found")
    return 0
