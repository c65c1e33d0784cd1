"""Forms of the desk's pages about the community."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import Product
from frontdesk.support.forum import categories
from frontdesk.support.forum.categories import Arranged
from frontdesk.support.forum.models import Category

Who = Category.Who


class ForumCategoryForm(forms.Form):
    """A category of the community in every language, who reads it and who begins topics there."""

    product = forms.ModelChoiceField(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("None in particular")
    )
    reads = forms.ChoiceField(
        label=_("Who reads"),
        choices=Who.choices,
        help_text=_("For all others it is not there: neither in lists nor in the search, in feeds or mails."),
    )
    begins = forms.ChoiceField(label=_("Who begins topics"), choices=Who.choices)
    asks = forms.BooleanField(
        label=_("Topics are questions: they wait for an answer, and can be solved"), required=False
    )
    position = forms.IntegerField(
        label=_("Place"), min_value=0, max_value=categories.LAST_POSITION, help_text=_("Lower ones stand first.")
    )

    def __init__(self, *args: Any, category: Category | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for code, name in settings.LANGUAGES:
            title = forms.CharField(label=_("Title (%s)") % name, max_length=categories.LONGEST_TITLE, required=False)
            about = forms.CharField(
                label=_("Description (%s)") % name, max_length=categories.LONGEST_ABOUT, required=False
            )
            self.fields[f"title_{code}"], self.fields[f"about_{code}"] = title, about
        own = ("product", "reads", "begins", "asks", "position")
        self.order_fields([*(name for name in self.fields if name not in own), *own])
        product = self.fields["product"]
        assert isinstance(product, forms.ModelChoiceField)  # noqa: S101 - declared above
        product.queryset = Product.objects.order_by("name")
        self.initial = _said(category)

    def clean(self) -> dict[str, Any]:
        """At least one title; owners are those of a product; who begins topics can read them."""
        data = super().clean() or {}
        if not any(data.get(f"title_{code}") for code, _name in settings.LANGUAGES):
            raise ValidationError(_("Write a title in at least one language."))
        reads, begins = data.get("reads"), data.get("begins")
        if Who.OWNERS in {reads, begins} and not data.get("product"):
            self.add_error("product", _("Choose the product whose owners are meant."))
        if reads and begins and categories.WIDTH[Who(begins)] < categories.WIDTH[Who(reads)]:
            self.add_error("begins", _("Who begins topics must be able to read them."))
        return data

    def arranged(self, held: Category | None) -> Arranged:
        """What was typed; languages that the form does not know stay as they are."""
        data, codes = self.cleaned_data, [code for code, _name in settings.LANGUAGES]
        return Arranged(
            titles={**(held.titles if held else {}), **{code: data[f"title_{code}"] for code in codes}},
            abouts={**(held.abouts if held else {}), **{code: data[f"about_{code}"] for code in codes}},
            product=data["product"],
            reads=data["reads"],
            begins=data["begins"],
            asks=data["asks"],
            position=data["position"],
        )


def _said(category: Category | None) -> dict[str, Any]:
    if category is None:
        return {"reads": Who.EVERYBODY, "begins": Who.EVERYBODY, "asks": True, "position": 0}
    said: dict[str, Any] = {
        "product": category.product,
        "reads": category.reads,
        "begins": category.begins,
        "asks": category.asks,
        "position": category.position,
    }
    for code, _name in settings.LANGUAGES:
        said[f"title_{code}"], said[f"about_{code}"] = category.titles.get(code, ""), category.abouts.get(code, "")
    return said
