"""Running PostgreSQL's client programs against the installation's database."""

import os

from psycopg import conninfo

from frontdesk.project.postgres import binaries


def command(program: str, dsn: str, *arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment; the password is in the environment, where `ps` does not show it."""
    values = conninfo.conninfo_to_dict(dsn)
    password = str(values.pop("password", "") or "")
    target = conninfo.make_conninfo(**{name: str(value) for name, value in values.items()})
    line = [str(binaries.find() / program), f"--dbname={target}", "--no-password", *arguments]
    return line, os.environ | ({"PGPASSWORD": password} if password else {})
