"""Forms of the desk's chats: to whom one is handed over, and how the vendor wants to chat."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.support.chat.models import ChatSettings
from frontdesk.support.chat.settings import Wanted
from frontdesk.support.tickets.inbox.choices import Choices
from frontdesk.support.tickets.models import Team
from frontdesk.support.tickets.routing import giving


class HandOverForm(forms.Form):
    """A colleague or a team, and what they should know."""

    to = forms.ChoiceField(label=_("To whom"))
    note = forms.CharField(
        label=_("Note for the team"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The customer does not see it. They are told that somebody else goes on."),
    )

    def __init__(self, *args: Any, agent: Person, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = set(giving.online().values_list("person", flat=True))
        others = [each for each in choices.colleagues if each.id != agent.pk]
        others.sort(key=lambda each: each.id not in there)
        words = {True: gettext("%s (is there)"), False: "%s"}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choose somebody")),
            (gettext("Colleagues"), [(f"person:{each.id}", words[each.id in there] % each.label) for each in others]),
            (gettext("Teams"), [(f"team:{each.id}", each.label) for each in choices.teams]),
        ]

    def clean_to(self) -> Person | Team:
        """Who it is; the choice may have been deleted since it was offered."""
        kind, _colon, number = self.cleaned_data["to"].partition(":")
        rows: QuerySet[Person] | QuerySet[Team] = Person.objects.all() if kind == "person" else Team.objects.all()
        found = rows.filter(pk=UUID(number)).first()
        if found is None:
            raise forms.ValidationError(gettext("They are not there any more. Choose somebody else."))
        return found

    def chosen(self) -> Person | Team:
        """Who it is. Only for a valid form."""
        chosen: Person | Team = self.cleaned_data["to"]
        return chosen


class ChatSettingsForm(forms.Form):
    """Whether, where and how patiently the vendor chats. What cannot work the verb says (`SettingsUnfit`)."""

    is_open = forms.BooleanField(
        label=_("We chat"),
        required=False,
        help_text=_("Switched off, customers are offered the form instead; chats that are on go on."),
    )
    take_within_seconds = forms.IntegerField(
        label=_("Seconds until a chat that nobody took goes to the next agent"), min_value=1
    )
    longest_wait_minutes = forms.IntegerField(
        label=_("Minutes until a chat that waits goes on by mail"),
        min_value=1,
        help_text=_("It becomes a ticket, and the customer is told."),
    )
    ask_after_minutes = forms.IntegerField(
        label=_("Minutes of silence until the customer is asked whether they are still there"), min_value=1
    )
    end_after_minutes = forms.IntegerField(label=_("Minutes of silence until the chat ends"), min_value=1)
    sites = forms.CharField(
        label=_("Other sites of yours that may show the chat"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One a line, such as https://docs.halcyon.example, with nothing behind the name."),
    )

    @classmethod
    def of(cls, row: ChatSettings, data: Any = None) -> "ChatSettingsForm":
        """The form as things stand, or as it was sent."""
        return cls(data, initial={name: getattr(row, name) for name in cls.base_fields})

    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        return Wanted(**{**self.cleaned_data, "sites": tuple(self.cleaned_data["sites"].split())})
