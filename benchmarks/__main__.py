"""`make bench`: activations and leases a second over HTTP, against what the database alone can do, in one run; then how
well the help centre's search finds, and how fast.

Writes RESULTS.md (`--only` renews one of its two parts). With `--licenses 1000 1000000` it measures for each size:
that shows whether the speed stays flat.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import bound
from benchmarks.installation import Installation

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
SEARCH = "\n## The help centre's search\n"
CLIENTS = 32
STRIDE = 3_000  # codes set aside for each client of pgbench in each run
GOALS = {"activations": (0.6, 1.0), "leases": (0.12, 0.25)}


@dataclass
class Measured:
    """One endpoint at one size."""

    what: str
    licenses: int
    bound: float
    rate: float
    p50: float
    p99: float
    worst: float
    errors: int

    @property
    def ratio(self) -> float:
        """Over HTTP, as a share of the database alone."""
        return self.rate / self.bound


@dataclass
class Report:
    """Everything one run measured."""

    measured: list[Measured]
    idle: float
    busy: float
    web_workers: int


def prepare(licenses: int, requests: int) -> str:
    """Keys, catalogue, licences, codes; returns the database's address. Django is set up here, once."""
    import django  # noqa: PLC0415 - settings are read from the environment that the installation made

    django.setup()
    from django.conf import settings  # noqa: PLC0415 - as above

    from benchmarks import shelf  # noqa: PLC0415 - as above
    from frontdesk.core import signing  # noqa: PLC0415 - as above

    pem, _ = signing.new_root()
    signing.rotate(root=signing.load_root(pem))
    url: str = settings.DATABASE_DSN
    bound.seed(url, licenses=licenses, codes=sum(bound.CLIENTS) * STRIDE + 1)
    shelf.fill(url, Path(os.environ["FRONTDESK_DATA"]), licenses=licenses, requests=requests)
    return url


def bounds(url: str, licenses: int, seconds: int) -> dict[str, float]:
    """The best of 8, 16 and 32 clients of pgbench, for both functions."""
    best = {"activations": 0.0, "leases": 0.0}
    first = 1
    for clients in bound.CLIENTS:
        given = {"k": 0, "first": first, "stride": STRIDE}
        rate = bound.measure(url, "activations", clients=clients, seconds=seconds, **given)
        best["activations"] = max(best["activations"], rate)
        best["leases"] = max(
            best["leases"], bound.measure(url, "leases", clients=clients, seconds=seconds, licenses=licenses)
        )
        first += clients * STRIDE
    return best


def over_http(port: int, what: str, seconds: int) -> dict[str, Any]:
    """What the load generator saw."""
    prepared = Path(os.environ["FRONTDESK_DATA"]) / f"{what}.requests"
    command = [sys.executable, str(HERE / "load.py"), str(port), str(seconds), str(prepared), str(CLIENTS)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return answer


def measure(licenses: int, seconds: int, web_workers: int) -> Report:
    """One size, in an installation of its own."""
    with Installation(web_workers=web_workers) as installation:
        url = prepare(licenses, requests=6_000 * seconds)
        installation.restart()
        idle = installation.memory()
        over_http(installation.port, "warmup", 2)
        limits = bounds(url, licenses, max(3, seconds // 2))
        measured = []
        for what in ("activations", "leases"):
            seen = over_http(installation.port, what, seconds)
            if seen["errors"]:
                print(what, seen["statuses"], file=sys.stderr)
            numbers = {name: seen[name] for name in ("rate", "p50", "p99", "worst", "errors")}
            measured.append(Measured(what=what, licenses=licenses, bound=round(limits[what], 1), **numbers))
        return Report(measured, idle, installation.memory(), web_workers)


def machine() -> str:
    """What it was measured on, without naming it."""
    model, memory = "unknown processor", 0
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemTotal"):
            memory = round(int(line.split()[1]) / 1024**2)
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({model}), {memory} GB, Linux, Python {platform.python_version()}"


def table(reports: list[Report]) -> str:
    """The results as Markdown."""
    lines = [
        "| licences | | over HTTP, a second | pgbench, a second | ratio | goal | p50 ms | p99 ms | worst ms | errors |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for report in reports:
        for each in report.measured:
            goal = GOALS[each.what][0]
            lines.append(
                f"| {each.licenses:,} | {each.what} | {each.rate:,.0f} | {each.bound:,.0f} | **{each.ratio:.2f}** "
                f"| ≥ {goal} | {each.p50} | {each.p99} | {each.worst} | {each.errors} |"
            )
    memory = ", ".join(f"{r.idle:.0f} MB idle, {r.busy:.0f} MB after the load" for r in reports)
    workers = reports[0].web_workers
    return "\n".join(lines) + f"\n\nMemory of the whole process tree (PSS), {workers} web process(es): {memory}.\n"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--licenses", type=int, nargs="+", default=[1_000], help="sizes to measure at")
    parser.add_argument("--seconds", type=int, default=10, help="how long each measurement over HTTP takes")
    parser.add_argument("--web-workers", type=int, default=1, help="web processes of the server")
    parser.add_argument(
        "--only", choices=("devices", "search"), help="measure one part, and leave the other as it stands"
    )
    parser.add_argument("--terms", type=int, default=600, help="questions to the search in each language")
    parser.add_argument("--json", action="store_true", help="print JSON and write nothing")
    options = parser.parse_args()
    if options.json or options.only != "search":
        devices(options)
    if not options.json and options.only != "devices":
        search(options.terms)


def devices(options: argparse.Namespace) -> None:
    """Activations and leases."""
    reports = [_apart(size, options) for size in options.licenses] if len(options.licenses) > 1 else []
    reports = reports or [measure(options.licenses[0], options.seconds, options.web_workers)]
    if options.json:
        print(json.dumps([asdict(report) for report in reports]))
        return
    made = table(reports)
    print(made)
    notes = (HERE / "notes.md").read_text().format(date=_today(), machine=machine(), table=made)
    RESULTS.write_text(notes + SEARCH + RESULTS.read_text().partition(SEARCH)[2])


def search(terms: int) -> None:
    """The help centre's search, from a process of its own as well."""
    command = [sys.executable, "-m", "benchmarks.help_search", "--terms", str(terms)]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    print(made)
    notes = (HERE / "notes_search.md").read_text().format(date=_today(), machine=machine(), table=made)
    RESULTS.write_text(RESULTS.read_text().partition(SEARCH)[0] + SEARCH + notes)


def _today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")


def _apart(size: int, options: argparse.Namespace) -> Report:
    """Settings are read once a process, so each installation is measured from a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "--json", "--licenses", str(size)]
    command += ["--seconds", str(options.seconds), "--web-workers", str(options.web_workers)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    (found,) = json.loads(printed.splitlines()[-1])
    return Report(**found | {"measured": [Measured(**each) for each in found["measured"]]})


if __name__ == "__main__":
    main()
