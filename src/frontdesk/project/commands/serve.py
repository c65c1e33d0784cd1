"""`frontdesk serve`: database, web server and worker, watched over until interrupted."""

import argparse
from collections.abc import Callable
from contextlib import ExitStack

from django.conf import settings

from frontdesk.project import claims, preparation
from frontdesk.project.commands.common import database
from frontdesk.project.supervisor import Supervisor


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--role", choices=["all", "web", "gateway", "worker"], default="all", help="run one part alone")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; others only behind a proxy")
    parser.add_argument("--web-workers", type=int, default=1, help="web processes (about one a core)")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    return serve(role=options.role, host=options.host, web_workers=options.web_workers)


def serve(
    *,
    role: str = "all",
    host: str = "127.0.0.1",
    web_workers: int = 1,
    prepare: Callable[[], None] | None = None,
    ready: Callable[[], None] | None = None,
) -> int:
    """Bring database, tables and static files up, run `prepare`, serve, call `ready` once pages are answered."""
    with ExitStack() as held:
        held.enter_context(claims.served(role))
        if role != "worker":
            claims.await_port(host, settings.PORT)
            held.enter_context(claims.port(settings.PORT))
        held.enter_context(database(take_over=role == "all"))
        preparation.prepare()
        if prepare:
            prepare()
        return Supervisor(role=role, host=host, web_workers=web_workers, ready=ready).run()
