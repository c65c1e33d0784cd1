"""`frontdesk serve`: database, web server and worker, watched over until interrupted."""

import argparse

from frontdesk.project.commands.common import database, migrate
from frontdesk.project.supervisor import Supervisor, prepare_static


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--role", choices=["all", "web", "gateway", "worker"], default="all", help="run one part alone")
    parser.add_argument("--host", default="", help="the address to listen on; 127.0.0.1 unless a proxy is elsewhere")
    parser.add_argument("--web-workers", type=int, default=1, help="web processes (about one a core)")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    with database():
        migrate()
        prepare_static()
        return Supervisor(role=options.role, host=options.host or "127.0.0.1", web_workers=options.web_workers).run()
