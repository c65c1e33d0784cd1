"""The vendor's rules of the community: words that hold posts back, trusted hosts, and how much is too much."""

import re
from dataclasses import dataclass

from django.db import transaction

from frontdesk.core import audit
from frontdesk.core.actors import Actor
from frontdesk.support.forum.models import OrderSettings

SUBJECT = "community"
MOST = 500
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


@dataclass(frozen=True)
class Rules:
    """What the vendor wants. Numbers as in `OrderSettings`."""

    words: list[str]
    hosts: list[str]
    hide_weight: int
    most_mentions: int
    storm_count: int
    flood_count: int


@transaction.atomic
def save(*, actor: Actor, rules: Rules) -> OrderSettings:
    """Let these rules hold from now on. Raises ValueError for what is no host."""
    if wrong := [host for host in rules.hosts if not HOST.fullmatch(host)]:
        raise ValueError(f"not a host: {wrong[0]}")
    row, _made = OrderSettings.objects.select_for_update().get_or_create(pk=1)
    for name, value in vars(rules).items():
        setattr(row, name, value)
    row.save()
    numbers = {name: value for name, value in vars(rules).items() if isinstance(value, int)}
    data = {**numbers, "words": len(rules.words), "hosts": rules.hosts[:20]}
    assert actor.person is not None  # noqa: S101 - a manager
    audit.record(actor=actor, action="community.rules", subject_type=SUBJECT, subject=actor.person, data=data)
    return row


def lines(text: str, longest: int) -> list[str]:
    """One entry a line, each once, empty ones left out."""
    found = (" ".join(line.replace("\0", "").split())[:longest] for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))[:MOST]
