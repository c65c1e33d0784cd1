"""What a rule may ask of a conversation: {"field": …, "is": "is" or "is_not", "value": …}; all must hold.

Each condition is a piece of a query, so that one conversation is judged in the same way as a month of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.catalog.models import Product
from frontdesk.support.tickets.conversations.changing import clean_tag
from frontdesk.support.tickets.models import NOBODYS, Area, Channel, Conversation, Message, ServiceLevel, Team

Condition = dict[str, Any]
Choices = list[tuple[str, str]]
Text = str | Promise
MOST = 20
LONGEST = 200
IS, IS_NOT = "is", "is_not"


@dataclass(frozen=True)
class Field:
    """Something to ask for. `choices` lists the values; None: any text."""

    label: Text
    query: Callable[[str], Q]
    choices: Callable[[], Choices] | None = None


def _areas() -> Choices:
    return [(area.slug, area.title) for area in Area.objects.all()]


def _customers() -> Choices:
    return [("guest", _("a guest")), ("known", _("somebody with an account"))]


def _assignees() -> Choices:
    return [("nobody", _("nobody")), ("somebody", _("somebody"))]


def _languages() -> Choices:
    return [(code.split("-")[0], str(name)) for code, name in settings.LANGUAGES]


def words_of(text: str) -> list[str]:
    """The phrases that a text names, between commas: one of them is enough."""
    return [phrase for each in text.split(",") if (phrase := " ".join(each.split()))]


def _in_subject(value: str) -> Q:
    return _any(Q(subject__icontains=phrase) for phrase in words_of(value))


def _in_text(value: str) -> Q:
    said = Message.objects.filter(conversation=OuterRef("pk"), kind=Message.Kind.CUSTOMER)
    return Q(Exists(said.filter(_any(Q(text__icontains=phrase) for phrase in words_of(value)))))


def _any(pieces: Any) -> Q:
    query = Q(pk__in=[])
    for piece in pieces:
        query |= piece
    return query


FIELDS: dict[str, Field] = {
    "area": Field(gettext_lazy("Area"), lambda value: Q(area__slug=value), _areas),
    "product": Field(
        gettext_lazy("Product"),
        lambda value: Q(product__slug=value),
        lambda: list(Product.objects.order_by("name").values_list("slug", "name")),
    ),
    "level": Field(
        gettext_lazy("Service level"),
        lambda value: Q(level__slug=value),
        lambda: list(ServiceLevel.objects.values_list("slug", "name")),
    ),
    "team": Field(
        gettext_lazy("Team"), lambda value: Q(team__slug=value), lambda: list(Team.objects.values_list("slug", "name"))
    ),
    "channel": Field(
        gettext_lazy("Channel"),
        lambda value: Q(channel=value),
        lambda: [(str(value), str(label)) for value, label in Channel.choices],
    ),
    "language": Field(gettext_lazy("Language"), lambda value: Q(language__startswith=value), _languages),
    "priority": Field(
        gettext_lazy("Priority"),
        lambda value: Q(priority=int(value)),
        lambda: [(str(value), str(label)) for value, label in Conversation.Priority.choices],
    ),
    "customer": Field(gettext_lazy("Customer"), lambda value: Q(person__isnull=value == "guest"), _customers),
    "assignee": Field(
        gettext_lazy("Assigned to"), lambda value: NOBODYS if value == "nobody" else ~NOBODYS, _assignees
    ),
    "tag": Field(gettext_lazy("Tag"), lambda value: Q(tags__contains=[clean_tag(value)])),
    "reason": Field(gettext_lazy("Reason code"), lambda value: Q(reason_code=value.strip())),
    "plan": Field(gettext_lazy("Plan contains"), lambda value: Q(plan_name__icontains=value.strip())),
    "subject": Field(gettext_lazy("Subject contains"), _in_subject),
    "text": Field(gettext_lazy("Customer's words contain"), _in_text),
}


def check(conditions: Sequence[Condition]) -> list[str]:
    """What is wrong with the conditions, in sentences; empty when they can be asked."""
    if not isinstance(conditions, list):
        return [_("Conditions are a list.")]
    if len(conditions) > MOST:
        return [_("%(number)s conditions at most.") % {"number": MOST}]
    return [sentence for condition in conditions if (sentence := _wrong(condition))]


def _wrong(condition: object) -> str:
    if not isinstance(condition, dict) or condition.get("field") not in FIELDS:
        return _("There is no such condition: %(condition)s.") % {"condition": str(condition)[:60]}
    asked, value = FIELDS[condition["field"]], condition.get("value")
    if condition.get("is") not in {IS, IS_NOT}:
        return _("A condition holds, or does not.")
    names = {"field": asked.label, "value": str(value)[:60]}
    if asked.choices is not None and value not in dict(asked.choices()):
        return _("%(field)s: there is no “%(value)s”.") % names
    if not isinstance(value, str) or not words_of(value) or len(value) > LONGEST:
        return _("%(field)s: say what, in at most 200 characters.") % names
    return ""


def query(conditions: Sequence[Condition]) -> Q:
    """All conditions as one query."""
    found = Q()
    for condition in conditions:
        piece = FIELDS[condition["field"]].query(str(condition["value"]))
        found &= piece if condition["is"] == IS else ~piece
    return found


def describer() -> Callable[[Condition], str]:
    """What says conditions in words; the values that there are to choose from are read once, for a whole page."""

    @cache
    def named(field: str) -> dict[str, str]:
        choices = FIELDS[field].choices
        return dict(choices()) if choices else {}

    def describe(condition: Condition) -> str:
        name, value = str(condition.get("field")), condition.get("value")
        if name not in FIELDS:
            return name
        shown = named(name).get(str(value), value) if FIELDS[name].choices else f"“{value}”"
        names = {"field": FIELDS[name].label, "value": shown}
        return (_("%(field)s: %(value)s") if condition.get("is") == IS else _("Not %(field)s: %(value)s")) % names

    return describe
