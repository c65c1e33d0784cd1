"""The form of a rule: rows of plain selects, so that it works without a script.

A row is one choice ("Area: Billing", "Subject contains …"), whether it holds, and a text for those that end with "…".
Rows left empty are none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.support.tickets import actions
from frontdesk.support.tickets.models import Rule
from frontdesk.support.tickets.rules import vocabulary
from frontdesk.support.tickets.rules.vocabulary import FIELDS, IS, IS_NOT
from frontdesk.support.tickets.sla.steps import TIMED
from frontdesk.support.tickets.steps.vocabulary import STEPS

CONDITIONS, ACTIONS, SEEN = 6, 6, 2
Grouped = list[tuple[str, Any]]
MOST_MINUTES = 60 * 24 * 30


@dataclass(frozen=True)
class Row:
    """The fields of one row, bound for the template."""

    what: forms.BoundField
    text: forms.BoundField
    holds: forms.BoundField | None = None

    @property
    def has_errors(self) -> bool:
        """Whether something in it is wrong."""
        return bool(self.what.errors or self.text.errors)


def _condition_choices() -> Grouped:
    choices: Grouped = [("", "–")]
    for name, field in FIELDS.items():
        if field.choices is None:
            choices.append((f"{name}|", f"{field.label} …"))
        elif values := field.choices():
            choices.append((str(field.label), [(f"{name}|{key}", f"{field.label}: {label}") for key, label in values]))
    return choices


def _step_choices() -> Grouped:
    choices: Grouped = [("", "–")]
    for name, kind in STEPS.items():
        values = kind.values(by_rule=True)
        if values is None:
            choices.append((f"{name}|", f"{kind.label} …"))
        elif values:
            choices.append((str(kind.label), [(f"{name}|{key}", f"{kind.label}: {label}") for key, label in values]))
    return choices


class RuleForm(forms.Form):
    """When … and … then …."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    trigger = forms.ChoiceField(label=gettext_lazy("When"), choices=Rule.Trigger.choices)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("Only for “nobody has answered for a while” and “an answer is due soon”."),
    )
    position = forms.IntegerField(
        label=gettext_lazy("Place"),
        min_value=0,
        max_value=1000,
        initial=10,
        help_text=gettext_lazy("Rules that look at the same moment do so in this order."),
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self._add_rows("if", CONDITIONS, _condition_choices(), _("Condition"))
        self._add_rows("do", ACTIONS, _step_choices(), _("Step"))
        for number in range(CONDITIONS):
            self.fields[f"if{number}_holds"] = forms.ChoiceField(
                choices=[(IS, _("holds")), (IS_NOT, _("does not hold"))],
                required=False,
                label=_("Condition %(n)s holds") % {"n": number + 1},
            )
        if rule.title:
            self.initial.update(_initial(rule))

    def _add_rows(self, prefix: str, count: int, choices: Grouped, label: str) -> None:
        for number in range(count):
            name = f"{label} {number + 1}"
            self.fields[f"{prefix}{number}"] = forms.ChoiceField(choices=choices, required=False, label=name)
            self.fields[f"{prefix}{number}_text"] = forms.CharField(
                required=False, max_length=5000, label=_("Text of %(what)s") % {"what": name}
            )

    def _row(self, prefix: str, number: int) -> Row:
        holds = self[f"{prefix}{number}_holds"] if prefix == "if" else None
        return Row(self[f"{prefix}{number}"], self[f"{prefix}{number}_text"], holds)

    @property
    def first_conditions(self) -> list[Row]:
        """The rows that are always seen."""
        return [self._row("if", number) for number in range(SEEN)]

    @property
    def more_conditions(self) -> list[Row]:
        """Those that open on demand."""
        return [self._row("if", number) for number in range(SEEN, CONDITIONS)]

    @property
    def first_steps(self) -> list[Row]:
        """The rows that are always seen."""
        return [self._row("do", number) for number in range(SEEN)]

    @property
    def more_steps(self) -> list[Row]:
        """Those that open on demand."""
        return [self._row("do", number) for number in range(SEEN, ACTIONS)]

    @property
    def has_more_conditions(self) -> bool:
        """Whether one of the others is filled in."""
        return any(row.what.value() for row in self.more_conditions)

    @property
    def has_more_steps(self) -> bool:
        """Whether one of the others is filled in."""
        return any(row.what.value() for row in self.more_steps)

    def clean_title(self) -> str:
        """No other rule's."""
        title = str(self.cleaned_data["title"])
        if Rule.objects.filter(title=title).exclude(pk=self.rule.pk).exists():
            raise forms.ValidationError(_("There is a rule with this title already."))
        return title

    def clean(self) -> dict[str, Any]:
        """The rows as the vocabulary has them; what is wrong stands at its row."""
        data: dict[str, Any] = super().clean() or {}
        timed = data.get("trigger") in set(TIMED)
        if timed and not data.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how many."))
        conditions = [{**row, "is": data.get(f"if{n}_holds") or IS} for n, row in self._rows("if", CONDITIONS, data)]
        self._check("if", CONDITIONS, data, lambda row: vocabulary.check([row]))
        steps = [{"do": row["field"], "value": row["value"]} for _n, row in self._rows("do", ACTIONS, data)]
        self._check("do", ACTIONS, data, lambda row: actions.check(
            [{"do": row["field"], "value": row["value"]}], by_rule=True
        ))  # fmt: skip
        if not steps and not self.errors:
            self.add_error("do0", _("Name at least one step."))
        return {**data, "minutes": data.get("minutes") if timed else None, "conditions": conditions, "actions": steps}

    def _rows(self, prefix: str, count: int, data: Mapping[str, Any]) -> list[tuple[int, dict[str, str]]]:
        found = []
        for number in range(count):
            field, _bar, value = str(data.get(f"{prefix}{number}") or "").partition("|")
            if field:
                text = str(data.get(f"{prefix}{number}_text") or "").strip()
                found.append((number, {"field": field, "value": value or text}))
        return found

    def _check(self, prefix: str, count: int, data: Mapping[str, Any], wrong: Any) -> None:
        for number, row in self._rows(prefix, count, data):
            for sentence in wrong({**row, "is": IS}):
                self.add_error(f"{prefix}{number}", sentence)

    def filled(self) -> Rule:
        """The rule as the form says, unsaved."""
        for name in ("title", "trigger", "minutes", "position", "conditions", "actions"):
            setattr(self.rule, name, self.cleaned_data[name])
        return self.rule


def _initial(rule: Rule) -> dict[str, Any]:
    start: dict[str, Any] = {name: getattr(rule, name) for name in ("title", "trigger", "minutes", "position")}
    known = {name: field.choices is not None for name, field in FIELDS.items()}
    steps = {name: kind.choices is not None for name, kind in STEPS.items()}
    start |= _row_values("if", [(each["field"], each["value"]) for each in rule.conditions], known)
    start |= {f"if{number}_holds": each["is"] for number, each in enumerate(rule.conditions)}
    start |= _row_values("do", [(each["do"], each["value"]) for each in rule.actions], steps)
    return start


def _row_values(prefix: str, rows: Sequence[tuple[str, Any]], chosen: Mapping[str, bool]) -> dict[str, str]:
    values = {}
    for number, (name, value) in enumerate(rows):
        values[f"{prefix}{number}"] = f"{name}|{value}" if chosen.get(name) else f"{name}|"
        values[f"{prefix}{number}_text"] = "" if chosen.get(name) else str(value)
    return values
