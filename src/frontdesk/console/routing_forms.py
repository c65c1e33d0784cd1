"""Forms of teams, skills and areas."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.console.levels_forms import KNOWS
from frontdesk.core import reasons
from frontdesk.support.tickets.models import Area, Skill, Team
from frontdesk.support.tickets.routing.arranging import Leading

MOST_MINUTES = 60 * 24 * 30
LONGEST_TITLE = 120


class NamedForm(forms.Form):
    """A name that no other row has."""

    name = forms.CharField(label=_("Name"), max_length=80)
    model: type[Team] | type[Skill] = Team

    def __init__(self, *args: Any, held: Team | Skill | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        if held:
            self.initial["name"] = held.name

    def clean_name(self) -> str:
        """Not taken by another one."""
        name = str(self.cleaned_data["name"])
        others = (Skill if self.model is Skill else Team).objects.filter(name__iexact=name)
        if (others.exclude(pk=self.held.pk) if self.held else others).exists():
            raise ValidationError(gettext("There is one with this name already."))
        return name


class TeamForm(NamedForm):
    """A team's name."""


class SkillForm(NamedForm):
    """A skill's name; of a new one also its short name."""

    model = Skill
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("A language's code, such as de, makes it that language: who writes in it gets who knows it first."),
    )

    def __init__(self, *args: Any, held: Skill | None = None, **kwargs: Any) -> None:
        super().__init__(*args, held=held, **kwargs)
        if held:
            del self.fields["slug"]

    def clean_slug(self) -> str:
        """Not taken by another one."""
        slug = str(self.cleaned_data["slug"]).lower()
        if slug and Skill.objects.filter(slug=slug).exists():
            raise ValidationError(gettext("Another skill has this short name."))
        return slug


class AreaForm(forms.Form):
    """What a matter can be about: a title in each language, what leads to it, and where it leads."""

    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("Whoever comes from one of these error messages writes about this area. Several: hold Ctrl."),
    )
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False, empty_label=_("No team"))
    skill = forms.ModelChoiceField(Skill.objects.all(), label=_("Skill"), required=False, empty_label=_("None needed"))
    least_level = forms.TypedChoiceField(label=_("Whoever gets it at least"), choices=KNOWS[1:], coerce=int, initial=1)
    relax_minutes = forms.IntegerField(
        label=_("Minutes until the skill is asked for no more"),
        min_value=0,
        max_value=MOST_MINUTES,
        initial=60,
        help_text=_("When nobody who knows it was free for so long, anybody of the team gets it."),
    )
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=1000, initial=0, help_text=_("Lower ones stand first.")
    )

    def __init__(self, *args: Any, held: Area | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = held
        for code, name in settings.LANGUAGES:
            label = _("Title (%s)") % name
            self.fields[f"title_{code}"] = forms.CharField(label=label, max_length=LONGEST_TITLE, required=False)
        choice = self.fields["reasons"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - declared above
        known = {reason.code: f"{reason.title} ({reason.code})" for reason in reasons.every()}
        gone = [code for code in (held.reason_codes if held else []) if code not in known]
        choice.choices = [*known.items(), *((code, code) for code in gone)]
        self.order_fields([*(f"title_{code}" for code, _name in settings.LANGUAGES), *self.fields])
        if held:
            names = ("team", "skill", "least_level", "relax_minutes", "position")
            self.initial.update({name: getattr(held, name) for name in names} | {"reasons": held.reason_codes})
            self.initial.update({f"title_{code}": held.titles.get(code, "") for code, _name in settings.LANGUAGES})

    def clean_reasons(self) -> list[str]:
        """Each leads to one area only."""
        chosen: list[str] = self.cleaned_data["reasons"]
        others = Area.objects.exclude(pk=self.held.pk) if self.held else Area.objects.all()
        for area in others.filter(reason_codes__overlap=chosen):
            code = next(each for each in chosen if each in area.reason_codes)
            names = {"code": code, "area": area.title}
            raise ValidationError(gettext("%(code)s leads to “%(area)s” already.") % names)
        return chosen

    def clean(self) -> dict[str, Any]:
        """At least one title."""
        data = super().clean() or {}
        if not any(data.get(f"title_{code}") for code, _name in settings.LANGUAGES):
            raise ValidationError(gettext("Write a title in at least one language."))
        return data

    def writing(self) -> Leading:
        """What is to be saved; titles in languages that the form does not know stay."""
        data = self.cleaned_data
        titles = {**(self.held.titles if self.held else {})}
        titles |= {code: data[f"title_{code}"] for code, _name in settings.LANGUAGES}
        return Leading(
            {code: title for code, title in titles.items() if title},
            data["reasons"],
            data["team"],
            data["skill"],
            data["least_level"],
            data["relax_minutes"],
            data["position"],
        )
