"""What the component page shows: invented devices, pieces of time, messages, and a form in all its states."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontdesk.ui.forms import CodeInput, FileDropInput
from frontdesk.ui.parts import Bar, TimelinePiece

TONES = ("good", "warn", "bad", "info", "brand", "")


class ShowcaseForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name of the device"), help_text=_("You see it in your list of devices."))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    platform = forms.ChoiceField(
        label=_("Platform"), choices=[("windows", "Windows"), ("linux", "Linux")], required=False
    )
    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    tell = forms.BooleanField(label=_("Tell me by mail when it is done"), required=False)
    which = forms.ChoiceField(
        label=_("How shall we answer?"),
        choices=[("mail", _("By mail")), ("chat", _("By chat"))],
        widget=forms.RadioSelect,
        required=False,
    )
    request_file = forms.FileField(
        label=_("Request file"), widget=FileDropInput(attrs={"accept": ".json"}), required=False
    )


class CodeForm(forms.Form):
    """The code field, empty or with a typo in its third group."""

    code = forms.CharField(
        label=_("Activation code"),
        widget=CodeInput,
        help_text=_("Large or small letters, with or without dashes: we read it all."),
    )


def _forms() -> dict[str, forms.Form]:
    wrong = ShowcaseForm({"name": "", "email": "ada@"}, prefix="wrong", auto_id="wrong_%s")
    typo = CodeForm({"code": "ZAB5Y-RRB1R-46VHA-73JNH"}, auto_id="typo_%s")
    typo.add_error("code", _("There is a typo in the third group."))
    return {
        "form": ShowcaseForm(),
        "form_wrong": wrong,
        "code_form": CodeForm(auto_id="plain_%s"),
        "code_form_wrong": typo,
    }


def _pieces(now: datetime) -> list[TimelinePiece]:
    day = timedelta(days=1)
    first = now - 247 * day
    second = first + 365 * day
    return [
        TimelinePiece(first, second, str(_("Order of last year")), str(_("One year, bought in the shop."))),
        TimelinePiece(now - 40 * day, now + 50 * day, str(_("Gift, taken back")), revoked=True),
        TimelinePiece(second, second + 365 * day, str(_("Shop card ending in 73JNH"))),
        TimelinePiece(second + 365 * day, second + 425 * day, str(_("Sixty days as a thank-you"))),
    ]


def showcase_context(now: datetime, page: int) -> dict[str, Any]:
    """Everything the page needs, relative to `now`."""
    return _forms() | {
        "tones": TONES,
        "now": now,
        "months": [Bar(word, value, str(value)) for word, value in (("Jan", 31), ("Feb", 44), ("Mar", 0), ("Apr", 52))],
        "pieces": _pieces(now),
        "soon": now + timedelta(days=3),
        "earlier": now - timedelta(hours=2),
        "long_ago": now - timedelta(days=96),
        "pages": Paginator(range(200), 20).get_page(page),
        "sample_code": "ZAB5Y-RRB1R-46VHB-73JNH",
        "here": reverse("ui:showcase"),
        "commands": [
            {"label": str(_("Enter a code")), "url": "#code", "icon": "ticket", "shortcut": "E"},
            {"label": str(_("My devices")), "url": "#data", "icon": "laptop", "group": str(_("Licences"))},
            {"label": str(_("Messages")), "url": "#talk", "icon": "mail", "group": str(_("Account"))},
            {"label": str(_("Help")), "url": "#surfaces", "icon": "life-buoy"},
        ],
    }
