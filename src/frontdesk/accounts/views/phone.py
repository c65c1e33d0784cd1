"""The phone number: shown, changed by an SMS to the new one, removed. Each after showing once more who one is."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts import codes, sms
from frontdesk.accounts.codes.forms import OneTimeCodeForm, PhoneForm, wait_text
from frontdesk.accounts.errors import PhoneInUse, SmsNotSent
from frontdesk.accounts.models import Channel, Person, Purpose
from frontdesk.accounts.services import phones
from frontdesk.accounts.sms import numbers
from frontdesk.accounts.views.codes import entry_context, send_again
from frontdesk.accounts.views.common import person_of
from frontdesk.core.errors import NotFound, TooManyAttempts

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth is untyped
def phone(request: HttpRequest) -> HttpResponse:
    """The number, and a form for another one, to which a code is sent."""
    person = _person_where_sms_are_sent(request)
    form = PhoneForm(request.POST or None, language=person.language or str(request.LANGUAGE_CODE))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _send(request, person, form.cleaned_data["number"])
        except SmsNotSent as error:
            form.add_error("number", str(error.reason.detail))
            status = 429
        except TooManyAttempts as error:
            form.add_error("number", wait_text(error))
            status = 429
        else:
            return redirect("phone_confirm")
    context = {"form": form, "person": person, "number": numbers.shown(person.phone)}
    return render(request, "accounts/phone/phone.html", context, status=status)


@require_http_methods(BOTH)
@sensitive_post_parameters("code")
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """The code from the SMS: from then on the number counts."""
    person = _person_where_sms_are_sent(request)
    asked = codes.asked_for(request, purpose=Purpose.PHONE)
    if asked is None or asked.person != person:
        return redirect("phone")
    form = OneTimeCodeForm(request.POST or None, request=request, purpose=Purpose.PHONE, person=person)
    if request.method == "POST" and form.is_valid() and form.found:
        phones.confirm_phone(code=form.found)
        messages.success(request, _("Your phone number is confirmed."))
        return redirect("security")
    context = entry_context(asked, form) | {"again_url": reverse("phone_again")}
    return render(request, "accounts/phone/confirm.html", context | {"number": numbers.shown(asked.destination)})


@require_POST
@login_required
def again(request: HttpRequest) -> HttpResponse:
    """Another code to the number that is to be confirmed."""
    person = _person_where_sms_are_sent(request)
    asked = codes.asked_for(request, purpose=Purpose.PHONE)
    if asked is None or asked.person != person:
        return redirect("phone")
    send_again(request, asked, lambda: _send(request, person, asked.destination))
    return redirect("phone_confirm")


@require_http_methods(BOTH)
@login_required
@reauthentication_required  # type: ignore[untyped-decorator] # allauth is untyped
def remove(request: HttpRequest) -> HttpResponse:
    """One button, which forgets the number."""
    person = person_of(request)
    if request.method == "POST":
        try:
            phones.remove_phone(person=person)
        except PhoneInUse as error:
            messages.warning(request, f"{error.reason.title}. {error.reason.remedy}")
        else:
            messages.success(request, _("Your phone number is removed."))
        return redirect("security")
    return render(request, "accounts/phone/remove.html", {"person": person, "number": numbers.shown(person.phone)})


def _send(request: HttpRequest, person: Person, number: str) -> None:
    codes.send(request, person=person, purpose=Purpose.PHONE, channel=Channel.SMS, address=number)


def _person_where_sms_are_sent(request: HttpRequest) -> Person:
    if not sms.offered():
        raise NotFound
    return person_of(request)
