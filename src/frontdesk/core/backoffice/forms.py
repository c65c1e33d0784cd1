"""Forms of the back office: plain Django forms that wear unfold's widgets and end with the reason."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold import widgets

REASON = _("Stands in the audit, and the customer can read it. A conversation's number is a good reason.")
WIDGETS: list[tuple[type[forms.Field], Any]] = [
    (forms.BooleanField, widgets.UnfoldBooleanSwitchWidget),
    (forms.FileField, widgets.UnfoldAdminFileFieldWidget),
    (forms.EmailField, widgets.UnfoldAdminEmailInputWidget),
    (forms.IntegerField, widgets.UnfoldAdminIntegerFieldWidget),
    (forms.MultipleChoiceField, widgets.UnfoldAdminCheckboxSelectMultipleWidget),
    (forms.ChoiceField, widgets.UnfoldAdminSelectWidget),
    (forms.CharField, widgets.UnfoldAdminTextInputWidget),
]

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Model]
else:
    AnyModelForm = forms.ModelForm


def reason_field() -> forms.CharField:
    """The field that every form of the back office ends with."""
    return forms.CharField(label=_("Reason"), max_length=500, help_text=REASON)


def dress(field: forms.Field) -> None:
    """Give a plain field the widget that goes with the back office's look."""
    field.label = capfirst(field.label)
    if isinstance(field.widget, forms.HiddenInput):
        return
    if isinstance(field.widget, forms.Textarea):
        made: forms.Widget = widgets.UnfoldAdminTextareaWidget({"rows": 4})
    else:
        kind = next(widget for form_field, widget in WIDGETS if isinstance(field, form_field))
        made = kind(choices=field.choices) if isinstance(field, forms.ChoiceField) else kind()
    made.attrs.update(field.widget_attrs(made))
    made.is_required = field.required
    field.widget = made


class ReasonForm(forms.Form):
    """What a deed asks for: at least the reason. `subject` is what the deed is done to."""

    def __init__(self, *args: Any, subject: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.prepare()
        self.fields["reason"] = reason_field()
        for field in self.fields.values():
            dress(field)

    def prepare(self) -> None:
        """Fill in choices that depend on the subject."""

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Set the choices of a field."""
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"{name} offers no choices")
        field.choices = choices


class ReasonedModelForm(AnyModelForm):
    """A form on a model's fields, whose saving is a verb and needs a reason."""

    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.declared_fields:
            if name in self.fields:
                dress(self.fields[name])
