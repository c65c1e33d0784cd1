"""Browsers: signed in now, and known from earlier; ending and forgetting them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.browsers import known as known_browsers
from frontdesk.accounts.browsers import lists as browser_lists
from frontdesk.accounts.services import browsers
from frontdesk.accounts.views.common import person_of
from frontdesk.core import clock
from frontdesk.core.actors import Actor


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Every browser that is signed in, then those that are known."""
    person, now = person_of(request), clock.real_now()
    here = known_browsers.current(request, person)
    sessions = browser_lists.sessions_of(person, request.session.session_key, now)
    known = browser_lists.known_to(person, here.pk if here else None, now)
    context = {"sessions": sessions, "known": known, "others": any(not session.is_here for session in sessions)}
    return render(request, "accounts/browsers.html", context)


@require_POST
@login_required
def end_session(request: HttpRequest) -> HttpResponse:
    """End one; ending the present one signs out."""
    person = person_of(request)
    browsers.end_session(actor=_actor(request), person=person, session=request.POST.get("session", ""))
    messages.success(request, _("That browser is signed out."))
    return redirect("browsers")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this."""
    key = request.session.session_key
    ended = browsers.end_all(actor=_actor(request), person=person_of(request), except_session=key)
    text = ngettext("%(n)d other browser is signed out.", "%(n)d other browsers are signed out.", ended)
    messages.success(request, text % {"n": ended})
    return redirect("browsers")


@require_POST
@login_required
def end_all(request: HttpRequest) -> HttpResponse:
    """End all sessions, this one too."""
    browsers.end_all(actor=_actor(request), person=person_of(request))
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


@require_POST
@login_required
def forget(request: HttpRequest, browser_id: UUID) -> HttpResponse:
    """Forget one known browser."""
    browsers.forget(actor=_actor(request), person=person_of(request), browser=browser_id)
    messages.success(request, _("That browser is forgotten."))
    return redirect("browsers")


@require_POST
@login_required
def forget_all(request: HttpRequest) -> HttpResponse:
    """Forget all known browsers."""
    browsers.forget_all(actor=_actor(request), person=person_of(request))
    messages.success(request, _("All browsers are forgotten."))
    return redirect("browsers")


def _actor(request: HttpRequest) -> Actor:
    return Actor.customer(person_of(request).pk)
