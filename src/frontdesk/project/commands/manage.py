"""`frontdesk manage`: Django's own commands."""

import argparse

from django.core.management import execute_from_command_line

from frontdesk.project.commands.common import database


def configure(parser: argparse.ArgumentParser) -> None:
    """Everything after the name is Django's."""
    parser.add_argument("rest", nargs=argparse.REMAINDER)


def run(options: argparse.Namespace) -> int:
    """Run the command with the database up."""
    with database():
        execute_from_command_line(["frontdesk manage", *options.rest])
    return 0
