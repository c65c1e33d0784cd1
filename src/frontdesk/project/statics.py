"""The static files, gathered once for each state of the code."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from frontdesk import __version__


def prepare() -> None:
    """Gather and compress the static files if the code has changed since; quick otherwise."""
    mark = settings.STATIC_ROOT / ".from"
    state = _state()
    if mark.exists() and mark.read_text() == state:
        return
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(state)


def _state() -> str:
    """A fingerprint of our own files and of the applications that bring others."""
    package = Path(__file__).parent.parent
    files = sorted(path for path in package.glob("*/static/**/*") if path.is_file())
    seen = "".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in files)
    lock = Path(__file__).parents[3] / "requirements.lock"
    seen += f"{lock.stat().st_mtime_ns}" if lock.exists() else ""
    return f"{__version__} {sha256(' '.join([*settings.INSTALLED_APPS, seen]).encode()).hexdigest()}"
