"""The way in: settings to client, error to exit code."""

import argparse
import io
import sys
from collections.abc import Sequence

from frontdesk_client.cli.commands import COMMANDS, examine
from frontdesk_client.cli.face import USAGE, Face, exit_code
from frontdesk_client.cli.parser import build_parser, data_folder
from frontdesk_client.client import Client
from frontdesk_client.clocks import ServerClock
from frontdesk_client.errors import ConfigurationInvalid, FrontdeskError
from frontdesk_client.store import FileStore

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without our signs shall still show the words
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as stop:  # argparse has explained itself; programs that call us want a number
        return USAGE if stop.code else 0
    face = Face(as_json=arguments.json, server=arguments.server)
    try:
        return _run(arguments, face)
    except FrontdeskError as error:
        face.error(error)
        return exit_code(error)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return INTERRUPTED


def _run(arguments: argparse.Namespace, face: Face) -> int:
    if arguments.command == "doctor":
        _insist(arguments, "server")
        return examine(arguments, face)
    _insist(arguments, "server", "product", "trust_root")
    name = f"offline {arguments.way}" if arguments.command == "offline" else arguments.command
    return COMMANDS[name](_client(arguments), arguments, face)


def _client(arguments: argparse.Namespace) -> Client:
    folder = arguments.data or data_folder(arguments.product)
    return Client(
        arguments.server,
        arguments.product,
        arguments.trust_root,
        FileStore(folder / "activation.json"),
        ServerClock(folder / "demo-clock") if arguments.demo else None,
        app_version=arguments.app_version,
        name=arguments.name,
    )


def _insist(arguments: argparse.Namespace, *names: str) -> None:
    for name in names:
        if not getattr(arguments, name):
            option = name.replace("_", "-")
            raise ConfigurationInvalid(
                f"The setting --{option} is missing.", remedy=f"Give --{option}, or set FRONTDESK_{name.upper()}."
            )
