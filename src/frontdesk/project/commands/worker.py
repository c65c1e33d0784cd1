"""`frontdesk worker`: the worker alone."""

import argparse

from frontdesk.project.commands.common import database
from frontdesk.project.worker import work


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the command: none."""


def run(options: argparse.Namespace) -> int:
    """Work until interrupted."""
    with database():
        work()
    return 0
