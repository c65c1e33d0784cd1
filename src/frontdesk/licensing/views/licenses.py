"""A licence, and the page that explains its end."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.licensing import hand_overs, history, selectors
from frontdesk.licensing.presentation import DeviceView, LicenseView, code_state
from frontdesk.licensing.views.common import for_person

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
    }
    return render(request, "licensing/license.html", context)


@require_safe
@for_person
def timeline_page(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """Why the licence ends when it does: every piece of its time, explained."""
    license = selectors.access_license(person, license_id)
    return render(request, "licensing/timeline.html", {"view": LicenseView(license, clock.now())})
