"""A licence, and the page that explains its end."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.licensing import doubles, hand_overs, history, replacements, selectors
from frontdesk.licensing.models import License
from frontdesk.licensing.presentation import DeviceView, LicenseView, code_state
from frontdesk.licensing.views.common import for_person
from frontdesk.ui.panels import panels_for

DIALOGS_UP_TO = 12


@require_safe
@for_person
def license_page(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """Status, devices, codes, and what can be done with them."""
    license = selectors.access_license(person, license_id)
    now = clock.now()
    devices = [DeviceView(each, license, now) for each in selectors.devices_of(license)]
    codes = [(code, *code_state(code)) for code in history.codes_of(license)]
    context = {
        "view": LicenseView(license, now),
        "devices": devices,
        "with_dialogs": len(devices) <= DIALOGS_UP_TO,
        "freed": history.freed_lately(license, now),
        "swaps_left": history.swaps_left(license, now),
        "codes": codes,
        "can_replace_code": any(code.voided_at is None for code, *_ in codes),
        "offer": hand_overs.open_offer(license),
        "waiting": replacements.waiting([license]),
        "real_now": clock.real_now(),
        "panels": panels_for("license", request, license),
        "double_seats": _double_seats(person, license, now),
    }
    return render(request, "licensing/license.html", context)


def _double_seats(person: Person, license: License, now: datetime) -> list[tuple[str, LicenseView]]:
    """The devices of this licence that hold a seat of another one too, each with that other licence."""
    found = doubles.find(selectors.licenses_of(person), now)
    return [
        (double.name, LicenseView(other.license, now))
        for double in found
        if any(seat.license_id == license.pk for seat in double.seats)
        for other in double.others(license)
    ]


@require_safe
@for_person
def timeline_page(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """Why the licence ends when it does: every piece of its time, explained."""
    license = selectors.access_license(person, license_id)
    return render(request, "licensing/timeline.html", {"view": LicenseView(license, clock.now())})
