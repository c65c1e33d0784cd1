"""`frontdesk check`: is the installation in order, and how is it set?"""

import argparse

from django.core.management import call_command

from frontdesk.project.commands.common import database
from frontdesk.project.environment import VARIABLES


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--settings", action="store_true", help="list every variable the installation reads")
    parser.add_argument("--deploy", action="store_true", help="explain settings that are unsafe in public")


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when something is wrong."""
    with database():
        if options.settings:
            for variable in sorted(VARIABLES.values(), key=lambda each: each.name):
                print(f"{variable.name:28} {variable.value or '-':36} {variable.help}")
            return 0
        call_command("check", deploy=options.deploy)
        call_command("migrate", check_unapplied=True, verbosity=0)
        from frontdesk.licensing import integrity  # noqa: PLC0415 - models exist only once Django is set up

        faults = integrity.faults()
    for fault in faults:
        print(fault)
    if faults:
        return 1
    print("All is in order.")
    return 0
