"""The static files, gathered and compressed in the data folder."""

from django.conf import settings
from django.core.management import call_command


def gather(state: str) -> None:
    """Gather the static files if those there are of another state of the code."""
    mark = settings.STATIC_ROOT / ".from"
    if mark.exists() and mark.read_text() == state:
        return
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(state)
