"""Forms for those who write articles."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import Product
from frontdesk.core import reasons
from frontdesk.support.helpcentre import arranging, categories, writing
from frontdesk.support.helpcentre.models import Article, Category, Revision
from frontdesk.support.helpcentre.writing import Writing
from frontdesk.ui.forms import FileDropInput

ICONS = (
    "book-open", "circle-question-mark", "cloud", "credit-card", "download", "file-text", "hard-drive", "headset",
    "key-round", "laptop", "life-buoy", "lightbulb", "lock", "mail", "monitor-smartphone", "package", "receipt",
    "refresh-cw", "rocket", "settings", "shield-check", "shopping-bag", "smartphone", "users", "wifi-off", "wrench",
)  # fmt: skip
FOR_WHOM = _("Only the staff can read and find it; to everybody else it is not there.")
BREAKS = re.compile(r"[,\n]")


class WritingForm(forms.Form):
    """An article in one language. `after` is the revision that the editor began with."""

    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As somebody in trouble would say it."))
    summary = forms.CharField(
        label=_("Summary"), max_length=300, required=False, help_text=_("One sentence; search engines show it, too.")
    )
    body = forms.CharField(
        label=_("Text"),
        max_length=writing.LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true", "class": "code-like"}),
        help_text=_("Markdown. In a guide, every heading of the highest level is a step."),
    )
    keywords = forms.CharField(
        label=_("Keywords"),
        required=False,
        max_length=5000,
        help_text=_("Other words that people use for it, with commas between."),
    )
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=200,
        help_text=_("For your colleagues; readers never see it."),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    @classmethod
    def of(cls, revision: Revision | None) -> "WritingForm":
        """The form as an editor begins with it."""
        if revision is None:
            return cls(initial={"after": 0})
        said = {"title": revision.title, "summary": revision.summary, "body": revision.body}
        return cls(initial={**said, "keywords": ", ".join(revision.keywords), "after": revision.number})

    def writing(self) -> Writing:
        """What was written; of a form that is valid."""
        data = self.cleaned_data
        words = BREAKS.split(data["keywords"])
        return Writing(data["title"], data["body"], data["summary"], words, data["note"])


class NewArticleForm(WritingForm):
    """A new article needs a language, and an address if its title does not make a good one."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    kind = forms.ChoiceField(label=_("Kind"), choices=Article.Kind.choices)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.all(), required=False)
    is_internal = forms.BooleanField(label=_("For the team only"), required=False, help_text=FOR_WHOM)
    slug = forms.SlugField(
        label=_("Address"),
        max_length=120,
        required=False,
        help_text=_("The last part of its address, the same in all languages. Without one, the title makes it."),
    )
    field_order = ("language", "kind", "category", "is_internal", "title", "summary", "body", "keywords", "slug")


class PlaceForm(forms.Form):
    """Where an article stands, and behind which reasons."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Article.Kind.choices)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.all(), required=False)
    product = forms.ModelChoiceField(label=_("Product"), queryset=Product.objects.all(), required=False)
    position = forms.IntegerField(
        label=_("Place"), min_value=0, max_value=arranging.LAST_POSITION, help_text=_("Lower ones stand first.")
    )
    is_internal = forms.BooleanField(label=_("For the team only"), required=False, help_text=FOR_WHOM)
    related = forms.CharField(
        label=_("Read next"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Addresses of other articles, one a line. What is missing is found by the search."),
    )
    reasons = forms.MultipleChoiceField(
        label=_("Reasons"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Every error message with one of these leads to this article. Several: hold Ctrl."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["reasons"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - declared above
        choice.choices = [(reason.code, f"{reason.title} ({reason.code})") for reason in reasons.every()]

    @classmethod
    def of(cls, article: Article) -> "PlaceForm":
        """The form as it stands."""
        related = article.related.order_by("slug").values_list("slug", flat=True)
        codes = list(article.reasons.values_list("code", flat=True))
        held: dict[str, Any] = {"kind": article.kind, "category": article.category_id, "product": article.product_id}
        held["is_internal"] = article.is_internal
        return cls(initial={**held, "position": article.position, "related": "\n".join(related), "reasons": codes})

    def clean_related(self) -> list[Article]:
        """The articles behind what was typed: slugs, or whole addresses."""
        typed = [text.strip().partition("?")[0].rstrip("/") for text in BREAKS.split(self.cleaned_data["related"])]
        slugs = list(dict.fromkeys(text.rpartition("/")[2] for text in typed if text))
        found = {article.slug: article for article in Article.objects.filter(slug__in=slugs)}
        if unknown := [slug for slug in slugs if slug not in found]:
            raise ValidationError(_("There is no article %s.") % ", ".join(unknown))
        return [found[slug] for slug in slugs]


class PictureForm(forms.Form):
    """A picture for an article."""

    picture = forms.FileField(
        label=_("Picture"),
        widget=FileDropInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        help_text=_("PNG, JPEG, WebP or GIF of up to 10 MB. Places and cameras written into it are taken out."),
    )


class CategoryForm(forms.Form):
    """A category in every language."""

    icon = forms.ChoiceField(label=_("Icon"), choices=[(name, name) for name in ICONS])
    position = forms.IntegerField(
        label=_("Place"),
        min_value=0,
        max_value=categories.LAST_POSITION,
        initial=0,
        help_text=_("Lower ones stand first."),
    )

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            title = forms.CharField(label=_("Title (%s)") % name, max_length=categories.LONGEST_TITLE, required=False)
            about = forms.CharField(
                label=_("Description (%s)") % name, max_length=categories.LONGEST_DESCRIPTION, required=False
            )
            self.fields[f"title_{code}"], self.fields[f"description_{code}"] = title, about
            if category is not None:
                title.initial, about.initial = category.titles.get(code, ""), category.descriptions.get(code, "")
        self.order_fields([name for name in self.fields if name not in {"icon", "position"}])
        icon = self.fields["icon"]
        assert isinstance(icon, forms.ChoiceField)  # noqa: S101 - declared above
        if category is not None:
            icon.initial, self.fields["position"].initial = category.icon, category.position
            icon.choices = [(name, name) for name in sorted({*ICONS, category.icon})]

    def clean(self) -> dict[str, Any]:
        """At least one title."""
        data = super().clean() or {}
        if not any(data.get(f"title_{code}") for code, _name in settings.LANGUAGES):
            raise ValidationError(_("Write a title in at least one language."))
        return data

    def shelving(self, held: Category | None) -> categories.Shelving:
        """What was typed; languages that the form does not know stay as they are."""
        data = self.cleaned_data
        codes = [code for code, _name in settings.LANGUAGES]
        titles = {**(held.titles if held else {}), **{code: data[f"title_{code}"] for code in codes}}
        about = {**(held.descriptions if held else {}), **{code: data[f"description_{code}"] for code in codes}}
        return categories.Shelving(titles, about, data["icon"], data["position"])
