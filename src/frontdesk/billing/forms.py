"""Form fields of billing."""

import unicodedata
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

# Two letters that Babel names, and that are no country or no country of its own.
_NONE = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


@lru_cache(maxsize=16)
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every country, in a language, by name."""
    names = Locale.parse(to_locale(language)).territories
    found = [(code, str(name)) for code, name in names.items() if len(code) == 2 and code not in _NONE]
    return tuple(sorted(found, key=lambda country: _sorted_as(country[1])))


def country_name(code: str) -> str:
    """A country's name in the active language; the code where it is unknown."""
    return dict(countries(get_language() or "en")).get(code, code)


def _choices() -> list[tuple[str, str]]:
    return [("", _("Choose a country")), *countries(get_language() or "en")]


class CountryField(forms.ChoiceField):
    """All countries, in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Select(attrs={"autocomplete": "country"})
        super().__init__(**{"label": gettext_lazy("Country"), "widget": widget, **kwargs, "choices": _choices})


def _sorted_as(name: str) -> str:
    """Letters with marks stand beside those without."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()
