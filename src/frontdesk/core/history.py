"""The audit in words that a customer understands. Each app says in its AppConfig.ready() what its actions are called.

A phrase names what happened, never who did it: that is said beside it. It may hold values of the row's `data`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from frontdesk.core.models import AuditEntry

Text = str | Promise
Detail = Callable[[Mapping[str, Any], Mapping[str, str]], Text]


class Topic(StrEnum):
    """What a customer filters by."""

    SECURITY = "security"
    LICENSES = "licenses"
    PAYMENTS = "payments"
    LOOKS = "looks"
    OTHER = "other"


@dataclass(frozen=True)
class Phrase:
    """What an action is called; `detail(data, personal values)` says more where a row knows more."""

    topic: Topic
    text: Text
    icon: str
    detail: Detail | None = None


_phrases: dict[str, Phrase] = {}


def describe(topic: Topic, icon: str, phrases: Mapping[str, Text], detail: Detail | None = None) -> None:
    """Say what actions are called."""
    for action, text in phrases.items():
        _phrases[action] = Phrase(topic, text, icon, detail)


def phrase_of(action: str) -> Phrase:
    """The words for an action; one that has none is shown as it is called inside."""
    return _phrases.get(action) or Phrase(Topic.OTHER, _("Something else was done (%s)") % action, "circle-dot")


def is_described(action: str) -> bool:
    """Whether an action has words."""
    return action in _phrases


def actions_of(topic: Topic) -> list[str]:
    """The actions of a topic."""
    return [action for action, phrase in _phrases.items() if phrase.topic == topic]


def joined(parts: Iterable[Text]) -> str:
    """Details in one line."""
    return " · ".join(str(part) for part in parts if part)


def detail_of(entry: AuditEntry, personal: Mapping[str, str]) -> str:
    """What a row knows beyond its action."""
    phrase = phrase_of(entry.action)
    return str(phrase.detail(entry.data, personal)) if phrase.detail else ""
