"""Forms of the inbox and of conversations."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.console.forms import ReasonForm
from frontdesk.core import clock
from frontdesk.support.tickets.mail.addresses import is_ours

FARTHEST = timedelta(days=366)  # what is put off for longer is forgotten


class SaveViewForm(forms.Form):
    """A name for a filter."""

    title = forms.CharField(label=_("Name of the view"), max_length=80)
    shared = forms.BooleanField(label=_("For everybody"), required=False)


class MomentField(forms.DateTimeField):
    """A day and time in the reader's zone, as browsers send it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class UntilForm(forms.Form):
    """Until when: one of the usual moments, or one of one's own."""

    preset = forms.CharField(required=False, widget=forms.HiddenInput)
    until = MomentField(label=_("Day and time"), required=False)

    def clean(self) -> dict[str, Any]:
        """The moment, in the future."""
        data = super().clean() or {}
        now = clock.now()
        moment = {key: at for key, _label, at in presets(now)}.get(data.get("preset") or "") or data.get("until")
        if moment is None and not self.errors:
            raise ValidationError(_("Choose a moment."))
        if moment is not None and moment <= now:
            raise ValidationError(_("Choose a moment in the future."))
        if moment is not None and moment > now + FARTHEST:
            raise ValidationError(_("At most a year from now."))
        return data | {"moment": moment}


class ReminderForm(UntilForm):
    """When, and about what."""

    words = forms.CharField(label=_("About what"), max_length=200, required=False)


class DaysForm(ReasonForm):
    """How many days a licence gets."""

    days = forms.IntegerField(label=_("Days to add"), min_value=1, max_value=3650)
    field_order = ("days", "reason")


class CopiesForm(ReasonForm):
    """Who else is to get copies."""

    addresses = forms.CharField(
        label=_("Addresses"), max_length=2_000, help_text=_("One or several, parted by commas or spaces.")
    )
    field_order = ("addresses", "reason")

    def clean_addresses(self) -> list[str]:
        """Each an address, in small letters, once, and none of our own."""
        typed = self.cleaned_data["addresses"].replace(",", " ").replace(";", " ").lower().split()
        for address in typed:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(gettext("“%s” is no address.") % address) from None
            if is_ours(address):
                raise ValidationError(gettext("%s is one of our own addresses: mail would go in circles.") % address)
        return list(dict.fromkeys(typed))


class SplitForm(forms.Form):
    """What the new conversation is about."""

    subject = forms.CharField(label=_("Subject of the new conversation"), max_length=200)


class PublishForm(forms.Form):
    """The team's answer in the community. `client_id`: sent twice, it is posted once."""

    text = forms.CharField(label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 12}), max_length=50_000)
    client_id = forms.UUIDField(widget=forms.HiddenInput)


def presets(now: datetime) -> list[tuple[str, str | Promise, datetime]]:
    """The moments that matters are usually put off until, in the reader's time zone."""
    here = timezone.localtime(now)
    morning = here.replace(hour=9, minute=0, second=0, microsecond=0)
    monday = morning + timedelta(days=7 - here.weekday())
    return [
        ("hours", _("In 3 hours"), now + timedelta(hours=3)),
        ("tomorrow", _("Tomorrow morning"), morning + timedelta(days=1)),
        ("monday", _("Monday morning"), monday),
        ("week", _("In a week"), morning + timedelta(days=7)),
        ("month", _("In four weeks"), morning + timedelta(days=28)),
    ]
