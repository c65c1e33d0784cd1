"""The form that a conversation begins with, and the one that goes on with it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontdesk.accounts.models import Person
from frontdesk.portal.matters import About, Group, every
from frontdesk.support.tickets.conversations.words import says_nothing
from frontdesk.support.tickets.models import Area, Participant

LONGEST = 20_000
_TOO_LONG = gettext_lazy("That is more than we can take. Put the rest into a text file and add it.")


class OneLine(forms.CharField):
    """A line without what cannot be seen; line breaks become blanks."""

    def to_python(self, value: Any) -> str:
        """The text, with single blanks."""
        text = super().to_python(value) or ""
        return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


class Lines(forms.CharField):
    """What somebody may paste: what is too much is said in words (a `maxlength` cuts it off without one), and NUL,
    which no text holds, goes."""

    def to_python(self, value: Any) -> str:
        """The text."""
        return (super().to_python(value) or "").replace("\0", "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class ReplyForm(forms.Form):
    """What the customer says. `client_id` is the form's own number: sending it twice says it once."""

    text = Lines(
        label=gettext_lazy("Your message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write what we should know."), "max_length": _TOO_LONG},
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"client_id": uuid4()}, label_suffix="")

    def renumber(self) -> None:
        """What it holds becomes a message of its own: a new number, since what was sent by the old one stands."""
        fresh = QueryDict(mutable=True)
        fresh.update(self.data)
        fresh["client_id"] = str(uuid4())
        self.data = fresh

    def clean_text(self) -> str:
        """The text as it can be kept."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
        if says_nothing(text):
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text


class ContactForm(ReplyForm):
    """Area, what it is about, subject and text; of guests also name and address."""

    area = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what comes nearest.")},
    )
    about = forms.ChoiceField(label=gettext_lazy("Which one?"), required=False)
    subject = OneLine(
        label=gettext_lazy("In a few words"),
        max_length=150,
        error_messages={"required": gettext_lazy("Say in a few words what it is about.")},
    )
    name = OneLine(label=gettext_lazy("Your name"), max_length=100, required=False)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy(
            "We send you a link first, so that nobody writes in your name. The answer comes there, too."
        ),
        max_length=254,
    )
    upload_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    field_order = ["area", "about", "subject", "text", "name", "email", "client_id", "upload_key"]

    def __init__(
        self, data: Any = None, *, person: Person | None, areas: Iterable[Area], groups: list[Group],
        area: Area | None = None, named: About | None = None, upload_key: str = "", guest: Participant | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data)
        self._areas = {each.slug: each for each in areas}
        self._abouts = {about.key: about for about in every(groups)}
        self.order_fields(self.field_order)
        self._choice("area").choices = [(slug, each.title) for slug, each in self._areas.items()]
        listed = [(title, [(about.key, about.label) for about in abouts]) for title, abouts in groups]
        self._choice("about").choices = [("", _("Nothing in particular")), *listed]
        chosen = {"area": area.slug if area else "", "about": named.key if named else "", "upload_key": upload_key}
        known = {"name": guest.name, "email": guest.address} if guest else {}
        self.initial = {**self.initial, **chosen, **known}
        for name in self._left_out(person, upload_key):
            del self.fields[name]
        if "email" in self.fields:
            self.fields["email"].widget.attrs["autocomplete"] = "email"
            self.fields["name"].widget.attrs["autocomplete"] = "name"

    def chosen_area(self) -> Area | None:
        """What it is about."""
        return self._areas.get(self.cleaned_data.get("area", ""))

    def chosen_about(self) -> About | None:
        """Which thing of theirs."""
        return self._abouts.get(self.cleaned_data.get("about", ""))

    def number(self) -> UUID:
        """The form's own number."""
        return UUID(str(self.cleaned_data["client_id"]))

    def _left_out(self, person: Person | None, upload_key: str) -> list[str]:
        """What is known already. Whoever has signed in meanwhile keeps the key of the files that are here."""
        gone = ["name", "email"] if person else []
        gone += [] if upload_key else ["upload_key"]
        return [*gone, *([] if self._areas else ["area"]), *([] if self._abouts else ["about"])]

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the types
        return field
