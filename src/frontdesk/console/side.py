"""The desk's side: the pages of each part of the work, by role, with what waits there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing import waiting
from frontdesk.billing.waiting import Waiting
from frontdesk.support.tickets.mail.incoming import reviewing


@dataclass(frozen=True)
class Waits:
    """What waits for somebody, of which the side shows the numbers."""

    billing: Waiting = field(default_factory=Waiting)
    mails: int = 0


Count = Callable[[Waits], int]


@dataclass(frozen=True)
class Entry:
    """A page of the desk, for whom it is, and how many things wait there."""

    label: str | Promise
    url_name: str
    icon: str
    least: Role = Role.AGENT
    count: Count | None = None


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    title: str | Promise
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Link:
    """An entry for one request. `count` is 0 where nothing waits, or nothing is counted."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int = 0


@dataclass(frozen=True)
class Side:
    """The side for one request: titled groups of links."""

    groups: Sequence[tuple[str, Sequence[Link]]] = field(default=())

    @property
    def commands(self) -> list[dict[str, str]]:
        """The links for the command palette."""
        return [
            {"label": link.label, "url": link.url, "group": title, "icon": link.icon}
            for title, links in self.groups
            for link in links
        ]


def _unsettled(waits: Waiting) -> int:
    return waits.past_due + waits.unknown_payments + waits.unreached + waits.open_refunds


GROUPS = (
    Group(
        _("Conversations"),
        (
            Entry(_("Inbox"), "console:inbox", "inbox"),
            Entry(_("Chats"), "console:chats", "messages-square"),
            Entry(_("Received mail"), "console:mail", "mail", count=lambda waits: waits.mails),
            Entry(_("Ready replies"), "console:ready_texts", "message-square-quote", Role.MANAGER),
            Entry(_("Team"), "console:team", "users"),
            Entry(_("Routing"), "console:routing", "route", Role.MANAGER),
            Entry(_("Rules"), "console:rules", "workflow", Role.MANAGER),
            Entry(_("Service levels"), "console:levels", "timer", Role.MANAGER),
        ),
    ),
    Group(_("Customers"), (Entry(_("Find a customer"), "console:find", "search"),)),
    Group(
        _("Billing"),
        (
            Entry(
                _("Failed payments"),
                "console:failed_payments",
                "credit-card",
                Role.BILLING_AGENT,
                lambda waits: _unsettled(waits.billing),
            ),
            Entry(
                _("Disputes"),
                "console:disputes",
                "scale",
                Role.BILLING_AGENT,
                lambda waits: waits.billing.open_disputes,
            ),
            Entry(
                _("Declarations"),
                "console:declarations",
                "file-pen-line",
                Role.BILLING_AGENT,
                lambda waits: waits.billing.open_declarations,
            ),
            Entry(
                _("Webhooks"),
                "console:webhooks",
                "webhook",
                Role.BILLING_AGENT,
                lambda waits: waits.billing.failed_webhooks,
            ),
        ),
    ),
    Group(
        _("Community"),
        (
            Entry(_("What waits"), "console:community", "shield-check"),
            Entry(_("Log of decisions"), "console:community_log", "history"),
            Entry(_("Categories"), "console:community_categories", "messages-square", Role.MANAGER),
        ),
    ),
    Group(
        _("Help centre"),
        (
            Entry(_("Look it up"), "console:help_search", "book-open-check"),
            Entry(_("Articles"), "console:articles", "book-open", Role.MANAGER),
        ),
    ),
    Group(
        _("Reports"),
        (
            Entry(_("Figures"), "console:reports", "chart-column", Role.MANAGER),
            Entry(_("Customer service"), "console:support_reports", "chart-column", Role.MANAGER),
            Entry(_("Accounting"), "console:accounting", "book-open-text", Role.MANAGER),
        ),
    ),
    Group(_("Elsewhere"), (Entry(_("Back office"), "admin:index", "settings"),)),
)


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Addresses by name; they never change while a process lives."""
    return {entry.url_name: reverse(entry.url_name) for group in GROUPS for entry in group.entries}


def side_for(request: HttpRequest) -> Side:
    """The side as the signed-in person sees it; one query for all counts."""
    person = request.user
    if not isinstance(person, Person):
        return Side()
    waits = _waits(person)
    current = max((url for url in _places().values() if request.path.startswith(url)), key=len, default="")
    groups = []
    for group in GROUPS:
        links = [_link(entry, current, waits) for entry in group.entries if person.has_role(entry.least)]
        if links:
            groups.append((str(group.title), links))
    return Side(groups)


def _waits(person: Person) -> Waits:
    if not person.has_role(Role.BILLING_AGENT):
        return Waits(mails=reviewing.waiting().count() if person.has_role(Role.AGENT) else 0)
    billing, (mails,) = waiting.count_beside(reviewing.waiting())
    return Waits(billing, mails)


def _link(entry: Entry, current: str, waits: Waits) -> Link:
    url = _places()[entry.url_name]
    return Link(str(entry.label), url, entry.icon, url == current, entry.count(waits) if entry.count else 0)
