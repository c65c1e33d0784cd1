"""Forms of the licence pages."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from frontdesk.licensing.models import Activation
from frontdesk.ui.forms import FileDropInput

LARGEST_FILE = 64 * 1024


class DeviceNameForm(forms.Form):
    """What a customer calls a device."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        validators=[RegexValidator(r"^[^\x00-\x1f\x7f]+$", _("The name has signs in it that cannot be shown."))],
        error_messages={"required": _("Give the device a name.")},
    )


class HandOverForm(forms.Form):
    """Whom a licence is offered to."""

    email = forms.EmailField(
        label=_("E-mail address of the new owner"),
        help_text=_("We send a mail there. The licence moves when it is accepted; until then it stays yours."),
        max_length=254,
        error_messages={
            "required": _("Enter the address of the person who shall get the licence."),
            "invalid": _("This does not look like an e-mail address."),
        },
    )
    devices_to_free = forms.MultipleChoiceField(
        label=_("Devices that stop when the licence is accepted"),
        help_text=_("The others go on working, now under the new owner."),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, devices: Sequence[Activation]) -> None:
        super().__init__(data)
        field = cast("forms.MultipleChoiceField", self.fields["devices_to_free"])
        field.choices = [(str(device.pk), device.name) for device in devices]
        if not devices:
            del self.fields["devices_to_free"]

    def clean(self) -> dict[str, Any]:
        """The devices as ids."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["devices_to_free"] = [UUID(chosen) for chosen in values.get("devices_to_free", [])]
        return values


class EitherFile(forms.FileField):
    """A file that may be left out, because another field can take its place; so it is not called optional."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The file, or None."""
        return super().clean(data, initial) if data else None


class EitherText(forms.CharField):
    """A text that may be left out, because another field can take its place."""

    def clean(self, value: Any) -> Any:
        """The text, or an empty one."""
        return super().clean(value) if value else ""


class FileOrTextForm(forms.Form):
    """A small file of the product, uploaded or pasted."""

    use_required_attribute = False
    file = EitherFile(label=_("File from the device"), widget=FileDropInput())
    text = EitherText(
        label=_("Or paste what is in it"),
        max_length=LARGEST_FILE,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, as bytes under `content`."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if file and file.size > LARGEST_FILE:
            self.add_error("file", _("This file is too large to come from the product. Choose the file it wrote."))
        elif file:
            values["content"] = file.read()
        elif text:
            values["content"] = text.encode()
        elif not self.errors:
            self.add_error("file", _("Choose the file that the product wrote on the device."))
        return values
