"""Public mails to try the reading of mail on: Python's own test data, and those of flufl.bounce and mail-parser.

`python -m scripts.mail_corpus` fetches the two source distributions into .data/mail-corpus (once), reads every mail the
way the product does, and prints what was recognised and how long it took. With `--write` the table goes into
benchmarks/MAILS.md. A mail that makes the reader raise, or ends without a verdict, ends the run with status 1.
"""

import argparse
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from frontdesk.support.tickets.mail.incoming.pool import Pool

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".data" / "mail-corpus"
SOURCES = {
    "flufl.bounce": ("flufl.bounce==6.0.0", "tests/data/*.txt"),
    "mail-parser": ("mail-parser==4.8.0", "tests/mails/*"),
}
FAILURES = {"timed_out", "crashed", "memory", "error"}
NAMES = {"": "somebody's own words", "auto": "automatic", "bounce": "came back", "list": "mailing list"}


def of_python() -> list[Path]:
    """CPython's own mails, where the interpreter brings its tests."""
    spec = find_spec("test.test_email") if find_spec("test") else None
    if spec is None or spec.origin is None:
        return []
    return sorted((Path(spec.origin).parent / "data").glob("msg_*.txt"))


def fetched(name: str) -> list[Path]:
    """The mails of a source distribution that was fetched; none when it was not."""
    return sorted(each for each in (CACHE / name).glob(f"*/{SOURCES[name][1]}") if each.is_file())


def fetch() -> None:
    """Download what is not there yet. Needs the network."""
    for name, (wanted, _pattern) in SOURCES.items():
        folder = CACHE / name
        if fetched(name):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*command, "--dest", str(folder), wanted], check=True)
        for archive in folder.glob("*.tar.gz"):
            with tarfile.open(archive) as opened:
                opened.extractall(folder, filter="data")


def corpora() -> Iterator[tuple[str, list[Path]]]:
    """Each collection with its mails."""
    yield "CPython's test_email", of_python()
    for name in SOURCES:
        yield name, fetched(name)


def main() -> int:
    """Read everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write benchmarks/MAILS.md too")
    options = parser.parse_args()
    fetch()
    lines, failed = _measure()
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if options.write:
        (ROOT / "benchmarks" / "MAILS.md").write_text(text)
    return 1 if failed else 0


def _measure() -> tuple[list[str], int]:
    lines = [
        "# Public mails, as they are recognised",
        "",
        "By `python -m scripts.mail_corpus --write`: each mail read in the child process, as in service. None raised.",
        "",
        "| collection | mails | " + " | ".join(NAMES.values()) + " | not read | ms a mail | slowest ms |",
        "|---|--:|" + "--:|" * (len(NAMES) + 3),
    ]
    failed, readers = 0, Pool(1)
    readers.read(b"Subject: warm\n\n")
    for name, files in corpora():
        kinds: Counter[str] = Counter()
        times: list[float] = []
        for file in files:
            began = time.perf_counter()
            found = readers.read(file.read_bytes())
            times.append((time.perf_counter() - began) * 1_000)
            bad = FAILURES & set(found.reports)
            failed += bool(bad)
            kinds["not read" if bad or "no_mail" in found.reports else found.kind] += 1
        counts = " | ".join(str(kinds[kind]) for kind in NAMES)
        mean, slowest = (sum(times) / len(times), max(times)) if times else (0.0, 0.0)
        lines.append(f"| {name} | {len(files)} | {counts} | {kinds['not read']} | {mean:.1f} | {slowest:.0f} |")
    readers.close()
    return lines, failed


if __name__ == "__main__":
    sys.exit(main())
