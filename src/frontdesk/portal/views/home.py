"""A customer's home: what they have, and what needs them first."""

from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing import outlooks
from frontdesk.core import clock
from frontdesk.licensing import doubles, replacements, selectors
from frontdesk.licensing.models import Activation
from frontdesk.licensing.presentation import DeviceView, LicenseView, views_of
from frontdesk.portal import attention, further_terms, kept_code, renewals, shop
from frontdesk.portal.attention import Attention
from frontdesk.portal.people import signed_in
from frontdesk.support.tickets import reading

SHOWN_DEVICES = 3
SHOWN_ANSWERS = 20


@require_safe
@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Licences with their devices, and on top what needs attention."""
    person, now = signed_in(request), clock.now()
    views = views_of(selectors.licenses_of(person), now) if person else []
    context = {
        "cards": [(view, _devices(view)) for view in views],
        "attention": _attention(person, views, now) if person else [],
        "sells": shop.is_open(),
        "kept_tail": kept_code.tail(request),
        "greeting": _greeting(now),
    }
    return render(request, "portal/home.html", context)


def _attention(person: Person, views: list[LicenseView], now: datetime) -> list[Attention]:
    """What needs a look, of licences and payments together, the most pressing on top."""
    licenses, seen = [view.license for view in views], outlooks.outlooks_of(person)
    paid_by_me = outlooks.by_license(seen)
    others = [view for view in views if view.license.pk not in paid_by_me]
    of_licenses = attention.of_licenses(
        views,
        replacements.waiting(licenses) if licenses else [],
        doubles.find(licenses, now),
        cared_for=renewals.cared_for(paid_by_me),
        renewable=renewals.renewable(seen) | further_terms.of_given(person, others),
    )
    found = of_licenses + renewals.of_billing(seen, outlooks.open_orders(person))
    found += attention.of_conversations(reading.unread(person)[:SHOWN_ANSWERS])
    return sorted(found, key=lambda item: item.rank)


def _devices(view: LicenseView) -> list[DeviceView]:
    live: list[Activation] = getattr(view.license, "live_devices", [])
    return [DeviceView(activation, view.license, view.now) for activation in live[:SHOWN_DEVICES]]


def _greeting(now: datetime) -> str:
    return "morning" if 4 <= now.hour < 12 else "day" if now.hour < 18 else "evening"
