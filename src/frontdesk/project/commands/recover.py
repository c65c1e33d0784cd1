"""`frontdesk recover`: let somebody on the staff in again who has lost password or second factor."""

import argparse

from frontdesk.accounts.errors import RecoveryNotPossible
from frontdesk.accounts.recovery.staff import recover_staff
from frontdesk.core.actors import Actor
from frontdesk.project.commands.common import CommandFailed, database


def configure(parser: argparse.ArgumentParser) -> None:
    """Whom, and why."""
    parser.add_argument("email", help="the address of somebody on the staff")
    parser.add_argument("--reason", required=True, help="stands in the audit; say how you know that it is them")


def run(options: argparse.Namespace) -> int:
    """Print the one-time link. Customers are recovered in the back office."""
    with database():
        try:
            link = recover_staff(actor=Actor.system(f"command: {options.reason}"), email=options.email)
        except RecoveryNotPossible:
            raise CommandFailed(f"nobody on the staff has the address {options.email}") from None
    print("Their password, second factors and sessions are gone. This link works once, for two days:")
    print(link)
    return 0
