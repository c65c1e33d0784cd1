"""The forms: beginning, replying, editing, and who somebody is in the community."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.models import Person
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import members, names, wording
from frontdesk.support.forum.errors import NameRefused, PostRefused
from frontdesk.support.forum.models import Category, Member
from frontdesk.support.forum.views.common import words_for

TEXT_HINT = _("Markdown works: **bold**, *italic*, `code`, > quotation, [link](address). @name calls somebody.")
DIGESTS = [(0, _("Never")), (1, _("Every day")), (7, _("Every week")), (30, _("Every month"))]


class Named(forms.Form):
    """Who writes: asked once, with the first post."""

    name = forms.CharField(
        label=_("Your name in the community"),
        help_text=_("Everybody sees it beside what you write. Your address is never shown."),
        max_length=names.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    handle = forms.CharField(
        label=_("Your handle"),
        help_text=_("Others call you by it: @handle. Small letters, figures, hyphens and underscores."),
        max_length=41,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    agreed = forms.BooleanField(label=_("Show what I write to everybody, under this name."))

    def __init__(self, *args: Any, member: Member | None, person: Person | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.member, self.person = member, person
        if (member is not None and member.agreed_at) or person is None:
            for name in ("name", "handle", "agreed"):
                del self.fields[name]
            return
        shown = members.suggested_name(member) if member else wording.line_of(person.name).partition(" ")[0]
        self.initial.setdefault("name", shown)
        self.initial.setdefault("handle", member.handle if member else names.first_handle(person.name))

    @property
    def asks_name(self) -> bool:
        """Whether it asks who somebody wants to be."""
        return "name" in self.fields

    def introduced(self) -> Member:
        """The member under the name that was chosen; what cannot be taken stands at its field, and raises."""
        if self.person is None:
            raise ValueError("nobody is signed in")
        made = members.of(self.person)
        if not self.asks_name or made.agreed_at:
            return made
        data = self.cleaned_data
        try:
            return members.introduce(member=made, name=data["name"], handle=data["handle"])
        except NameRefused as refusal:
            self.add_error(str(refusal.members["field"]), str(names.WHY[str(refusal.members["why"])]))
            raise


class ReplyForm(Named):
    """A reply. `client_id` is the form's own number: sending it twice posts once."""

    text = forms.CharField(
        label=_("Your answer"),
        help_text=TEXT_HINT,
        widget=forms.Textarea(attrs={"rows": 8, "data-writes": ""}),
        strip=False,
        error_messages={"required": _("Please write something.")},
    )
    answers = forms.UUIDField(required=False, widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ["text", "name", "handle", "agreed", "answers", "client_id"]

    def clean_text(self) -> str:
        """A text as it can be kept."""
        try:
            return wording.text_of(self.cleaned_data["text"])
        except PostRefused as refusal:
            raise forms.ValidationError(wording.why_in_words(refusal)) from None

    def number(self) -> UUID:
        """The form's own number."""
        return UUID(str(self.cleaned_data["client_id"]))

    def renumber(self) -> None:
        """What it holds becomes a post of its own: a new number, since what was sent by the old one stands."""
        fresh = QueryDict(mutable=True)
        fresh.update(self.data)
        fresh["client_id"] = str(uuid4())
        self.data = fresh


class TopicForm(ReplyForm):
    """A topic."""

    category = forms.ModelChoiceField(
        label=_("Where does it belong?"), queryset=Category.objects.none(), to_field_name="slug", empty_label=None
    )
    title = forms.CharField(
        label=_("In one line"),
        help_text=_("What would somebody search for who has the same question?"),
        max_length=wording.LONGEST_TITLE + 50,
        error_messages={"required": _("Please say in a few words what it is about.")},
    )
    looked = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = ["title", "category", "text", "name", "handle", "agreed", "client_id"]

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Category.objects.filter(pk__in=[each.pk for each in categories])
        self.fields["text"].label = _("Say more")
        del self.fields["answers"]

    def clean_title(self) -> str:
        """A title as it can be kept."""
        try:
            return wording.title_of(self.cleaned_data["title"])
        except PostRefused as refusal:
            raise forms.ValidationError(wording.why_in_words(refusal)) from None


class EditForm(forms.Form):
    """Another text of a post; of the first one, another title of its topic."""

    title = forms.CharField(label=_("In one line"), max_length=wording.LONGEST_TITLE + 50)
    text = forms.CharField(
        label=_("Text"), help_text=TEXT_HINT, strip=False, widget=forms.Textarea(attrs={"rows": 14, "data-writes": ""})
    )
    reason = forms.CharField(
        label=_("Why?"), help_text=_("A few words for those who look at the history."), max_length=200, required=False
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, with_title: bool, is_own: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if not is_own:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = _("Its author reads it in a mail; it stands in the history, too.")
        if not with_title:
            del self.fields["title"]

    def clean_text(self) -> str:
        """A text as it can be kept."""
        try:
            return wording.text_of(self.cleaned_data["text"])
        except PostRefused as refusal:
            raise forms.ValidationError(wording.why_in_words(refusal)) from None

    def clean_title(self) -> str:
        """A title as it can be kept."""
        try:
            return wording.title_of(self.cleaned_data["title"])
        except PostRefused as refusal:
            raise forms.ValidationError(wording.why_in_words(refusal)) from None


class ProfileForm(Named):
    """Who somebody is in the community."""

    about = forms.CharField(
        label=_("About you"),
        help_text=_("What others may know: what you work with, what you can help with."),
        max_length=members.LONGEST_ABOUT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["name", "handle", "about", "agreed"]

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        fields = {name: self.base_fields[name] for name in ("name", "handle")}
        super().__init__(*args, member=member, person=member.person, **kwargs)
        if member.agreed_at:
            for name, field in fields.items():
                self.fields[name] = field
            self.order_fields(self.field_order)
        known = {"name": members.suggested_name(member), "handle": member.handle, "about": member.about}
        self.initial = {**known, **self.initial}

    def save(self, member: Member) -> Member | None:
        """The member as they want to be seen; None where a name cannot be taken, which stands at its field."""
        data = self.cleaned_data
        try:
            return members.introduce(member=member, name=data["name"], handle=data["handle"], about=data["about"])
        except NameRefused as refusal:
            self.add_error(str(refusal.members["field"]), str(names.WHY[str(refusal.members["why"])]))
        except Refusal as refusal:
            self.add_error(None, words_for(refusal))
        return None


class MailsForm(forms.Form):
    """Which mails of the community somebody wants."""

    digest_days = forms.TypedChoiceField(
        label=_("A digest of what is new"), choices=DIGESTS, coerce=int, widget=forms.Select
    )
    mentions = forms.BooleanField(label=_("A mail when somebody mentions me"), required=False)
    nothing = forms.BooleanField(
        label=_("No mails of the community, whatever I follow"),
        help_text=_("What moderators decide about you is mailed all the same, and why a reply by mail was not posted."),
        required=False,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        initial = {
            "digest_days": member.digest_days,
            "mentions": member.mails_mentions,
            "nothing": member.mails_nothing,
        }
        super().__init__(*args, **kwargs)
        self.label_suffix, self.initial = "", initial
