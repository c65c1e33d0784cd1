"""Tables and static files, brought up to date once for each state of the code, so that a usual start is quick.

With the embedded database a mark beside the cluster says which state it was last prepared for, and Django need not even
be loaded to see that nothing is to be done. An external database is always asked.
"""

from hashlib import sha256
from pathlib import Path

import django
from django.conf import settings

from frontdesk import __version__
from frontdesk.project.commands.common import migrate, told_when_lost
from frontdesk.project.processes import run_apart
from frontdesk.project.statics import gather

PACKAGE = Path(__file__).parent.parent


def prepare() -> None:
    """Apply migrations and gather static files where the code has changed since."""
    state = _state()
    mark = settings.EMBEDDED.home / "prepared" if settings.EMBEDDED else None
    if mark and mark.exists() and mark.read_text() == state and (settings.STATIC_ROOT / ".from").exists():
        return
    run_apart("frontdesk.project.preparation:apply")
    if mark:
        mark.write_text(state)


def apply() -> None:
    """Do it whatever the mark says."""
    django.setup()
    with told_when_lost():
        migrate()
    gather(_state())


def _state() -> str:
    """A fingerprint of what tables and static files are made of: our own files, and the packages as locked."""
    files = [file for kind in ("static/**/*", "migrations/*.py", "sql/*.sql") for file in PACKAGE.glob(f"**/{kind}")]
    lock = PACKAGE.parent.parent / "requirements.lock"
    seen = [f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in sorted(files) if path.is_file()]
    seen += [str(lock.stat().st_mtime_ns) if lock.exists() else "", *settings.INSTALLED_APPS]
    return f"{__version__} {sha256(' '.join(seen).encode()).hexdigest()}"
