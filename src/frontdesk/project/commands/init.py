"""`frontdesk init`: an empty installation, ready for its first administrator. Safe to repeat."""

import argparse
import re
from pathlib import Path

import django

from frontdesk.project import environment
from frontdesk.project.commands.common import CommandFailed, ask, database, migrate
from frontdesk.project.installation import SETTINGS_FILE, default_data_folder, is_demo, set_values, write_private

NEXT = """
Next:
  frontdesk serve            starts it on port {port}
  {data}/frontdesk.toml      holds the settings; frontdesk check --settings explains each
  {data}/legal/              holds the legal pages, to be edited
  frontdesk check --deploy   tells what is still unsafe in public
"""
QUESTIONS = (
    ("name", "FRONTDESK_BRAND_NAME", "Your company's name, as customers know it", ""),
    ("url", "FRONTDESK_URL", "The public address, such as https://desk.example.com", ""),
    ("mail_from", "FRONTDESK_MAIL_FROM", "The sender of mails, such as Desk <desk@example.com>", ""),
    ("language", "FRONTDESK_LANGUAGE", "The main language, en or de", "en"),
)
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

# --- Language of people we know nothing of
# FRONTDESK_LANGUAGE = "en"
"""
LEGAL = {
    "imprint": "# Imprint\n\nWho runs this site, and how to reach them. The operator writes this page.\n",
    "privacy": "# Privacy\n\nWhich personal data is kept here, why, and for how long. The operator writes this page.\n",
    "terms": "# Terms\n\nThe terms of sale and use. The operator writes this page.\n",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Each question may be answered beforehand."""
    for option, _, question, _ in QUESTIONS:
        parser.add_argument(f"--{option.replace('_', '-')}", help=question)
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
    _write_settings(data, options)
    for slug, text in LEGAL.items():
        if not (data / "legal").exists() or not any((data / "legal").glob(f"{slug}*.md")):
            write_private(data / "legal" / f"{slug}.md", text)
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
    file = data / SETTINGS_FILE
    if not file.exists():
        write_private(file, TEMPLATE)
    environment.use_file(file)
    values: dict[str, str | int | bool] = {}
    for option, name, question, default in QUESTIONS:
        present = environment.text(name, default, "")
        given = getattr(options, option) or ask(question, present)
        if not given:
            raise CommandFailed(f"say --{option.replace('_', '-')}: {question[0].lower()}{question[1:]}")
        values[name] = given
    if options.smtp_host:
        values |= {"FRONTDESK_MAIL": "smtp", "FRONTDESK_SMTP_HOST": options.smtp_host}
    if options.smtp_port:
        values["FRONTDESK_SMTP_PORT"] = options.smtp_port
    if options.smtp_user:
        values["FRONTDESK_SMTP_USER"] = options.smtp_user
    _refuse_bad(values)
    set_values(file, values)
    environment.use_file(file)


def _refuse_bad(values: dict[str, str | int | bool]) -> None:
    """A bad answer is told before anything is written."""
    if not re.fullmatch(r"https?://[^/\s?#]+/?", str(values["FRONTDESK_URL"])):
        raise CommandFailed("the address must look like https://desk.example.com, without a path")
    if values["FRONTDESK_LANGUAGE"] not in {"en", "de"}:
        raise CommandFailed("the language must be en or de")
    if "@" not in str(values["FRONTDESK_MAIL_FROM"]):
        raise CommandFailed("the sender of mails must hold an e-mail address")
