"""Building the demo, step by step; a step that was cut off is taken up again at the next start."""

from collections.abc import Callable
from pathlib import Path

from frontdesk.core import signing
from frontdesk.project.commands import keys
from frontdesk.project.demo import answers, cast, centre, chats, community, sales, service, stock, talks, vendor
from frontdesk.project.demo.facts import COMPLETE, Facts


def build(facts: Facts) -> None:
    """Make what is missing."""
    data = facts.path.parent
    steps: dict[str, Callable[[], None]] = {
        "keys": lambda: _build_keys(data),
        "catalogue": vendor.build_catalog,
        "releases": vendor.build_releases,
        "people": lambda: cast.build_people(facts),
        "unused codes": lambda: stock.build_unused(facts),
        "licences": lambda: stock.build_licenses(facts),
        # From version 2 on; a demo of version 1 gets them at its next start.
        "catalogue for subscriptions": vendor.build_catalog,
        "people with subscriptions": lambda: cast.build_newcomers(facts),
        "sales": sales.build_sales,
        # From version 3 on.
        "people of the desk": lambda: cast.build_newcomers(facts),
        "help centre": centre.build_centre,
        "service": service.build_service,
        # Before the conversations, so that the rules look at them.
        "answers": answers.build_answers,
        "conversations": talks.build_conversations,
        # From version 4 on.
        "community": community.build_community,
        # From version 5 on; whose service is older opens around the clock from now on.
        "open every day": service.open_every_day,
        "chats": chats.build_chats,
    }
    for name, step in steps.items():
        if name not in facts.done:
            step()
            facts.finish(name)
    facts.trust_root = signing.trust_root()
    facts.finish(COMPLETE)


def _build_keys(data: Path) -> None:
    """The demo keeps its trust root on the server: nobody's real product pins it."""
    root = data / "trust-root.pem"
    if not root.exists():
        keys.make_root(root)
    try:
        signing.key_set()
    except signing.NoKeys:
        keys.rotate(root)
