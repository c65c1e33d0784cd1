"""Building the demo, step by step; a step that was cut off is taken up again at the next start."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from frontdesk.core import signing
from frontdesk.project.commands import keys
from frontdesk.project.demo import cast, stock, vendor
from frontdesk.project.demo.facts import Facts


def build(data: Path) -> None:
    """Make what is missing and bring the facts up to date; quick when all is there."""
    facts = Facts.load(data)
    steps: dict[str, Callable[[], None]] = {
        "keys": lambda: _build_keys(data),
        "catalogue": vendor.build_catalog,
        "releases": vendor.build_releases,
        "people": lambda: cast.build_people(facts),
        "unused codes": lambda: stock.build_unused(facts),
        "licences": lambda: stock.build_licenses(facts),
    }
    for name, step in steps.items():
        if name not in facts.done:
            step()
            facts.finish(name)
    facts.url = settings.FRONTDESK_URL
    facts.mailbox_url = f"{facts.url}/demo/mailbox/"
    facts.trust_root = signing.trust_root()
    facts.save()


def _build_keys(data: Path) -> None:
    """The demo keeps its trust root on the server: nobody's real product pins it."""
    root = data / "trust-root.pem"
    if not root.exists():
        keys.make_root(root)
    try:
        signing.key_set()
    except signing.NoKeys:
        keys.rotate(root)
