"""Forms of the desk's pages about the community."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontdesk.support.forum.models import OrderSettings
from frontdesk.support.forum.order_phrases import DECISIONS
from frontdesk.support.forum.order_rules import HOST, Rules, lines

NUMBERS = ("hide_weight", "most_mentions", "storm_count", "flood_count")
IN_BULK = ("approve", "keep", "dismiss", "hide", "black_out", "reports_right", "reports_closed")
DAY = {"type": "date"}


class RulesForm(forms.Form):
    """The vendor's rules."""

    words = forms.CharField(
        label=_("Words that hold a post back"), required=False, max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One a line, also several words together. The team's own posts never wait."),
    )  # fmt: skip
    hosts = forms.CharField(
        label=_("Trusted hosts"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, such as example.org. Links there are as harmless as links to us."),
    )  # fmt: skip
    hide_weight = forms.IntegerField(
        label=_("Weight of reports that hides a post"), min_value=1, max_value=1000,
        help_text=_("A new or basic member's report weighs 1, a member's 2, a regular's 3, a leader's 6."),
    )  # fmt: skip
    most_mentions = forms.IntegerField(label=_("Mentions in a post before it waits"), min_value=0, max_value=50)
    storm_count = forms.IntegerField(
        label=_("New members who name the same person within an hour before their posts wait"), min_value=1,
        max_value=1000,
    )  # fmt: skip
    flood_count = forms.IntegerField(
        label=_("Waiting posts of a new member before they are silenced until somebody looks"), min_value=1,
        max_value=100,
    )  # fmt: skip

    @classmethod
    def of(cls, rules: OrderSettings, data: Any) -> "RulesForm":
        """The form as the rules stand."""
        numbers = {
            name: getattr(rules, name) for name in ("hide_weight", "most_mentions", "storm_count", "flood_count")
        }
        return cls(data, initial={**numbers, "words": "\n".join(rules.words), "hosts": "\n".join(rules.hosts)})

    def clean_words(self) -> list[str]:
        """One a line."""
        return lines(self.cleaned_data["words"], 80)

    def clean_hosts(self) -> list[str]:
        """One a line, in small letters, and hosts at all."""
        found = [each.lower().removeprefix("www.") for each in lines(self.cleaned_data["hosts"], 253)]
        for each in found:
            if not HOST.fullmatch(each):
                raise ValidationError(_("“%(host)s” is no host, such as example.org.") % {"host": each})
        return found

    @property
    def rules(self) -> Rules:
        """What is to be saved."""
        return Rules(**self.cleaned_data)


class LogForm(forms.Form):
    """What the log shows."""

    what = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("Everything")), *DECISIONS.items()])
    by = forms.CharField(label=_("By whom"), required=False, max_length=100)
    member = forms.CharField(label=_("About whom"), required=False, max_length=100, help_text=_("A handle."))
    topic = forms.IntegerField(label=_("Topic"), required=False, min_value=1, max_value=2**53)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"))


class BulkForm(forms.Form):
    """The reason for all that was chosen."""

    do = forms.ChoiceField(choices=[(name, name) for name in IN_BULK])
    reason = forms.CharField(max_length=500)
