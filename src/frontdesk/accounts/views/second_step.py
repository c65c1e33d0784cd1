"""The second step of signing in, and showing it again before something that matters."""

import json
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.views import BaseReauthenticateView
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from frontdesk.accounts import codes
from frontdesk.accounts.browsers import remembering
from frontdesk.accounts.codes.forms import wait_text
from frontdesk.accounts.errors import SmsNotSent
from frontdesk.accounts.factors import passkeys
from frontdesk.accounts.factors.forms import FactorCodeForm, PasskeyForm, SentCodeForm
from frontdesk.accounts.factors.stages import SecondStep
from frontdesk.accounts.factors.ways import Choice, Way, ways_of
from frontdesk.accounts.models import Channel, Person, Purpose
from frontdesk.accounts.views.common import person_of, telling_locks
from frontdesk.core.errors import TooManyAttempts

CHANNELS = {Way.SMS: Channel.SMS, Way.MAIL: Channel.MAIL}
FORMS: dict[Way, Any] = {
    Way.PASSKEY: PasskeyForm,
    Way.AUTHENTICATOR: FactorCodeForm,
    Way.SMS: SentCodeForm,
    Way.MAIL: SentCodeForm,
    Way.RECOVERY: FactorCodeForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "credential")
@login_stage_required(stage=SecondStep.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator] # allauth
def second_step(request: HttpRequest) -> HttpResponse:
    """The way the person chooses among theirs, the strongest first."""
    stage: SecondStep = request._login_stage  # type: ignore[attr-defined]  # noqa: SLF001 - allauth's name
    person = stage.login.user
    ways = stage.choices(person)
    if not ways:
        return redirect("account_login")
    way = _chosen(request, ways)
    if request.method == "POST" and ("send" in request.POST or "send" in request.GET) and way in CHANNELS:
        return _send(request, person, way)
    form = FORMS[way](_answer(request), user=person, request=request)
    if form.is_bound and form.is_valid():
        form.record()
        response: HttpResponse = stage.exit()
        if request.POST.get("remember") and request.user == person:
            remembering.remember(request, person)
        return response
    others = [Choice(each) for each in ways if each != way]
    context = {"form": form, "choice": Choice(way), "others": others, "may_remember": not person.is_staff}
    context |= _context(request, person, way)
    return telling_locks(render(request, "accounts/second_factor/authenticate.html", context), form)


def passkey_context(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the page needs to ask for a passkey, or why it cannot."""
    obstacle = passkeys.obstacle(request)
    options = "" if obstacle else json.dumps(passkeys.begin_showing(request, person))
    return {"obstacle": obstacle, "options": options}


def _context(request: HttpRequest, person: Person, way: Way) -> dict[str, Any]:
    if way == Way.PASSKEY:
        return passkey_context(request, person)
    if way not in CHANNELS:
        return {}
    to = person.phone if way == Way.SMS else person.email
    sent = codes.current(request, purpose=Purpose.SECOND_STEP)
    if sent is None or sent.channel != CHANNELS[way] or sent.person_id != person.pk:
        return {"to": _masked(to), "must_send": True}
    again = f"?way={way}&send=again"
    by_sms = way == Way.SMS
    return {"to": _masked(to), "asked": sent, "wait": codes.wait_seconds(sent), "by_sms": by_sms, "again_url": again}


def _send(request: HttpRequest, person: Person, way: Way) -> HttpResponse:
    """Send a code, and come back to type it."""
    try:
        codes.send(request, person=person, purpose=Purpose.SECOND_STEP, channel=CHANNELS[way])
    except TooManyAttempts as error:
        messages.warning(request, wait_text(error))
    except SmsNotSent as error:
        messages.error(request, f"{error.reason.detail} {error.reason.remedy}")
    return redirect(f"{reverse('mfa_authenticate')}?way={way}")


def _masked(address: str) -> str:
    """Enough to know it again, for whoever has only got as far as the password."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}" if at else f"•••{name[-3:]}"


def _answer(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" and {"code", "credential"} & set(request.POST) else None


def _chosen(request: HttpRequest, ways: list[Way]) -> Way:
    wanted = request.POST.get("way") or request.GET.get("way") or ""
    if wanted in ways:
        return Way(wanted)
    if "code" in request.POST and ways[0] == Way.PASSKEY:
        return Way.AUTHENTICATOR
    usable = [way for way in ways if way != Way.PASSKEY or not passkeys.obstacle(request)]
    return (usable or ways)[0]


@method_decorator(sensitive_post_parameters("code", "credential"), name="dispatch")
@method_decorator(login_required, name="dispatch")
class ReauthenticateByFactor(BaseReauthenticateView):
    """The second factor again, before something that matters."""

    template_name = "accounts/second_factor/reauthenticate.html"

    def get_form_class(self) -> type[forms.Form]:
        """A passkey, if that is what was sent; a code otherwise."""
        return PasskeyForm if "credential" in self.request.POST else FactorCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whose it is."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"user": self.request.user, "request": self.request}

    def form_valid(self, form: Any) -> HttpResponse:
        """Note it, and go where the person wanted to go."""
        form.record(reauthenticated=True)
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Both ways, as far as the person has them."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        person = person_of(self.request)
        ways = ways_of(person)
        by_passkey = passkey_context(self.request, person) if Way.PASSKEY in ways else {}
        code_form = context["form"] if isinstance(context["form"], FactorCodeForm) else None
        code_form = code_form or FactorCodeForm(user=person, request=self.request)
        by_code = {"code_form": code_form} if {Way.AUTHENTICATOR, Way.RECOVERY} & set(ways) else {}
        return context | by_passkey | by_code
