"""What the database alone can do: pgbench with the same functions on the same server, and the data it needs."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from frontdesk.project.postgres import binaries

HERE = Path(__file__).parent
CLIENTS = (8, 16, 32)


def seed(url: str, *, licenses: int, codes: int) -> None:
    """Fill the tables and warm the caches."""
    sql = (HERE / "seed.sql").read_text().replace(":licenses", str(licenses))
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(sql.replace(":codes", str(codes)).encode())
        link.execute("vacuum analyze")
        for table in ("license", "code", "term", "activation"):
            link.execute(f"select count(*), max(t::text) from licensing_{table} t".encode())  # noqa: S608 - names of ours
        link.execute("checkpoint")


def measure(url: str, script: str, *, clients: int, seconds: int, **variables: int) -> float:
    """Transactions a second."""
    parts = urlsplit(url)
    environment = os.environ | {
        "PGHOST": parse_qs(parts.query)["host"][0],
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.strip("/"),
    }
    given = [part for name, value in variables.items() for part in ("-D", f"{name}={value}")]
    command = [
        str(_pgbench()), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), *given,
        "-f", str(HERE / f"{script}.pgbench"),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if not found or "aborted" in done.stderr:
        raise SystemExit(f"pgbench failed: {done.stderr[-500:]}")
    return float(found[1])


def _pgbench() -> Path:
    found = binaries.find() / "pgbench"
    if not found.exists():
        raise SystemExit("pgbench is not there; install PostgreSQL's client programs")
    return found
