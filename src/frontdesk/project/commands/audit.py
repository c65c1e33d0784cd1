"""`frontdesk audit verify`: prove the chain."""

import argparse

from frontdesk.core import audit
from frontdesk.project.commands.common import database


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the audit."""
    parser.add_argument("action", choices=["verify", "seal"])


def run(options: argparse.Namespace) -> int:
    """Exit status 1 when the chain is broken."""
    with database():
        if options.action == "seal":
            print(f"{audit.seal()} rows sealed")
        verdict = audit.verify()
    print(f"{verdict.proved} rows proved, {verdict.unsealed} not sealed yet")
    for fault in verdict.faults:
        print(f"BROKEN: {fault}")
    return 1 if verdict.faults else 0
