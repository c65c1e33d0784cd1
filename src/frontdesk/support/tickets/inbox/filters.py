"""What an agent wants to see of the inbox: read from an address, never failing, and written back to one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from frontdesk.support.tickets.models import Channel, Conversation

VIEWS = (
    "mine",
    "unassigned",
    "teams",
    "waiting",
    "snoozed",
    "mentions",
    "reminders",
    "due",
    "solved",
    "spam",
    "all",
)
SORTS = ("last", "due", "created")
DUE = ("overdue", "hour", "today")
ME = "me"
NOBODY = "nobody"
LONGEST = 200
MOST = 20  # of the choices of one field
CHOICES = {
    "status": set(Conversation.Status.values),
    "channel": set(Channel.values),
    "priority": {str(each) for each in Conversation.Priority.values},
}
MANY = ("status", "team", "area", "tag", "product", "channel", "priority", "language")
ONE = ("assignee", "q", "plan", "reason", "due")


class Parameters(Protocol):
    """A QueryDict, or what can be read like one."""

    def get(self, key: str, /) -> Any: ...

    def getlist(self, key: str, /) -> Sequence[Any]: ...


class Saved(dict[str, Any]):
    """The parameters of a saved view, read like those of an address."""

    def getlist(self, key: str, /) -> Sequence[Any]:
        """All values of a key."""
        value = self.get(key, [])
        return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Filter:
    """A view of the inbox and what narrows it."""

    view: str = "mine"
    q: str = ""
    sort: str = ""
    status: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    assignee: str = ""
    plan: str = ""
    reason: str = ""
    due: str = ""

    @classmethod
    def read(cls, parameters: Parameters) -> "Filter":
        """From an address; what nobody knows is left out."""
        view, sort = str(parameters.get("view") or ""), str(parameters.get("sort") or "")
        one = {name: _text(parameters.get(name)) for name in ONE}
        many: dict[str, Any] = {name: _texts(name, parameters.getlist(name)) for name in MANY}
        one_of = {"assignee": _who(one["assignee"]), "due": one["due"] if one["due"] in DUE else ""}
        return cls(
            view=view if view in VIEWS else "mine",
            sort=sort if sort in SORTS else "",
            **many | one | one_of,
        )

    @classmethod
    def of(cls, saved: Mapping[str, Any]) -> "Filter":
        """From a saved view."""
        return cls.read(Saved(saved))

    @property
    def order(self) -> str:
        """By what the list is sorted: as asked, else what is due first where that is what the view is about."""
        return self.sort or ("due" if self.view == "due" else "last")

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """What differs from the plain inbox; the view always."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items() if value}

    @cached_property
    def address(self) -> str:
        """As the query of an address."""
        return urlencode(self.parameters, doseq=True)

    @property
    def narrowing(self) -> dict[str, Any]:
        """What narrows the view, for the page that names it."""
        return {name: value for name, value in self.parameters.items() if name not in {"view", "sort", "q"}}

    def without(self, name: str, value: str = "") -> "Filter":
        """The same without one value."""
        held = getattr(self, name)
        left: Any = tuple(each for each in held if each != value) if isinstance(held, tuple) else ""
        return replace(self, **{name: left})


def _text(value: object) -> str:
    return str(value or "").replace("\0", "").strip()[:LONGEST]


def _texts(name: str, values: Iterable[object]) -> tuple[str, ...]:
    known = CHOICES.get(name)
    cleaned = dict.fromkeys(_text(value) for value in list(values)[:MOST])
    return tuple(value for value in cleaned if value and (known is None or value in known))


def _who(text: str) -> str:
    if text in {ME, NOBODY}:
        return text
    try:
        return str(UUID(text))
    except ValueError:
        return ""
