"""Activate: enter a code, see what it does, agree, and know what to do next.

Between these steps the code waits in the session, so that it survives signing in and stands in no address.
"""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import redemption
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.presentation import LicenseView
from frontdesk.licensing.redemption import Effect
from frontdesk.licensing.selectors import access_license
from frontdesk.portal import choices, kept_code
from frontdesk.portal.forms import CodeForm, words_for
from frontdesk.portal.people import ip_prefix, signed_in
from frontdesk.portal.reasons import way_on


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
def enter(request: HttpRequest) -> HttpResponse:
    """One field. Its shape is checked here; whether we know the code is told only after signing in."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kept_code.keep(request, form.cleaned_data["code"])
        return redirect("portal:activate_check")
    return render(request, "portal/activate.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """What the code will do, and the button that does it; for a visitor, the ways to put it to use."""
    code, person = kept_code.kept(request), signed_in(request)
    if code is None:
        return _nothing_waits(request)
    if person is None:
        return render(request, "portal/activate_signed_out.html", {"tail": code.tail})
    try:
        if request.method == "POST":
            return _redeem(request, person, code)
        return _preview(request, person, code)
    except Refusal as refusal:
        return _refused(request, refusal, code)


@require_safe
@never_cache
@login_required
def done(request: HttpRequest, license_id: UUID) -> HttpResponse:
    """The licence is there: what it is, and what to do next."""
    license = access_license(cast("Person", request.user), license_id)
    return render(request, "portal/activate_done.html", {"view": LicenseView(license, clock.now())})


def _preview(request: HttpRequest, person: Person, code: ParsedCode) -> HttpResponse:
    preview = redemption.preview(person=person, code_text=code.text, ip_prefix=ip_prefix(request))
    if preview.effect == Effect.ALREADY_YOURS and preview.license:
        kept_code.forget(request)
        return render(request, "portal/activate_yours.html", {"view": LicenseView(preview.license, clock.now())})
    options = choices.ways_to_stack(preview, clock.now())
    context = {"preview": preview, "options": options, "product": preview.plan_version.plan.product}
    return render(request, "portal/activate_check.html", context | {"now": clock.now()})


def _redeem(request: HttpRequest, person: Person, code: ParsedCode) -> HttpResponse:
    chosen = request.POST.get("onto", choices.NEW)
    redeemed = redemption.redeem(
        actor=Actor.customer(person.pk),
        person=person,
        code_text=code.text,
        ip_prefix=ip_prefix(request),
        license=None if chosen == choices.NEW else choices.chosen_license(person, chosen),
    )
    kept_code.put_to_use(request, redeemed.license.pk)
    messages.success(request, choices.SAID[redeemed.effect])
    return redirect("portal:activate_done", redeemed.license.pk)


def _nothing_waits(request: HttpRequest) -> HttpResponse:
    """A button pressed twice finds its code put to use already, and shows what came of it."""
    license_id = kept_code.put_to_use_for(request)
    if request.method == "POST" and license_id:
        return redirect("portal:activate_done", license_id)
    return redirect("portal:activate")


def _refused(request: HttpRequest, refusal: Refusal, code: ParsedCode) -> HttpResponse:
    """The field again, with the reason beside it; the code stays in it, so that it can be compared."""
    kept_code.forget(request)
    form = CodeForm({"code": code.text})
    form.add_error("code", words_for(refusal))
    context = {"form": form, "reason": refusal.reason, "way": way_on(refusal.reason)}
    return render(request, "portal/activate.html", context, status=refusal.reason.status)
