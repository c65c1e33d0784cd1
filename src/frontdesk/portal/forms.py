"""The form that takes an activation code."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.core.reasons import Refusal
from frontdesk.licensing import codes
from frontdesk.licensing.codes import LONGEST_TEXT, ParsedCode
from frontdesk.licensing.errors import CodeMalformed
from frontdesk.ui.forms import CodeInput


class CodeForm(forms.Form):
    """One field: a code as typed, or a whole mail with one in it."""

    code = forms.CharField(
        label=gettext_lazy("Activation code"),
        help_text=gettext_lazy("Four groups of five. Capitals and dashes do not matter; a pasted mail is fine too."),
        max_length=LONGEST_TEXT,
        widget=CodeInput(),
        error_messages={
            "required": gettext_lazy("Enter the code from your card or mail."),
            "max_length": gettext_lazy("That is more than we can look through. Paste only the part with the code."),
        },
    )

    def clean_code(self) -> ParsedCode:
        """The code without a typo; otherwise the error names the wrong groups in words."""
        try:
            return codes.parse(self.cleaned_data["code"])
        except CodeMalformed as refusal:
            raise forms.ValidationError(words_for(refusal)) from None


def words_for(refusal: Refusal) -> str:
    """What to tell a person whose code was refused."""
    if not isinstance(refusal, CodeMalformed):
        return f"{refusal.reason.title}. {refusal.reason.detail} {refusal.reason.remedy}"
    wrong: Any = refusal.members["wrong_groups"]
    if not wrong:
        return _("There is no complete code in this. A code has four groups of five characters.")
    names = {1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth")}
    if len(wrong) == 1:
        return _("There is a typo in the %(group)s group. Compare it with your card or mail, letter by letter.") % {
            "group": names[wrong[0]]
        }
    if len(wrong) == 4:
        return _("None of the four groups is right. Is this really an activation code?")
    listed = ", ".join(names[number] for number in wrong[:-1])
    return _("There are typos in the %(groups)s and %(last)s group. Compare them with your card or mail.") % {
        "groups": listed,
        "last": names[wrong[-1]],
    }
