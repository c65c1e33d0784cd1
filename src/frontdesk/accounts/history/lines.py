"""The audit's rows about a person, as lines of their own history."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import audit, history
from frontdesk.core.actors import ActorKind
from frontdesk.core.backoffice.looks import UNASKED
from frontdesk.core.history import Topic
from frontdesk.core.models import AuditEntry

FILTERS: list[tuple[str, Promise]] = [
    ("", gettext_lazy("Everything")),
    (Topic.SECURITY, gettext_lazy("Security")),
    (Topic.LICENSES, gettext_lazy("Licences and devices")),
    (Topic.PAYMENTS, gettext_lazy("Payments and renewals")),
    (Topic.LOOKS, gettext_lazy("Looked at by our team")),
]


@dataclass(frozen=True)
class Line:
    """One thing that happened: what, when, who did it, and what more is known. `is_sealed`: it stands in the chain."""

    at: datetime
    title: str
    note: str
    icon: str
    is_sealed: bool


def entries_of(person: Person, show: str = "") -> QuerySet[AuditEntry]:
    """What stands in the audit about this person, the newest first; `show` is a topic or empty for everything."""
    entries = AuditEntry.objects.filter(person=person.pk).order_by("-id")
    topic = next((topic for topic in Topic if topic == show), None)
    return entries.filter(action__in=history.actions_of(topic)) if topic else entries


def lines(person: Person, entries: list[AuditEntry], sealed_up_to: int) -> list[Line]:
    """The entries in words; personal values are opened with one query for all."""
    personal = audit.personal_values_of(person.pk, entries)
    reasons = audit.reasons_of(person.pk, [entry for entry in entries if entry.actor_kind == ActorKind.STAFF])
    return [
        _line(person, entry, personal.get(entry.pk, {}), reasons.get(entry.pk, ""), entry.pk <= sealed_up_to)
        for entry in entries
    ]


def filters(show: str) -> list[tuple[str, str, bool]]:
    """The choices above the list: label, address, and whether it is the present one."""
    here = reverse("history")
    return [(str(label), f"{here}?show={topic}" if topic else here, topic == show) for topic, label in FILTERS]


def _line(person: Person, entry: AuditEntry, personal: dict[str, str], reason: str, is_sealed: bool) -> Line:
    phrase = history.phrase_of(entry.action)
    given = _("Reason given: %s") % reason if reason and reason != UNASKED else ""
    note = history.joined([_who(person, entry), history.detail_of(entry, personal), given])
    return Line(entry.at, str(phrase.text), note, phrase.icon, is_sealed)


def _who(person: Person, entry: AuditEntry) -> str:
    if entry.actor_kind == ActorKind.STAFF:
        name = next((str(role.label) for role in Role if role == entry.data.get("as")), "")
        return _("Our team (%s)") % name if name else _("Our team")
    if entry.actor_kind == ActorKind.DEVICE:
        return _("A device of this licence")
    if entry.actor_kind == ActorKind.SYSTEM:
        return _("Automatic")
    return _("You") if entry.actor == person.pk else _("Another customer")
