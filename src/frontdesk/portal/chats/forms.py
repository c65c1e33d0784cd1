"""The forms of the chat: the question that it begins with, the code of guests, and what is said."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.portal.chats.askers import Asker
from frontdesk.portal.contact_form import Lines, OneLine, ReplyForm
from frontdesk.support.tickets.models import Area


class BeginForm(ReplyForm):
    """What somebody asks; of guests whom we do not know yet also name and address."""

    area = forms.ChoiceField(label=gettext_lazy("What is it about?"), required=False)
    name = OneLine(
        label=gettext_lazy("Your name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Say what we may call you.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("We send a code there first. Should we be cut off, the answer comes there, too."),
        max_length=254,
    )
    field_order = ["text", "area", "name", "email", "client_id"]

    def __init__(self, data: Any = None, *, asker: Asker, areas: Iterable[Area], area: Area | None = None) -> None:
        super().__init__(data)
        self._areas = {each.slug: each for each in areas}
        self.order_fields(self.field_order)
        self.initial = {**self.initial, "area": area.slug if area else ""}
        suggesting = {
            "rows": 3,
            "data-suggest": reverse_lazy("contact:suggestions"),
            "data-suggest-into": "chat-suggestions",
            "data-chat-focus": True,
        }
        self.fields["text"].label = _("Your question")
        self.fields["text"].widget.attrs.update(suggesting)
        choice = self.fields["area"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - for the types
        choice.choices = [("", _("I am not sure")), *((slug, each.title) for slug, each in self._areas.items())]
        choice.widget.attrs["data-suggest-with"] = True
        gone = ["name", "email"] if asker.owner else []
        for name in [*gone, *([] if self._areas else ["area"])]:
            del self.fields[name]
        if "email" in self.fields:
            self.fields["email"].widget.attrs["autocomplete"] = "email"
            self.fields["name"].widget.attrs["autocomplete"] = "name"

    def chosen_area(self) -> Area | None:
        """What it is about."""
        return self._areas.get(self.cleaned_data.get("area", ""))


class CodeForm(forms.Form):
    """The code from the mail. What was asked stands in it meanwhile, since nothing is kept of who may be anybody."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Six digits, from the mail."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "data-chat-focus": True}
        ),
        error_messages={"required": gettext_lazy("Enter the six digits from the mail.")},
    )
    visitor = forms.UUIDField(widget=forms.HiddenInput)
    text = Lines(widget=forms.HiddenInput, required=False, strip=False)
    area = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(widget=forms.HiddenInput, required=False)
    email = forms.CharField(widget=forms.HiddenInput, required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


class SayForm(ReplyForm):
    """What is said: words, files or both."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["text"].required = False

    def clean_text(self) -> str:
        """Whether there is anything in it is asked where the files are known."""
        return str(self.cleaned_data["text"])
