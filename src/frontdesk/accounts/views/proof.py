"""What changes to the ways of signing in ask for, and the recovery codes that wait to be kept."""

from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from frontdesk.accounts.middleware import passed_second_factor
from frontdesk.accounts.views.common import person_of
from frontdesk.core import clock

TO_KEEP = "new_recovery_codes"
SHOWN_FOR_SECONDS = 600
View = Callable[..., HttpResponse]


def proved(view: View) -> View:
    """Only for somebody who has just proved who they are; staff who have a strong second factor, by that."""

    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = person_of(request)
        if person.is_staff and person.has_strong_second_factor and not passed_second_factor(request, person):
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('mfa_reauthenticate')}?{query}")
        return view(request, *args, **kwargs)

    checked: View = login_required(reauthentication_required(page))
    return checked


def keep_to_show(request: HttpRequest, codes: list[str]) -> None:
    """Have new recovery codes shown in this session (which is sealed), until they are kept, ten minutes at most."""
    request.session.pop(TO_KEEP, None)
    if codes:
        request.session[TO_KEEP] = {"codes": codes, "at": clock.real_now().timestamp()}


def fresh_codes(request: HttpRequest) -> list[str]:
    """The recovery codes made a moment ago; empty when they were kept, or it was too long ago."""
    kept = request.session.get(TO_KEEP)
    if not kept:
        return []
    if clock.real_now().timestamp() - kept["at"] > SHOWN_FOR_SECONDS:
        del request.session[TO_KEEP]
        return []
    codes: list[str] = kept["codes"]
    return codes
