"""Setting up, turning off: authenticator, codes by SMS and mail, recovery codes."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.factors import passkeys, recovery_codes
from frontdesk.accounts.factors.forms import ActivateForm
from frontdesk.accounts.factors.ways import Choice, Way
from frontdesk.accounts.services import second_factors
from frontdesk.accounts.sms import numbers
from frontdesk.accounts.views.common import person_of, safe_next
from frontdesk.accounts.views.proof import fresh_codes, keep_to_show, proved
from frontdesk.core.actors import Actor

BOTH = ["GET", "HEAD", "POST"]


@method_decorator(proved, name="dispatch")
class Activate(ActivateTOTPView):
    """Set up an authenticator: scan, type the first code, keep the recovery codes."""

    template_name = "accounts/second_factor/activate.html"

    def get_form_class(self) -> type[ActivateForm]:
        """Ours."""
        return ActivateForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The seed in groups of four, for typing."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret = context["form"].secret
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        here = {"next": safe_next(self.request), "passkeys_work": not passkeys.obstacle(self.request)}
        return context | here | {"secret_groups": groups}

    def form_valid(self, form: ActivateForm) -> HttpResponse:
        """Turn it on; the code just typed counts as used, and this session as proved."""
        actor = Actor.customer(form.user.pk)
        row, codes = second_factors.add_authenticator(
            actor=actor, person=form.user, secret=form.secret, counter=form.counter
        )
        clear_totp_secret(self.request)
        record_authentication(self.request, form.user, "mfa", id=row.pk, type=row.type)
        return after_adding(self.request, codes)


@require_http_methods(BOTH)
@proved
def turn_on(request: HttpRequest, way: str) -> HttpResponse:
    """Let codes come by SMS or mail: what that is worth, and a button."""
    person, chosen = person_of(request), _sent_way(way)
    if chosen == Way.SMS and not person.phone_confirmed_at:
        return redirect("phone")
    if request.method == "POST":
        codes = second_factors.turn_on(actor=Actor.customer(person.pk), person=person, way=chosen)
        return after_adding(request, codes)
    context = {"choice": Choice(chosen), "person": person, "number": numbers.shown(person.phone)}
    return render(request, "accounts/second_factor/turn_on.html", context)


@require_http_methods(BOTH)
@proved
def turn_off(request: HttpRequest, way: str) -> HttpResponse:
    """Turn the authenticator, or codes by SMS or mail, off."""
    person = person_of(request)
    chosen = Way.AUTHENTICATOR if way == Way.AUTHENTICATOR else _sent_way(way)
    if request.method == "POST":
        second_factors.remove(actor=Actor.customer(person.pk), person=person, way=chosen)
        messages.success(request, _("It is off."))
        return redirect("security")
    context = {"choice": Choice(chosen), "must_keep": second_factors.must_keep(person, chosen)}
    return render(request, "accounts/second_factor/turn_off.html", context)


@require_safe
@proved
def show_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes just made, until the person has kept them; later only how many are left."""
    person = person_of(request)
    left = recovery_codes.left(person)
    if not left:
        raise Http404
    context = {"codes": fresh_codes(request), "left": left, "next": safe_next(request), "person": person}
    return render(request, "accounts/second_factor/recovery_codes.html", context)


@require_safe
@proved
def download_recovery_codes(request: HttpRequest) -> HttpResponse:
    """The codes just made, as a text file."""
    codes = fresh_codes(request)
    if not codes:
        raise Http404
    text = render(request, "accounts/second_factor/recovery_codes.txt", {"codes": codes}).content.decode()
    response = HttpResponse(text.replace("\n", "\r\n"), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@require_POST
@proved
def recovery_codes_kept(request: HttpRequest) -> HttpResponse:
    """The person has them: they are not shown again."""
    keep_to_show(request, [])
    return redirect(safe_next(request) or "security")


@require_http_methods(BOTH)
@proved
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones stop working."""
    person = person_of(request)
    if request.method == "POST":
        codes = second_factors.make_recovery_codes(actor=Actor.customer(person.pk), person=person)
        return after_adding(request, codes)
    return render(request, "accounts/second_factor/new_recovery_codes.html", {"left": recovery_codes.left(person)})


def after_adding(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """New recovery codes are shown next; without any, back to where the person came from."""
    wanted = safe_next(request)
    if not codes:
        messages.success(request, _("It is on."))
        return redirect(wanted or "security")
    keep_to_show(request, codes)
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return redirect(reverse("mfa_view_recovery_codes") + query)


def _sent_way(way: str) -> Way:
    if way not in (Way.SMS, Way.MAIL):
        raise Http404
    return Way(way)
