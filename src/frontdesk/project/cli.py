"""The command line `frontdesk`."""

import argparse
import os
import sys
from importlib import import_module

COMMANDS = {
    "serve": "run the installation: database, web and worker",
    "worker": "run the worker alone",
    "check": "check the installation and list its settings",
    "audit": "seal and verify the audit",
    "clock": "show business time; travel in the demo",
    "manage": "run a command of Django's",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")
    parser = argparse.ArgumentParser(prog="frontdesk", description="The front desk of a software vendor.")
    kinds = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else arguments
    for name, explanation in COMMANDS.items():
        sub = kinds.add_parser(name, help=explanation, description=explanation)
        if given[:1] == [name]:  # only the command that runs is imported: starts stay quick
            import_module(f"frontdesk.project.commands.{name}").configure(sub)
    options = parser.parse_args(given)
    status: int = import_module(f"frontdesk.project.commands.{options.command}").run(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
