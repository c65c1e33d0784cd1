"""Form rendering: every field comes out as label, hint, control and error, tied together."""

import json
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.translation import gettext as _

from frontdesk.ui import typed


class FormRenderer(TemplatesSetting):
    """The project's FORM_RENDERER; `{{ form }}` and `{{ form.x.as_field_group }}` use our templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Django's, and a fresh form in the place of a stale one shows what was typed."""
        if "widget" in context:
            context = context | {"widget": typed.filled(context["widget"])}
        return super().render(template_name, context, request)


class CodeInput(forms.TextInput):
    """One real input for an activation code; the script formats it and names the wrong group."""

    template_name = "ui/widgets/code.html"

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add what keeps phones from "correcting" a code, and the texts the script shows."""
        typing = {
            "autocapitalize": "characters",
            "autocomplete": "off",
            "autocorrect": "off",
            "spellcheck": "false",
            "placeholder": "XXXXX-XXXXX-XXXXX-XXXXX",
            "data-code-texts": json.dumps(code_texts()),
        }
        return super().build_attrs({**typing, **base_attrs}, extra_attrs)


class FileDropInput(forms.FileInput):
    """A file input inside an area that also takes a dropped file."""

    template_name = "ui/widgets/file.html"


def code_texts() -> dict[str, Any]:
    """What the code field says, in the reader's language; `%s` is the group as typed."""
    return {
        "wrong": [
            _("There is a typo in the first group. Compare %s with your card, letter by letter."),
            _("There is a typo in the second group. Compare %s with your card, letter by letter."),
            _("There is a typo in the third group. Compare %s with your card, letter by letter."),
            _("There is a typo in the fourth group. Compare %s with your card, letter by letter."),
        ],
        "good": _("The code reads well."),
        "found": _("We found the code in what you pasted."),
        "lost": _("There is no activation code in what you pasted."),
        "long": _("That is more than a code has. A code has four groups of five."),
    }
