"""Signing in with a code that is mailed. An address without an account takes the same way, and no code fits."""

from collections.abc import Callable

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import EmailAddress, Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts import codes, guard
from frontdesk.accounts.codes.forms import AskCodeForm, OneTimeCodeForm, wait_text
from frontdesk.accounts.errors import SmsNotSent
from frontdesk.accounts.models import Channel, OneTimeCode, Person, Purpose
from frontdesk.accounts.tokens import reset_tokens
from frontdesk.accounts.views.common import home_or_next, safe_next, telling_locks
from frontdesk.core.errors import TooManyAttempts

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
def ask(request: HttpRequest) -> HttpResponse:
    """Which address the code is mailed to."""
    if request.user.is_authenticated:
        return redirect(home_or_next(request))
    form = AskCodeForm(request.POST or None, initial={"email": request.GET.get("email", "")[:254]})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _send(request, form.cleaned_data["email"])
        except TooManyAttempts as error:
            form.add_error(None, wait_text(error))
            status = 429
        else:
            return redirect(_onward("enter_sign_in_code", request))
    context = {"form": form, "next": safe_next(request)}
    return render(request, "accounts/codes/ask.html", context, status=status)


@require_http_methods(BOTH)
@sensitive_post_parameters("code")
def enter(request: HttpRequest) -> HttpResponse:
    """The code; then the second step, where there is one."""
    if request.user.is_authenticated:
        return redirect(home_or_next(request))
    asked = codes.asked_for(request, purpose=Purpose.SIGN_IN)
    if asked is None:
        return redirect(_onward("sign_in_by_code", request))
    form = OneTimeCodeForm(request.POST or None, request=request, purpose=Purpose.SIGN_IN)
    if request.method == "POST" and form.is_valid() and form.found:
        return _come_in(request, form.found)
    context = entry_context(asked, form) | {"again_url": _onward("sign_in_code_again", request)}
    return telling_locks(render(request, "accounts/codes/enter.html", context), form)


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Another code to the same address."""
    asked = codes.asked_for(request, purpose=Purpose.SIGN_IN)
    if asked is None:
        return redirect(_onward("sign_in_by_code", request))
    send_again(request, asked, lambda: _send(request, asked.destination))
    return redirect(_onward("enter_sign_in_code", request))


def send_again(request: HttpRequest, asked: OneTimeCode, send: Callable[[], object]) -> None:
    """Send another code unless the last one has only just left, and say what happened."""
    seconds = codes.wait_seconds(asked)
    if seconds:
        messages.info(request, _("The last code has only just left. Give it %(n)d seconds more.") % {"n": seconds})
        return
    try:
        send()
    except SmsNotSent as error:
        messages.warning(request, f"{error.reason.detail} {error.reason.remedy}")
    except TooManyAttempts as error:
        messages.warning(request, wait_text(error))
    else:
        messages.success(request, _("Another code is on its way. Only the newest one counts."))


def entry_context(asked: OneTimeCode, form: OneTimeCodeForm) -> dict[str, object]:
    """What the page with the code's field needs (`accounts/codes/entry.html`), besides `again_url`."""
    return {"form": form, "asked": asked, "wait": codes.wait_seconds(asked), "by_sms": asked.channel == Channel.SMS}


def _send(request: HttpRequest, email: str) -> None:
    guard.ask(request, email)
    person = Person.objects.filter(email=email, is_active=True).first()
    codes.send(request, person=person, purpose=Purpose.SIGN_IN, channel=Channel.MAIL, address=email)


def _come_in(request: HttpRequest, code: OneTimeCode) -> HttpResponse:
    """Go on as after a password. Where none stands that its owner has chosen, they choose one first."""
    person = code.person
    assert person is not None  # noqa: S101 - no code fits where there is no person
    if _needs_password(person):
        messages.info(request, _("The code was right. Now choose a password: then you can sign in with it."))
        key = f"{person.pk.hex}-{reset_tokens.make_token(person)}"
        return redirect("account_reset_password_from_key", key=key)
    record_authentication(request, person, method="code", email=person.email)
    login = Login(user=person, email=person.email, redirect_url=safe_next(request) or None)
    response: HttpResponse = perform_login(request, login)
    return response


def _needs_password(person: Person) -> bool:
    """Whether the password is not (or not surely) the owner's.

    As long as an address was not confirmed, the password may be a stranger's who signed up with it: the owner's code
    must not confirm the stranger's password along with the address.
    """
    if person.must_reset_password or not (person.has_usable_password() or person.has_second_factor):
        return True
    return not EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()


def _onward(name: str, request: HttpRequest) -> str:
    wanted = safe_next(request)
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")
