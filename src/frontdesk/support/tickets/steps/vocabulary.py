"""Every step by name: what it is called, what its value may be, how it is checked, and what does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import LADDER
from frontdesk.support.tickets import variables
from frontdesk.support.tickets.conversations.changing import clean_tag
from frontdesk.support.tickets.models import Area, CannedReply, Conversation, Team
from frontdesk.support.tickets.steps import doing
from frontdesk.support.tickets.steps.doing import Run

Choices = list[tuple[str, str]]
Text = str | Promise
LONGEST_NOTE = 5_000
MOST_HOURS = 24 * 90
TURNS = (Conversation.Status.OPEN, Conversation.Status.WAITING, Conversation.Status.SOLVED)


@dataclass(frozen=True)
class Kind:
    """A kind of step. `choices` lists the values there are; None: any text that `is_right` takes."""

    label: Text
    run: Run
    wrong: Text
    choices: Callable[[], Choices] | None = None
    is_right: Callable[[object], bool] = lambda value: isinstance(value, str) and bool(value.strip())

    def values(self, *, by_rule: bool) -> Choices | None:
        """The values to choose from; a rule is nobody, so it knows no "me"."""
        found = self.choices() if self.choices else None
        return [each for each in found if not (by_rule and each[0] == "me")] if found is not None else None

    def check(self, value: object, by_rule: bool) -> str:
        """What is wrong with a value, as a sentence; empty when it is right."""
        values = self.values(by_rule=by_rule)
        is_right = self.is_right(value) if values is None else str(value) in dict(values)
        return "" if is_right else str(self.wrong) % {"value": str(value)[:60]}

    def describe(self, value: object, named: Mapping[str, str]) -> str:
        """A step with its value, in words; `named` is how its values are called."""
        return f"{self.label}: {named.get(str(value), value)}"


def _replies() -> Choices:
    return list(CannedReply.objects.values_list("shortcut", "title"))


def _teams() -> Choices:
    return list(Team.objects.values_list("slug", "name"))


def _areas() -> Choices:
    return [(area.slug, area.title) for area in Area.objects.all()]


def _agents() -> Choices:
    staff = Person.objects.filter(is_staff=True, is_active=True, role__in=LADDER).order_by("name", "email")
    agents = [(person.email, person.shown_name) for person in staff]
    return [("nobody", _("nobody")), ("me", _("whoever runs it")), *agents]


def _priorities() -> Choices:
    return [(str(value), str(label)) for value, label in Conversation.Priority.choices]


def _turns() -> Choices:
    return [(each.value, str(each.label)) for each in TURNS]


def _is_note(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_NOTE and not variables.unknown_names(value)


def _is_tag(value: object) -> bool:
    return isinstance(value, str) and bool(clean_tag(value))


def _is_hours(value: object) -> bool:
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) < 7 and 0 < int(text) <= MOST_HOURS


STEPS: dict[str, Kind] = {
    "reply": Kind(
        gettext_lazy("Answer with"), doing.reply, gettext_lazy("There is no canned reply “%(value)s”."), _replies
    ),
    "note": Kind(
        gettext_lazy("Write the note"),
        doing.note,
        gettext_lazy("The note is empty, too long, or names something in {{ }} that nobody knows."),
        is_right=_is_note,
    ),
    "assign": Kind(
        gettext_lazy("Give it to"), doing.assign, gettext_lazy("“%(value)s” is nobody who can have it."), _agents
    ),
    "team": Kind(gettext_lazy("Move it to"), doing.team, gettext_lazy("There is no team “%(value)s”."), _teams),
    "area": Kind(
        gettext_lazy("Say that it is about"), doing.area, gettext_lazy("There is no area “%(value)s”."), _areas
    ),
    "priority": Kind(
        gettext_lazy("Set the priority to"),
        doing.priority,
        gettext_lazy("A priority is 1, 2, 3 or 4, and not “%(value)s”."),
        _priorities,
    ),
    "add_tag": Kind(
        gettext_lazy("Add the tag"), doing.add_tag, gettext_lazy("“%(value)s” is no tag."), is_right=_is_tag
    ),
    "remove_tag": Kind(
        gettext_lazy("Take away the tag"), doing.remove_tag, gettext_lazy("“%(value)s” is no tag."), is_right=_is_tag
    ),
    "status": Kind(
        gettext_lazy("Set it to"), doing.status, gettext_lazy("“%(value)s” is no turn that a step can set."), _turns
    ),
    "snooze": Kind(
        gettext_lazy("Put it off for so many hours"),
        doing.snooze,
        gettext_lazy("Put it off for 1 to 2160 hours, and not for “%(value)s”."),
        is_right=_is_hours,
    ),
    "escalate": Kind(
        gettext_lazy("Tell the managers of"),
        doing.escalate,
        gettext_lazy("There is no team “%(value)s”."),
        _teams,
    ),
}
