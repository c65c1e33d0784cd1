"""Forms of keeping order: each decision asks for its reason, and says with `seen` how things stood on the page."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Text
from frontdesk.support.forum import flags, quotations, selectors
from frontdesk.support.forum.models import Category, Flag, Member, Post, Topic
from frontdesk.support.forum.order_phrases import PROFILE_RULES
from frontdesk.support.forum.selectors import Reader

HINT = _("Stands in the log of decisions, and whom it concerns reads it in a mail.")
MOST_SPLIT = 200  # posts on offer, the last ones
MOST_SAID = 300  # characters of an About, enough to know it
DURATIONS: tuple[tuple[str, Text], ...] = (
    ("1", _("for a day")),
    ("3", _("for three days")),
    ("7", _("for a week")),
    ("30", _("for 30 days")),
    ("", _("until somebody looks")),
)


class DecisionForm(forms.Form):
    """The reason, behind whatever else a decision wants to know."""

    seen = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: Reader, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.subject = reader, subject
        self.ready()
        area = forms.Textarea(attrs={"rows": 3})
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=500, help_text=HINT, widget=area)

    def ready(self) -> None:
        """Fit the fields to the subject."""

    def values(self) -> dict[str, Any]:
        """What the verb takes beside the subject and the reason."""
        return {}


class RenameForm(DecisionForm):
    """A better title."""

    title = forms.CharField(label=_("Title"), max_length=200)

    def ready(self) -> None:
        """Start with the one that stands there."""
        self.fields["title"].initial = self.subject.title

    def values(self) -> dict[str, Any]:
        """The title."""
        return {"title": self.cleaned_data["title"]}


class MoveForm(DecisionForm):
    """Another category, of those where the mover may begin topics."""

    category = forms.ChoiceField(label=_("Category"))

    def ready(self) -> None:
        """The categories on offer."""
        self.found = {
            each.slug: each
            for each in selectors.categories(self.reader)
            if self.reader.may_begin(each) and each.pk != self.subject.category_id
        }
        choices = [(slug, each.title) for slug, each in self.found.items()]
        self.fields["category"] = forms.ChoiceField(label=_("Category"), choices=choices)

    def values(self) -> dict[str, Any]:
        """The category."""
        chosen: Category = self.found[self.cleaned_data["category"]]
        return {"category": chosen}


class OtherTopicForm(DecisionForm):
    """Another topic, by the number in its address or the address itself."""

    other = forms.CharField(
        label=_("The other topic"), max_length=300, help_text=_("Its address, or the number that stands in it.")
    )

    def clean_other(self) -> Topic:
        """The topic, if the reader may read it."""
        text = str(self.cleaned_data["other"])
        digits = next((part for part in text.replace("#", "/").split("/") if part.isascii() and part.isdigit()), "")
        rows = Topic.objects.select_related("category__product", "author__person")
        found = rows.filter(number=int(digits)).first() if digits and len(digits) < 16 else None
        if found is None or not selectors.may_read(self.reader, found):
            raise ValidationError(_("There is no such topic."))
        return found


class MergeForm(OtherTopicForm):
    """Where a topic goes."""

    def values(self) -> dict[str, Any]:
        """The topic that stays."""
        return {"into": self.cleaned_data["other"]}


class DuplicateForm(OtherTopicForm):
    """What a topic repeats."""

    def values(self) -> dict[str, Any]:
        """The topic that asked first."""
        return {"of": self.cleaned_data["other"]}


class SplitForm(DecisionForm):
    """Which posts go, and what the new topic is called."""

    title = forms.CharField(label=_("Title of the new topic"), max_length=200)
    posts = forms.MultipleChoiceField(label=_("Posts"), widget=forms.CheckboxSelectMultiple)

    def ready(self) -> None:
        """The topic's last posts, but for its first one."""
        posts = Post.objects.filter(topic=self.subject)
        others = posts.exclude(number=posts.aggregate(least=Min("number"))["least"])
        rows = others.select_related("author").order_by("-number")[:MOST_SPLIT]
        choices = [(str(post.pk), _line_of(post)) for post in reversed(rows)]
        field = self.fields["posts"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def values(self) -> dict[str, Any]:
        """Title and posts."""
        return {"title": self.cleaned_data["title"], "posts": [UUID(each) for each in self.cleaned_data["posts"]]}


def _line_of(post: Post) -> str:
    """A post in a line."""
    return f"{post.number} · {post.author.name or post.author.handle}: {' '.join(post.text.split())[:80]}"


class SilenceForm(DecisionForm):
    """For how long; leaders for a day."""

    lasts = forms.ChoiceField(label=_("How long"), choices=DURATIONS, required=False)

    def ready(self) -> None:
        """The team chooses."""
        if not self.reader.is_team:
            del self.fields["lasts"]

    def values(self) -> dict[str, Any]:
        """How long, None until somebody looks."""
        days = self.cleaned_data.get("lasts", "1")
        return {"lasts": timedelta(days=int(days)) if days else None}


class HideForm(DecisionForm):
    """Beside the reason: where else the words stand, for those who read there."""

    def ready(self) -> None:
        """Posts that quote it, as far as the reader may read them; each is a decision of its own."""
        found = quotations.in_sight_of(self.subject)
        self.quoting = [each for each in found if selectors.may_read(self.reader, each.topic)]


class ClearForm(DecisionForm):
    """Which parts of a profile go, and by which rule."""

    parts = forms.MultipleChoiceField(label=_("What goes?"), widget=forms.CheckboxSelectMultiple)
    rule = forms.ChoiceField(label=_("Which rule?"), choices=list(PROFILE_RULES.items()), widget=forms.RadioSelect)

    def ready(self) -> None:
        """What stands there, with its words."""
        labels = {"name": _("Name"), "handle": _("Handle"), "about": _("What they say of themselves")}
        field = self.fields["parts"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        said = {part: " ".join(str(getattr(self.subject, part)).split()) for part in labels}
        field.choices = [(part, f"{labels[part]}: {text[:MOST_SAID]}") for part, text in said.items() if text]
        # Where both stand, a moderator says which: a harmless name does not go with an About by a press of the button.
        field.initial = [] if said["about"] else ["name"]
        reported = self.subject.reports.filter(decided_at=None, kind__in=PROFILE_RULES).order_by("created_at")
        self.fields["rule"].initial = reported.values_list("kind", flat=True).first()

    def values(self) -> dict[str, Any]:
        """Parts and rule."""
        return {"parts": self.cleaned_data["parts"], "rule": self.cleaned_data["rule"]}


class LevelForm(DecisionForm):
    """Which level, and whether it stays."""

    level = forms.TypedChoiceField(label=_("Level"), choices=Member.Level.choices, coerce=int)
    fixed = forms.BooleanField(
        label=_("Keep this level, whatever the daily reckoning says"), required=False, initial=True
    )

    def ready(self) -> None:
        """Start where they are."""
        self.fields["level"].initial = self.subject.level

    def values(self) -> dict[str, Any]:
        """Level and whether it is fixed."""
        return {"level": self.cleaned_data["level"], "fixed": self.cleaned_data["fixed"]}


class ReportForm(forms.Form):
    """What somebody thinks is wrong with a post."""

    kind = forms.ChoiceField(label=_("What is wrong with it?"), choices=Flag.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What should a moderator know?"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ProfileReportForm(ReportForm):
    """The same of what a member says of themselves, which stands in no wrong place."""

    kind = forms.ChoiceField(
        label=_("What is wrong with it?"), widget=forms.RadioSelect,
        choices=[(kind, label) for kind, label in Flag.Kind.choices if kind in flags.OF_PROFILES],
    )  # fmt: skip


class AskAgainForm(forms.Form):
    """The changed text of a hidden post."""

    text = forms.CharField(label=_("Your post"), max_length=30_000, widget=forms.Textarea(attrs={"rows": 10}))
