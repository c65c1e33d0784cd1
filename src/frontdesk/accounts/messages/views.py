"""The messages of an account, and the page where anyone checks whether a mail is ours."""

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts import guard
from frontdesk.accounts.messages import selectors
from frontdesk.accounts.models import Person

PER_PAGE = 20


class CheckForm(forms.Form):
    """What one copies from a doubtful mail."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        help_text=_("At the end of the mail, such as H7K-2QX-9MA."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    address = forms.EmailField(
        label=_("Address it was sent to"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


@require_safe
@login_required
def message_list(request: HttpRequest) -> HttpResponse:
    """All mails we sent to this person."""
    page = Paginator(selectors.access_messages(_person(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/messages/list.html", {"page": page})


@require_safe
@login_required
def message_detail(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One mail, as text; a secret it carried is not shown again."""
    message = selectors.access_message(_person(request), message_id)
    context = {"message": message, "text": selectors.shown_text(message)}
    return render(request, "accounts/messages/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Genuine or not, and the date, for one pair of reference and address."""
    form = CheckForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        guard.check_message(request)
        found = selectors.find_genuine(form.cleaned_data["reference"], form.cleaned_data["address"])
        context |= {"asked": True, "found": found}
    return render(request, "accounts/messages/check.html", context)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # noqa: S101 - login_required stands before
    return request.user
