"""The words of the command line."""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from frontdesk_client.cli.face import EXIT_CODES
from frontdesk_client.version import __version__


def build_parser(environ: Mapping[str, str] = os.environ) -> argparse.ArgumentParser:
    """The parser; defaults come from the environment."""
    parser = argparse.ArgumentParser(
        prog="frontdesk-client",
        description="Activate a product on this device and look after its licence.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"frontdesk-client {__version__}")
    shared = _shared_options(environ)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[shared])

    _add_code(command("activate", "activate this device with a code"))
    command("check", "may the product run? refreshes when due")
    command("status", "what is known on this device, without asking anyone")
    command("deactivate", "give this device's seat back")
    replace = command("replace", "at the device limit: ask the owner to swap a device for this one")
    _add_code(replace)
    replace.add_argument("--request-id", default="", help="go on with an earlier request")
    replace.add_argument("--wait", type=float, default=600, metavar="SECONDS", help="how long to wait (600)")
    _add_offline(commands, shared)
    _add_which(command("release", "what is the newest version?"))
    download = command("download", "fetch the newest version, verified; carries on where it stopped")
    _add_which(download)
    download.add_argument("--to", type=Path, default=Path(), metavar="PATH", help="folder or file (here)")
    doctor = command("doctor", "find out why an activation fails, and what to do")
    doctor.add_argument("--code", default="", help="also look at the shape of this code")
    return parser


def _shared_options(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    settings = shared.add_argument_group("settings")
    for option, text in (
        ("server", "the vendor's address"),
        ("product", "the product's short name"),
        ("trust-root", "the vendor's public root key, fdroot_…"),
    ):
        variable = f"FRONTDESK_{option.upper().replace('-', '_')}"
        settings.add_argument(f"--{option}", default=environ.get(variable, ""), help=f"{text} ({variable})")
    data = environ.get("FRONTDESK_CLIENT_DATA", "")
    settings.add_argument(
        "--data", type=Path, default=Path(data) if data else None, help="where to keep the activation"
    )
    settings.add_argument("--app-version", default="0", help="the product's version, as the owner sees it")
    settings.add_argument("--name", default="", help="this device's name, as the owner sees it")
    demo = bool(environ.get("FRONTDESK_DEMO"))
    settings.add_argument("--demo", action="store_true", default=demo, help="follow the time of a demo that travels")
    settings.add_argument("--json", action="store_true", help="one JSON object instead of text")
    return shared


def _add_code(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", default="", help="the code, or - to read it from standard input")


def _add_which(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--platform", default="", help="windows, macos, linux, android, ios or other (this one)")
    parser.add_argument("--channel", default="stable", help="stable, or another the vendor offers")


def _add_offline(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser
) -> None:
    text = "activate a device that has no connection"
    ways = commands.add_parser("offline", help=text, description=text).add_subparsers(
        dest="way", required=True, metavar="STEP"
    )
    request = ways.add_parser("request", help="write the request file", parents=[shared])
    _add_code(request)
    complete = ways.add_parser("complete", help="take in the answer file", parents=[shared])
    complete.add_argument("file", type=Path)
    back = ways.add_parser("return", help="give the seat back: write the return file", parents=[shared])
    for parser, name in ((request, "frontdesk-request.json"), (back, "frontdesk-return.json")):
        parser.add_argument("--out", type=Path, default=Path(name), help=f"the file to write ({name})")


def data_folder(product: str, environ: Mapping[str, str] = os.environ, system: str = sys.platform) -> Path:
    """Where this user's programs keep their data on this system."""
    if system == "win32":
        base = Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif system == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "frontdesk-client" / "".join(sign if sign.isalnum() else "-" for sign in product)
