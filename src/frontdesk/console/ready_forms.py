"""Forms of canned replies and macros."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.core.numbers import whole
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.beside.ready_texts import ReplyWriting, unknown_names
from frontdesk.support.tickets.models import CannedReply, Macro, Team
from frontdesk.support.tickets.steps.vocabulary import STEPS

SPARE = 3  # empty steps beneath those there are
MOST = actions.MOST


class ReplyForm(forms.Form):
    """Title, shortcut, team, and a text for each language of the installation."""

    title = forms.CharField(label=_("Title"), max_length=100)
    shortcut = forms.SlugField(
        label=_("Shortcut"), max_length=40, help_text=_("Typed behind a slash: letters, digits, hyphens.")
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), label=_("Only for the team"), required=False, empty_label=_("Everybody")
    )

    def __init__(self, *args: Any, reply: CannedReply | None = None, **kwargs: Any) -> None:
        initial = {"title": reply.title, "shortcut": reply.shortcut, "team": reply.team_id} if reply else {}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.reply = reply
        for language, name in settings.LANGUAGES:
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": gettext(str(name))},
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 6, "lang": language}),
                initial=(reply.texts if reply else {}).get(language, ""),
            )

    def clean_shortcut(self) -> str:
        """Not taken by another one."""
        shortcut = str(self.cleaned_data["shortcut"])
        others = CannedReply.objects.filter(shortcut=shortcut)
        if (others.exclude(pk=self.reply.pk) if self.reply else others).exists():
            raise ValidationError(_("Another ready reply has this shortcut."))
        return shortcut

    def clean(self) -> dict[str, Any]:
        """At least one text, and only names that are known."""
        data = super().clean() or {}
        texts = self._texts(data)
        if not any(text.strip() for text in texts.values()):
            raise ValidationError(_("Write the text in at least one language."))
        if unknown := unknown_names(texts):
            raise ValidationError(_("Nobody knows what to put in for %s.") % ", ".join(f"{{{{{n}}}}}" for n in unknown))
        return data

    @property
    def writing(self) -> ReplyWriting:
        """What is to be saved."""
        data = self.cleaned_data
        return ReplyWriting(data["title"], data["shortcut"], self._texts(data), data["team"])

    def _texts(self, data: dict[str, Any]) -> dict[str, str]:
        return {language: data.get(f"text_{language}", "") for language, _name in settings.LANGUAGES}


class MacroForm(forms.Form):
    """Title, place, and steps: what to do, and with what. Empty steps do not count."""

    title = forms.CharField(label=_("Title"), max_length=100)
    position = forms.IntegerField(label=_("Place in the menu"), min_value=0, max_value=999, initial=0)

    def __init__(self, *args: Any, macro: Macro | None = None, **kwargs: Any) -> None:
        initial = {"title": macro.title, "position": macro.position} if macro else {}
        super().__init__(*args, **kwargs | {"initial": initial})
        self.macro = macro
        held = list(macro.actions) if macro else []
        asked = whole(self.data.get("steps", ""), most=999)
        count = len(held) + SPARE if asked is None else asked
        kinds = [("", _("Nothing")), *((name, kind.label) for name, kind in STEPS.items())]
        self.numbers = range(min(count, MOST))
        for number in self.numbers:
            step = held[number] if number < len(held) else {}
            label = _("Step %(number)d") % {"number": number + 1}
            self.fields[f"do_{number}"] = forms.ChoiceField(
                label=label, choices=kinds, required=False, initial=step.get("do", "")
            )
            self.fields[f"value_{number}"] = forms.CharField(
                label=_("With"), required=False, max_length=5_000, initial=step.get("value", "")
            )

    @property
    def steps(self) -> list[tuple[Any, Any]]:
        """The fields of each step, for the page."""
        return [(self[f"do_{number}"], self[f"value_{number}"]) for number in self.numbers]

    def clean_title(self) -> str:
        """Not taken by another one."""
        title = str(self.cleaned_data["title"])
        others = Macro.objects.filter(title=title)
        if (others.exclude(pk=self.macro.pk) if self.macro else others).exists():
            raise ValidationError(_("Another macro has this title."))
        return title

    def clean(self) -> dict[str, Any]:
        """Steps that can be run."""
        data = super().clean() or {}
        wrong = actions.check(self.written(data), by_rule=False)
        if wrong:
            raise ValidationError(wrong)
        return data

    def written(self, data: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """The steps as they are kept."""
        data = self.cleaned_data if data is None else data
        chosen = ((data.get(f"do_{number}"), data.get(f"value_{number}", "")) for number in self.numbers)
        return [{"do": do, "value": _value(do, value)} for do, value in chosen if do]


def _value(do: str, text: str) -> Any:
    """Numbers as numbers."""
    return int(text) if do in {"priority", "snooze"} and text.isascii() and text.isdigit() and len(text) < 7 else text
