"""`frontdesk demo`: the fictional vendor Halcyon, from nothing to a running front desk."""

import argparse
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import django
from django.conf import settings

from frontdesk.project import claims, environment
from frontdesk.project.commands.common import CommandFailed, database
from frontdesk.project.commands.serve import serve
from frontdesk.project.demo.facts import Facts
from frontdesk.project.demo.screen import welcome
from frontdesk.project.demo.sources import FOLDER
from frontdesk.project.installation import SETTINGS_FILE, default_data_folder, is_demo, is_empty, set_values
from frontdesk.project.processes import run_apart

SETTINGS: dict[str, str | int | bool] = {
    "FRONTDESK_DEMO": True,
    "FRONTDESK_BRAND_NAME": "Halcyon",
    "FRONTDESK_MAIL": "file",
    "FRONTDESK_MAIL_FROM": "Halcyon <desk@halcyon.example>",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """What to do with the demo."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start it (made at the first time) and serve until interrupted")
    actions.add_parser("facts", help="print addresses, people and codes as JSON")
    actions.add_parser("reset", help="delete all data of the demo; the next run starts anew")
    actions.add_parser("totp", help="the six digits that an authenticator shows now").add_argument("email")


def run(options: argparse.Namespace) -> int:
    """Run, show or delete."""
    data = environment.folder("FRONTDESK_DATA", str(default_data_folder()), "")
    if options.action == "totp":
        return _totp(data, options.email)
    actions: dict[str, Callable[[Path], int]] = {"run": _run, "facts": _facts, "reset": _reset}
    return actions[options.action](data)


def _run(data: Path) -> int:
    if not is_empty(data) and not is_demo(data):
        raise CommandFailed(f"{data} holds an installation that is no demo; choose another folder: FRONTDESK_DATA=…")
    if not (data / SETTINGS_FILE).exists():
        set_values(data / SETTINGS_FILE, SETTINGS)
    if not (data / "legal").exists():
        shutil.copytree(FOLDER / "legal", data / "legal")
    return serve(prepare=lambda: _build(data), ready=_welcome)


def _welcome() -> None:
    with suppress(SystemExit):  # it has said what is wrong, and the pages are open all the same
        run_apart("frontdesk.project.commands.demo:print_welcome")


def _build(data: Path) -> None:
    if not Facts.load(data).is_complete:
        run_apart("frontdesk.project.commands.demo:build_all")
    Facts.load(data).note_address(settings.FRONTDESK_URL)


def build_all() -> None:
    """Make what the demo still lacks, in the process that calls it."""
    django.setup()
    from frontdesk.project.demo.build import build  # noqa: PLC0415 - its models need Django set up

    build(Facts.load(settings.DATA_FOLDER))


def print_welcome() -> None:
    """Say that it is open, in a process of its own: what it needs would stay in memory otherwise."""
    from frontdesk.project.demo.shelf import unused  # noqa: PLC0415 - see above

    facts = Facts.load(settings.DATA_FOLDER)
    print(welcome(facts, unused(facts), _typed(Path(sys.executable)), _command()), flush=True)


def _typed(program: Path) -> str:
    """A program, as it is typed in this folder."""
    return str(program.relative_to(Path.cwd())) if program.is_relative_to(Path.cwd()) else str(program)


def _command() -> str:
    """The command line of this installation: the one beside this Python, with the folder where it was named."""
    named = f"FRONTDESK_DATA={shlex.quote(os.environ['FRONTDESK_DATA'])} " if "FRONTDESK_DATA" in os.environ else ""
    return named + _typed(Path(sys.executable).with_name("frontdesk"))


def _facts(data: Path) -> int:
    print(json.dumps(_existing(data).published(), indent=1, ensure_ascii=False))
    return 0


def _totp(data: Path, email: str) -> int:
    person = _existing(data).person(email)
    if person is None or not person.totp_secret:
        raise CommandFailed(f"{email} has no authenticator in this demo")
    django.setup()
    with database():
        from allauth.mfa.totp.internal import auth  # noqa: PLC0415 - needs the settings

        counter = next(iter(sorted(auth.yield_hotp_counters_from_time())))
        print(auth.format_hotp_value(auth.hotp_value(person.totp_secret, counter)))
    return 0


def _existing(data: Path) -> Facts:
    if not is_demo(data):
        raise CommandFailed(f"there is no demo in {data}: make run")
    return Facts.load(data)


def _reset(data: Path) -> int:
    _existing(data)
    django.setup()
    if settings.EMBEDDED is None:
        raise CommandFailed("the demo's database is your own server's: drop and create it there")
    with claims.served("all"):
        if settings.EMBEDDED.is_reachable():
            raise CommandFailed("another command is using the database; try again when it is done")
        shutil.rmtree(settings.EMBEDDED.home, ignore_errors=True)
        for name in ("demo.json", "trust-root.pem", "secrets.json", "files", "mail", "static", "legal"):
            _remove(data / name)
    _remove(data / "run")
    _remove(data / SETTINGS_FILE)  # last, since it says that this is a demo
    print(f"The demo in {data} is gone.")
    return 0


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
