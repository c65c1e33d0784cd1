"""A device at the limit asks for a seat: the owner chooses which device makes room, or refuses."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.licensing import replacements as verbs
from frontdesk.licensing import selectors
from frontdesk.licensing.errors import DeviceLimitReached
from frontdesk.licensing.models import License, Replacement
from frontdesk.licensing.presentation import DeviceView, LicenseView
from frontdesk.licensing.views.common import acting, for_person


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def answer(request: HttpRequest, person: Person, token: str) -> HttpResponse:
    """The page behind the mailed link; only its buttons act, and only for the licence's owner."""
    asked = verbs.find(token)
    if asked.license is None or asked.license.owner_id != person.pk:
        raise NotFound
    return _answered(request, person, asked, asked.license)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def answer_at_home(request: HttpRequest, person: Person, license_id: UUID, request_id: UUID) -> HttpResponse:
    """The same without the mail, from the home page or the licence's: signed in, the owner needs no link."""
    asked = verbs.access_replacement(person, request_id)
    if asked.license is None or asked.license_id != license_id:
        raise NotFound
    return _answered(request, person, asked, asked.license)


def _answered(request: HttpRequest, person: Person, asked: Replacement, license: License) -> HttpResponse:
    if request.method != "POST":
        return _page(request, asked, license)
    if request.POST.get("answer") == "refuse":
        verbs.refuse(actor=acting(person), asked=asked)
        messages.success(request, _("%s was told no. Nothing has changed.") % asked.name)
        return redirect("licensing:license", license.pk)
    try:
        verbs.approve(actor=acting(person), asked=asked, swap=_chosen(request))
    except (DeviceLimitReached, NotFound):
        return _page(request, asked, license, _("That device was freed meanwhile. Choose again."))
    except ValueError:
        return _page(request, asked, license, _("Choose the device that makes room."))
    messages.success(request, _("%s is active now. Its product notices by itself.") % asked.name)
    return redirect("licensing:license", license.pk)


def _chosen(request: HttpRequest) -> UUID | None:
    """The device that makes room; None for a free seat. Raises ValueError when nothing sensible is chosen."""
    chosen = request.POST.get("swap", "")
    return None if chosen == "free-seat" else UUID(chosen)


def _page(request: HttpRequest, asked: Replacement, license: License, problem: str = "") -> HttpResponse:
    now = clock.now()
    devices = [DeviceView(each, license, now) for each in selectors.devices_of(license)]
    context = {
        "asked": asked,
        "view": LicenseView(license, now),
        "devices": devices,
        "has_free_seat": len(devices) < license.device_limit,
        "problem": problem,
        "real_now": clock.real_now(),
    }
    return render(request, "licensing/replacement.html", context, status=422 if problem else 200)
