"""What merging and splitting carry over of the history that times hang on. Pure, as the arithmetic itself.

A merge ends nothing that somebody was promised, and whoever waited goes on waiting since when they did.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from frontdesk.support.tickets.models import Message
from frontdesk.support.tickets.sla.book import Change
from frontdesk.support.tickets.sla.counting import OVER
from frontdesk.support.tickets.sla.loading import waits_since

STOPS = {"answered", "waiting", *OVER}


def carried(source: Sequence[Change], target: Sequence[Change]) -> Change | None:
    """What the target's history gets of the source's: since when its customer waits for an answer there. None where
    nobody waits, or the target's has waited longer.

    Until the target's first answer it is an earlier beginning (OPENED); later a question (CUSTOMER_WROTE), and that is
    not before the target's own last answer: what was said there was no answer to it, and must not count as one.
    """
    since = waits_since(source)
    if since is None:
        return None
    waits = waits_since(target)
    if waits is not None and waits <= since:
        return None
    if waits is not None and all(change.kind != "answered" for change in target):
        return Change(since, "opened", _level_at(source, since))
    return Change(asked_at(target, since, before=waits), "customer_wrote", "")


def asked_at(target: Sequence[Change], since: datetime, *, before: datetime | None = None) -> datetime:
    """When a question of `since` counts as asked in this history: not before what was answered, or stopped, there."""
    return max([since, *(each.at for each in target if each.kind in STOPS and (before is None or each.at < before))])


def _level_at(changes: Sequence[Change], moment: datetime) -> str:
    levels = [change.level for change in changes if change.level and change.at <= moment]
    return levels[-1] if levels else next((change.level for change in changes if change.level), "")


def told_by(messages: Iterable[Message]) -> list[Change]:
    """The history that these messages tell by themselves: it began with the first; answers hand the turn over."""
    said = sorted(
        (each for each in messages if each.kind in {Message.Kind.CUSTOMER, Message.Kind.AGENT}),
        key=lambda each: each.created_at,
    )
    told: list[Change] = []
    for number, message in enumerate(said):
        kinds = ["opened"] if number == 0 else []
        if message.kind == Message.Kind.AGENT:
            kinds += ["answered", "waiting"]
        elif number:
            kinds.append("customer_wrote")
        told += [Change(message.created_at, kind, "") for kind in kinds]
    return told
