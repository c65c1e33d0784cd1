"""What the inbox's views and filters are called, and the links that lead to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.support.tickets.inbox.choices import Choices
from frontdesk.support.tickets.inbox.filters import ME, NOBODY, Filter
from frontdesk.support.tickets.models import Channel, Conversation

Text = str | Promise
VIEWS: dict[str, tuple[Text, str]] = {
    "mine": (_("Mine"), "inbox"),
    "unassigned": (_("Unassigned"), "user-round-x"),
    "teams": (_("My teams"), "users-round"),
    "due": (_("Due"), "clock-alert"),
    "mentions": (_("Mentions"), "at-sign"),
    "reminders": (_("Reminders"), "bell"),
    "waiting": (_("Waiting"), "hourglass"),
    "snoozed": (_("Put off"), "alarm-clock"),
    "solved": (_("Solved"), "circle-check"),
    "spam": (_("Spam"), "shield-ban"),
    "all": (_("All"), "archive"),
}
KEYS = {"mine": "i", "unassigned": "u", "teams": "t", "due": "d", "mentions": "m", "waiting": "w", "all": "a"}
EMPTY: dict[str, tuple[Text, Text]] = {
    "mine": (_("Nothing waits for you"), _("New matters stand under Unassigned.")),
    "unassigned": (_("Everything has somebody"), _("New matters appear here by themselves.")),
    "teams": (_("Nothing waits for your teams"), _("You see what is open in the teams that you are on.")),
    "due": (_("Nothing is due"), _("Answers that are due within two hours stand here, the most urgent first.")),
    "mentions": (_("Nobody has mentioned you"), _("Notes with your name after an @ lead here.")),
    "reminders": (_("Nothing to be reminded of"), _("Set a reminder in a conversation, and it comes back here.")),
}
FIELDS = {
    "status": _("Status"),
    "assignee": _("Assigned to"),
    "team": _("Team"),
    "area": _("Area"),
    "tag": _("Tag"),
    "product": _("Product"),
    "plan": _("Plan"),
    "channel": _("Channel"),
    "priority": _("Priority"),
    "language": _("Language"),
    "reason": _("Reason"),
    "due": _("Due"),
}
DUE: dict[str, Text] = {
    "overdue": _("Overdue"),
    "hour": _("Within the hour"),
    "today": _("Today"),
}
SORTS: dict[str, Text] = {
    "last": _("Latest message first"),
    "due": _("Due first"),
    "created": _("Newest first"),
}
STATUS_TONES = {"open": "info", "waiting": "", "solved": "good", "closed": "", "spam": "bad", "merged": ""}
# Lines within a conversation about what agents did for the customer: the desk's own, beside those of `tickets.phrases`.
DEEDS: dict[str, Text] = {
    "seat_freed": _("%(who)s freed the seat of “%(device)s” · reason: %(reason)s"),
    "code_replaced": _("%(who)s replaced the code of %(license)s · reason: %(reason)s"),
    "license_extended": _("%(who)s extended %(license)s by %(days)s days · reason: %(reason)s"),
    "account_unlocked": _("%(who)s ended the pause of the account · reason: %(reason)s"),
    "refunded": _("%(who)s refunded %(amount)s · reason: %(reason)s"),
}

PROMISES: dict[str, Text] = {
    "first": _("First response"),
    "next": _("Next response"),
    "solve": _("Solution"),
}
PRESSING = timedelta(hours=1)


def due_tone(due_at: datetime, now: datetime) -> str:
    """How pressing a deadline is."""
    return "bad" if due_at <= now else "warn" if due_at <= now + PRESSING else ""


@dataclass(frozen=True)
class ViewLink:
    """A view in the side."""

    key: str
    label: Text
    icon: str
    url: str
    is_current: bool
    count: int = 0
    shortcut: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Chip:
    """One thing that narrows the list, and the way without it."""

    label: str
    url: str


def view_links(current: Filter | None, counts: dict[str, int]) -> list[ViewLink]:
    """The views for the side; `current` is None where none of them is shown."""
    base = reverse("console:inbox")
    plain = current is not None and not current.narrowing and not current.q
    return [
        ViewLink(
            key,
            label,
            icon,
            f"{base}?view={key}",
            bool(plain and current and current.view == key),
            counts.get(key, 0),
            KEYS.get(key, ""),
            key == "due",
        )
        for key, (label, icon) in VIEWS.items()
    ]


def saved_links(choices: Choices, current: Filter | None) -> list[ViewLink]:
    """Saved views for the side."""
    base = reverse("console:inbox")
    links = []
    for view in choices.views:
        wanted = Filter.of(view.query)
        icon = "users-round" if view.is_shared else "bookmark"
        links.append(ViewLink(str(view.id), view.label, icon, f"{base}?{wanted.address}", wanted == current))
    return links


def chips(wanted: Filter, choices: Choices) -> list[Chip]:
    """What narrows the list, each with the address without it."""
    base = reverse("console:inbox")
    made = []
    for name, value in wanted.narrowing.items():
        for each in value if isinstance(value, list) else [value]:
            label = f"{FIELDS[name]}: {_named(name, each, choices)}"
            made.append(Chip(label, f"{base}?{wanted.without(name, each).address}"))
    return made


def options(choices: Choices) -> dict[str, list[tuple[str, Any]]]:
    """What each filter offers."""
    return {
        "status": list(Conversation.Status.choices),
        "assignee": [(ME, _("Me")), (NOBODY, _("Nobody")), *((str(c.id), c.label) for c in choices.colleagues)],
        "team": [(each.slug, each.label) for each in choices.teams],
        "area": [(each.slug, each.label) for each in choices.areas],
        "product": [(each.slug, each.label) for each in choices.products],
        "channel": list(Channel.choices),
        "priority": [(str(value), label) for value, label in Conversation.Priority.choices],
        "due": list(DUE.items()),
    }


@dataclass(frozen=True)
class FilterField:
    """One of the filters: what it is called, what it offers (None: any text), and what is chosen."""

    name: str
    label: Text
    value: str
    options: Sequence[tuple[str, Any]] | None


def filter_fields(wanted: Filter, choices: Choices) -> list[FilterField]:
    """All filters. One value each; addresses and saved views may hold more."""
    offered = options(choices)
    made = []
    for name, label in FIELDS.items():
        held = getattr(wanted, name)
        value = (held[0] if held else "") if isinstance(held, tuple) else held
        made.append(FilterField(name, label, value, offered.get(name)))
    return made


def _named(name: str, value: str, choices: Choices) -> str:
    names: Sequence[tuple[str, Any]] = options(choices).get(name, [])
    return str(dict(names).get(value, value))
