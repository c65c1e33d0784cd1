"""What is asked where mails are looked at."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.messages.selectors import LOOK_ALIKES
from frontdesk.support.tickets.models import Conversation

PATTERN = re.compile(r"[^\s@]*@[^\s@]+\.[^\s@]+")


class AcceptForm(forms.Form):
    """Where a mail goes: a new conversation, or one that is named by its reference."""

    reference = forms.CharField(
        label=_("Conversation"),
        max_length=20,
        required=False,
        help_text=_("Its reference, such as H7K-2QX-9MA. Empty begins a new one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_reference(self) -> Conversation | None:
        """The conversation; None for a new one."""
        symbols = re.sub(r"[\s-]", "", self.cleaned_data["reference"]).upper().translate(LOOK_ALIKES)
        if not symbols:
            return None
        written = "-".join(symbols[at : at + 3] for at in (0, 3, 6))
        found = Conversation.objects.filter(reference=written).first()
        if found is None:
            raise ValidationError(_("There is no conversation with this reference."))
        return found


class BlockForm(forms.Form):
    """Whose mail is kept out of sight."""

    pattern = forms.CharField(
        label=_("Address or domain"), max_length=254, help_text=_("ada@example.org, or @example.org for all of them.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_pattern(self) -> str:
        """In lower case."""
        pattern = str(self.cleaned_data["pattern"]).strip().lower()
        if not PATTERN.fullmatch(pattern):
            raise ValidationError(_("Write an address, or @ and a domain."))
        return pattern
