"""The command line of Halcyon Shield."""

import argparse
import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from examples.halcyon_shield import NAME, PRODUCT, VERSION
from examples.halcyon_shield.app import BROKEN, App
from examples.halcyon_shield.screen import Screen

from frontdesk_client import Client, FileStore, FrontdeskError, ServerClock
from frontdesk_client.device import machine_fingerprint


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments; a product that is sold would have server and trust root built in."""
    environ = os.environ
    parser = argparse.ArgumentParser(prog="halcyon_shield", description=f"{NAME}, an invented product.")
    parser.add_argument("command", nargs="?", default="start", choices=["start", "install", "status", "deactivate"])
    parser.add_argument("--code", default="", help="activate with this code instead of asking for one")
    parser.add_argument("--server", default=environ.get("FRONTDESK_SERVER", "http://127.0.0.1:8000/"))
    parser.add_argument("--trust-root", default=environ.get("FRONTDESK_TRUST_ROOT", ""), help="fdroot_…")
    parser.add_argument("--data", type=Path, default=Path.home() / ".halcyon-shield", help="where it keeps its data")
    parser.add_argument("--to", type=Path, default=None, help="the folder to install to (a folder in --data)")
    parser.add_argument("--device", default="", help="for trials: be a second device, with this name")
    parser.add_argument(
        "--demo",
        action="store_true",
        default=bool(environ.get("FRONTDESK_DEMO")),
        help="follow the time of a demo server that travels",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run it and give the exit code."""
    arguments = parse(argv)
    screen = Screen()
    clock = ServerClock(arguments.data / "demo-clock") if arguments.demo else None
    store = FileStore(arguments.data / "activation.json")
    try:
        client = Client(
            arguments.server,
            PRODUCT,
            arguments.trust_root,
            store,
            clock,
            app_version=VERSION,
            name=arguments.device,
            find_fingerprint=pretended(arguments.device),
        )
    except FrontdeskError as error:
        screen.bad(error.title)
        screen.say(error.detail, "Set FRONTDESK_SERVER and FRONTDESK_TRUST_ROOT to what the demo printed.")
        return BROKEN
    if arguments.demo:
        with contextlib.suppress(FrontdeskError):
            client.health()  # brings the server's time before anything is judged by it
    app = App(
        client=client,
        screen=screen,
        folder=arguments.to or arguments.data / "app",
        data=arguments.data,
        trust_root=arguments.trust_root,
        interactive=not arguments.code or sys.stdin.isatty(),
    )
    return run(app, arguments, screen)


def pretended(device: str) -> Callable[[str], str | None]:
    """This machine's fingerprint; or, for trying out a device limit on one machine, one made from a name."""
    if not device:
        return machine_fingerprint
    return lambda product: hashlib.sha256(f"{product}|{device}".encode()).hexdigest()


def run(app: App, arguments: argparse.Namespace, screen: Screen) -> int:
    """The chosen command; Ctrl-C leaves politely."""
    commands = {"install": app.install, "status": app.status, "deactivate": app.deactivate}
    try:
        if arguments.command == "start":
            return app.start(arguments.code)
        return commands[arguments.command]()
    except KeyboardInterrupt:
        screen.say("", "Stopped. Nothing is lost.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
