"""`frontdesk help`: take articles from a folder of Markdown files, make the search's index anew."""

import argparse
from pathlib import Path

from frontdesk.core.actors import Actor
from frontdesk.project.commands.common import CommandFailed, database, migrate
from frontdesk.support.helpcentre import importing
from frontdesk.support.helpcentre.search import indexing

MANY = 100  # articles; below, the search's index needs no tidying


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the help centre."""
    actions = parser.add_subparsers(dest="action", required=True)
    take = actions.add_parser("import", help="take every Markdown file below a folder, and publish what is new")
    take.add_argument("folder", type=Path, metavar="FOLDER")
    actions.add_parser("reindex", help="make the search's index anew")


def run(options: argparse.Namespace) -> int:
    """Import or reindex. Exit status 1 when a file could not be taken; the others are taken all the same."""
    with database():
        migrate()
        return _import(options.folder) if options.action == "import" else _reindex()


def _import(folder: Path) -> int:
    if not folder.is_dir():
        raise CommandFailed(f"{folder} is not a folder")
    try:
        done = importing.import_folder(actor=Actor.system("command line: help import"), folder=folder)
    except importing.AlreadyRunning:
        raise CommandFailed("another import is under way; wait until it is done") from None
    if done.new + done.changed >= MANY:
        indexing.tidy_up()
    for file, why in done.wrong.items():
        print(f"{_printable(file)}: left out: {why}")
    for file, what in done.doubtful.items():
        print(f"{_printable(file)}: taken, but {what}")
    print(f"{done.new} new, {done.changed} changed, {done.same} the same, {len(done.wrong)} left out")
    return 1 if done.wrong else 0


def _printable(file: str) -> str:
    """A file's name as it can be written; that of another encoding has signs that cannot."""
    return file.encode(errors="replace").decode()


def _reindex() -> int:
    print(f"{indexing.rebuild()} entries can be found")
    indexing.tidy_up()
    return 0
