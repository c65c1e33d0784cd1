"""`frontdesk init`: an empty installation, ready for its first administrator. Safe to repeat."""

import argparse
import sys
from pathlib import Path

import django

from frontdesk.project import environment
from frontdesk.project.commands import questions
from frontdesk.project.commands.common import CommandFailed, ask, database, migrate
from frontdesk.project.commands.questions import QUESTIONS
from frontdesk.project.installation import SETTINGS_FILE, default_data_folder, is_demo, set_values, write_private

WELCOME = """\
A few questions, then the installation is ready. Enter alone takes what stands in [brackets], or leaves out what may
be left out; Ctrl-C stops. Everything can be changed later.
"""
MAIL_SERVER = "The mail server, such as smtp.example.com (none: mails are written into a folder)"
MAIL_USER = "Its user (none: without signing in; the password goes into frontdesk.toml)"
IMPRINT = "Who runs this: name, address and e-mail, for the imprint (none: you write the page later)"
NEXT = """
Next:
  frontdesk serve            starts it on port {port}
  {data}/frontdesk.toml      holds the settings; frontdesk check --settings explains each
  {data}/legal/              holds the legal pages, to be edited
  frontdesk check --deploy   tells what is still unsafe in public
"""
TEMPLATE = """\
# The settings of this installation. Each may also be given in the environment, which wins.
# `frontdesk check --settings` lists them all. Restart after a change.

# --- Brand
# FRONTDESK_BRAND_NAME = ""
# FRONTDESK_BRAND_HUE = 222
# FRONTDESK_BRAND_LOGO = ""

# --- Where it is reached
# FRONTDESK_URL = ""
# FRONTDESK_HOSTS = []
# FRONTDESK_TRUSTED_PROXIES = []
# PORT = 8000

# --- Mail: file (a folder), console or smtp
# FRONTDESK_MAIL = "file"
# FRONTDESK_MAIL_FROM = ""
# FRONTDESK_SMTP_HOST = ""
# FRONTDESK_SMTP_PORT = 587
# FRONTDESK_SMTP_USER = ""
# FRONTDESK_SMTP_PASSWORD = ""

# --- Language and time zone of people we know nothing of
# FRONTDESK_LANGUAGE = "en"
# FRONTDESK_TIME_ZONE = "Europe/Berlin"
"""
LEGAL = {
    "imprint": "# Imprint\n\nWho runs this site, and how to reach them. The operator writes this page.\n",
    "privacy": "# Privacy\n\nWhich personal data is kept here, why, and for how long. The operator writes this page.\n",
    "terms": "# Terms\n\nThe terms of sale and use. The operator writes this page.\n",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Each question may be answered beforehand."""
    for each in QUESTIONS:
        parser.add_argument(f"--{each.option.replace('_', '-')}", help=each.text)
    parser.add_argument("--smtp-host", help="the mail server; without one, mails are written into a folder")
    parser.add_argument("--smtp-port", type=int, help="its port (587)")
    parser.add_argument("--smtp-user", help="its user; the password goes into frontdesk.toml by hand")
    parser.add_argument("--root-file", type=Path, help="the trust root's PEM file: made if it is not there")
    parser.add_argument("--admin", metavar="E-MAIL", help="the first administrator, who gets a one-time link")


def run(options: argparse.Namespace) -> int:
    """Set up what is not there yet."""
    data = environment.folder("FRONTDESK_DATA", str(default_data_folder()), "")
    if is_demo(data):
        raise CommandFailed(f"{data} holds the demo; choose another folder: FRONTDESK_DATA=…")
    if options.admin and (problem := questions.administrator(options.admin)):
        raise CommandFailed(problem)
    if sys.stdin.isatty():
        print(WELCOME)
    _write_settings(data, options)
    _write_legal_pages(data / "legal")
    django.setup()
    with database():
        from frontdesk.project.commands import first_steps  # noqa: PLC0415 - the settings are read only once they are written

        migrate()
        print(f"The installation is in {data}")
        first_steps.make_keys(options.root_file)
        first_steps.invite_administrator(options.admin)
        print(NEXT.format(port=environment.number("PORT", 8000, ""), data=data))
    return 0


def _write_settings(data: Path, options: argparse.Namespace) -> None:
    """Ask what is not given, then write; a bad answer is told before anything is written."""
    file = data / SETTINGS_FILE
    environment.use_file(file)
    values = _answers(options) | _mail_server(options)
    if not file.exists():
        write_private(file, TEMPLATE)
    set_values(file, values)
    environment.use_file(file)


def _answers(options: argparse.Namespace) -> dict[str, str | int | bool]:
    values: dict[str, str | int | bool] = {}
    for each in QUESTIONS:
        present = environment.text(each.setting, each.default, "")
        given = getattr(options, each.option) or ask(each.text, present, each.check)
        if not given:
            raise CommandFailed(f"say --{each.option.replace('_', '-')}: {each.text[0].lower()}{each.text[1:]}")
        if problem := each.check(given):
            raise CommandFailed(problem)
        values[each.setting] = given
    return values


def _mail_server(options: argparse.Namespace) -> dict[str, str | int | bool]:
    present = environment.text("FRONTDESK_SMTP_HOST", "", "")
    host = options.smtp_host or ask(MAIL_SERVER, present, questions.mail_server)
    if problem := questions.mail_server(host):
        raise CommandFailed(problem)
    values: dict[str, str | int | bool] = {}
    if host:
        values |= {"FRONTDESK_MAIL": "smtp", "FRONTDESK_SMTP_HOST": host}
        user = options.smtp_user or ask(MAIL_USER, environment.text("FRONTDESK_SMTP_USER", "", ""))
        values |= {"FRONTDESK_SMTP_USER": user} if user else {}
    if options.smtp_port:
        values["FRONTDESK_SMTP_PORT"] = options.smtp_port
    return values


def _write_legal_pages(folder: Path) -> None:
    """Those that are not there yet, in whatever language; the imprint with what the operator says of themselves."""
    for slug, text in LEGAL.items():
        if not any(folder.glob(f"{slug}*.md")):
            said = ask(IMPRINT) if slug == "imprint" else ""
            write_private(folder / f"{slug}.md", f"# Imprint\n\n{said}\n" if said else text)
