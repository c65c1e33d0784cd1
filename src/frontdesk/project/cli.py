"""The command line `frontdesk`."""

import argparse
import os
import sys
from importlib import import_module

import django

from frontdesk.project.commands.common import told_when_lost
from frontdesk.project.demo import address

COMMANDS = {
    "init": "set up an installation: brand, mail, keys, first administrator",
    "serve": "run the installation: database, web and worker",
    "worker": "run the worker alone",
    "demo": "run the demo vendor",
    "check": "check the installation and list its settings",
    "recover": "let somebody on the staff in again who is locked out",
    "keys": "make the trust root, rotate and show the signing keys",
    "codes": "make, export and void activation codes",
    "releases": "take in builds, publish and withdraw them",
    "help": "take articles from a folder into the help centre",
    "community": "take another forum in, write this one out; reckon counts, make the search anew",
    "backup": "write everything into one encrypted file",
    "restore": "bring a backup to life in an empty place",
    "audit": "seal and verify the audit",
    "billing": "compare the books, replay webhooks, enter rates of tax",
    "mail": "take in mails, process them once more",
    "clock": "show business time; travel in the demo",
    "manage": "run a command of Django's",
}
# These write settings before anything reads them, or start quicker without Django; they set it up themselves.
WITHOUT_DJANGO = {"init", "restore", "demo", "serve"}
SERVING = {"serve", "worker"}  # they have the address that they are started with; other commands that of the demo


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "frontdesk.project.settings")
    parser = argparse.ArgumentParser(prog="frontdesk", description="The front desk of a software vendor.")
    kinds = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in COMMANDS and given[0] not in WITHOUT_DJANGO:
        if given[0] not in SERVING:
            address.use_of_demo()
        django.setup()
    for name, explanation in COMMANDS.items():
        sub = kinds.add_parser(name, help=explanation, description=explanation)
        if given[:1] == [name]:  # only the command that runs is imported: starts stay quick
            import_module(f"frontdesk.project.commands.{name}").configure(sub)
    options = parser.parse_args(given)
    command = import_module(f"frontdesk.project.commands.{options.command}")
    with told_when_lost():
        status: int = command.run(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
