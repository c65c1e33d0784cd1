"""A customer's home: what they have, and what needs them first."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontdesk.core import clock
from frontdesk.licensing import doubles, replacements, selectors
from frontdesk.licensing.models import Activation
from frontdesk.licensing.presentation import DeviceView, LicenseView, views_of
from frontdesk.portal import attention, kept_code
from frontdesk.portal.people import signed_in

SHOWN_DEVICES = 3


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Licences with their devices, and on top what needs attention."""
    person, now = signed_in(request), clock.now()
    views = views_of(selectors.licenses_of(person), now) if person else []
    waiting = replacements.waiting(view.license for view in views) if views else []
    context = {
        "cards": [(view, _devices(view)) for view in views],
        "attention": attention.of_licenses(views, waiting, doubles.find([view.license for view in views], now)),
        "kept_tail": kept_code.tail(request),
        "greeting": _greeting(now),
    }
    return render(request, "portal/home.html", context)


def _devices(view: LicenseView) -> list[DeviceView]:
    live: list[Activation] = getattr(view.license, "live_devices", [])
    return [DeviceView(activation, view.license, view.now) for activation in live[:SHOWN_DEVICES]]


def _greeting(now: datetime) -> str:
    return "morning" if 4 <= now.hour < 12 else "day" if now.hour < 18 else "evening"
