"""Forms of service levels, calendars and the team: plain controls, no script."""

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.core import clock
from frontdesk.support.tickets.models import Agent, Calendar, CalendarVersion, ServiceLevel, Skill, Team

if TYPE_CHECKING:
    AnyLevelForm = forms.ModelForm[ServiceLevel]
    AnyCalendarForm = forms.ModelForm[Calendar]
else:
    AnyLevelForm = AnyCalendarForm = forms.ModelForm

SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
MOST_MINUTES = 60 * 24 * 365
MOST_HOLIDAYS = 400
KNOWS = [
    (0, gettext_lazy("does not know it")),
    (1, gettext_lazy("can help")),
    (2, gettext_lazy("knows it")),
    (3, gettext_lazy("knows it by heart")),
]


def parse_spans(text: str) -> list[list[str]]:
    """Spans of a day, such as "9:00-12:00, 13:00-17:00". Raises ValidationError."""
    spans = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = SPAN.fullmatch(part)
        if not found:
            raise ValidationError(_("Write hours such as 09:00–12:00, 13:00–17:00."))
        begin, end = (f"{int(found[at]):02}:{found[at + 1]}" for at in (1, 3))
        if not ("00:00" <= begin < "24:00" and begin[3:] < "60" and end <= "24:00" and end[3:] < "60"):
            raise ValidationError(_("A day has hours from 00:00 to 24:00."))
        if begin == end:
            raise ValidationError(_("A span ends later than it begins."))
        spans.append([begin, end])
    return spans


def write_spans(spans: list[list[str]]) -> str:
    """The inverse of `parse_spans`."""
    return ", ".join(f"{begin}–{end}" for begin, end in spans)


class SinceForm(forms.Form):
    """Something that holds from a day on; today means from now on."""

    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Today means from this moment on. What was promised before stays as it was."),
    )

    def clean_since(self) -> date:
        """Not in the past."""
        chosen: date = self.cleaned_data["since"]
        if chosen < clock.now().astimezone(self.zone()).date():
            raise ValidationError(_("That day is past."))
        return chosen

    def zone(self) -> Any:
        """In whose days it is meant."""
        return get_current_timezone()

    def moment(self) -> datetime | None:
        """When it begins; None is now."""
        chosen: date = self.cleaned_data["since"]
        midnight = datetime.combine(chosen, time(), self.zone())
        return midnight if midnight > clock.now() else None


class LevelForm(AnyLevelForm):
    """A level's name and place. The table allows one default, which the verb moves: no field of the model's form."""

    for_all = forms.BooleanField(
        label=gettext_lazy("For everybody else"),
        required=False,
        help_text=gettext_lazy("For customers without a plan of their own level, and for guests. Only one level is."),
    )

    class Meta:
        model = ServiceLevel
        fields = ("name", "rank")
        help_texts = {
            "rank": gettext_lazy("The highest rank among a customer's plans counts."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for_all = self.fields["for_all"]
        for_all.initial = for_all.disabled = self.instance.is_default
        if for_all.disabled:
            for_all.help_text = gettext_lazy("It is. To change that, say it of another level.")

    def filled(self) -> ServiceLevel:
        """The level as the form says, unsaved."""
        level: ServiceLevel = self.save(commit=False)
        level.is_default = self.cleaned_data["for_all"]
        return level


class PromiseForm(SinceForm):
    """What a level promises from a day on."""

    calendar = forms.ModelChoiceField(Calendar.objects.all(), label=gettext_lazy("By the hours of"), empty_label=None)
    first = forms.IntegerField(
        label=gettext_lazy("First response, minutes"), min_value=1, max_value=MOST_MINUTES, required=False
    )
    next = forms.IntegerField(
        label=gettext_lazy("Next responses, minutes"), min_value=1, max_value=MOST_MINUTES, required=False
    )
    solve = forms.IntegerField(
        label=gettext_lazy("Solution, minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        help_text=gettext_lazy("Minutes of opening hours: 480 are a day of eight hours. Empty promises nothing."),
    )
    field_order = ("calendar", "first", "next", "solve", "since")


class CalendarForm(AnyCalendarForm):
    """A calendar's name."""

    class Meta:
        model = Calendar
        fields = ("name",)


class HoursForm(SinceForm):
    """When people are there, from a day on."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("One day on a line, such as 2027-12-25."),
    )

    def __init__(self, *args: Any, current: CalendarVersion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(name, name) for name in sorted(available_timezones())]  # type: ignore[attr-defined]
        for weekday, name in WEEKDAYS.items():
            self.fields[f"day{weekday}"] = forms.CharField(label=name, required=False, max_length=200)
        self.fields["day6"].help_text = _(
            "Such as 09:00–12:00, 13:00–17:00; empty is closed. A span that ends earlier than it begins goes over "
            "midnight."
        )
        if current:
            self.initial.update({"time_zone": current.time_zone, "holidays": "\n".join(current.holidays)})
            self.initial.update({f"day{day}": write_spans(current.hours.get(str(day), [])) for day in WEEKDAYS})
        self.order_fields(["time_zone", *(f"day{day}" for day in WEEKDAYS), "holidays", "since"])

    def zone(self) -> ZoneInfo:
        """The calendar's own."""
        return ZoneInfo(self.cleaned_data.get("time_zone") or "UTC")

    def clean_holidays(self) -> list[str]:
        """Days, in order, each once."""
        lines = [line.strip() for line in str(self.cleaned_data["holidays"]).splitlines() if line.strip()]
        try:
            days = sorted({date.fromisoformat(line).isoformat() for line in lines})
        except ValueError as error:
            raise ValidationError(_("Write one day on a line, such as 2027-12-25.")) from error
        if len(days) > MOST_HOLIDAYS:
            raise ValidationError(_("%(n)s days at most.") % {"n": MOST_HOLIDAYS})
        return days

    def clean(self) -> dict[str, Any]:
        """The week, as the calendar keeps it."""
        data: dict[str, Any] = super().clean() or {}
        hours = {}
        for weekday in WEEKDAYS:
            try:
                if spans := parse_spans(data.get(f"day{weekday}") or ""):
                    hours[str(weekday)] = spans
            except ValidationError as error:
                self.add_error(f"day{weekday}", error)
        return {**data, "hours": hours}


class AgentForm(forms.Form):
    """What an agent answers."""

    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), label=gettext_lazy("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Conversations at once"),
        min_value=0,
        max_value=1000,
        help_text=gettext_lazy("What waits for the customer counts a quarter. 0: gives them nothing by itself."),
    )

    takes_new = forms.BooleanField(
        label=gettext_lazy("Gets new conversations"),
        required=False,
        help_text=gettext_lazy("While their desk is open. They can pause and go on by themselves, too."),
    )

    def __init__(self, *args: Any, agent: Agent | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {row.skill_id: row.level for row in agent.skills.all()} if agent else {}
        self.initial.update(
            {
                "teams": list(agent.teams.all()) if agent else [],
                "capacity": agent.capacity if agent else Agent().capacity,
                "takes_new": agent.takes_new if agent else True,
            }
        )
        self.skills = list(Skill.objects.all())
        for skill in self.skills:
            self.fields[f"skill_{skill.pk}"] = forms.TypedChoiceField(
                label=skill.name, choices=KNOWS, coerce=int, initial=known.get(skill.pk, 0)
            )

    def known(self) -> dict[str, int]:
        """How well they know each skill."""
        return {skill.pk: self.cleaned_data[f"skill_{skill.pk}"] for skill in self.skills}


def first_day() -> str:
    """What a form that holds from a day on starts with."""
    return clock.now().astimezone(get_current_timezone()).date().isoformat()
