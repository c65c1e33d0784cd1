"""The form of the profile page."""

import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> dict[str, list[str]]:
    """The time zones of the world by region; old names and abbreviations are left out."""
    names = sorted(zoneinfo.available_timezones())
    return {region: [name for name in names if name.startswith(f"{region}/")] for region in REGIONS}


def _choices(present: str) -> list[Any]:
    listed = [
        (region, [(name, name.partition("/")[2].replace("_", " ")) for name in names])
        for region, names in zones().items()
    ]
    known = {name for names in zones().values() for name in names}
    odd = [(present, present)] if present and present not in known else []
    return [("", _("Universal time (UTC)")), *odd, *listed]


class ProfileForm(forms.Form):
    """Name, language and time zone."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("So we address you in mails and conversations. You may leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, help_text=gettext_lazy("Of these pages and of our mails.")
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), required=False, help_text=gettext_lazy("All times are shown in it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Each language names itself, so that everybody finds their own.
        own = [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]
        names = [("", _("As the browser says")), *own]
        self.fields["language"].choices = names  # type: ignore[attr-defined] # a ChoiceField
        self.fields["time_zone"].choices = _choices(self.initial["time_zone"])  # type: ignore[attr-defined] # likewise

    def clean_name(self) -> str:
        """One line, without what cannot be seen. Raises ValidationError."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name.isprintable():
            raise ValidationError(_("The name holds characters that cannot be shown."), code="unprintable")
        return name
