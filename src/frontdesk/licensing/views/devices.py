"""A device of a licence: rename it, free its seat. Pages of their own, so that both work without a script."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.licensing import devices as verbs
from frontdesk.licensing.forms import DeviceNameForm
from frontdesk.licensing.models import Activation
from frontdesk.licensing.presentation import DeviceView, LicenseView
from frontdesk.licensing.views.common import acting, device_of, for_person


@require_safe
@for_person
def device(request: HttpRequest, person: Person, license_id: UUID, activation_id: UUID) -> HttpResponse:
    """One device, with the form that renames it and the question whether to free its seat."""
    activation = device_of(person, license_id, activation_id)
    if activation.removed_at:
        return _gone(request, activation)
    return _page(request, activation, DeviceNameForm(initial={"name": activation.name}))


@require_POST
@for_person
def rename(request: HttpRequest, person: Person, license_id: UUID, activation_id: UUID) -> HttpResponse:
    """Give the device another name."""
    activation = device_of(person, license_id, activation_id)
    if activation.removed_at:
        return _gone(request, activation)
    form = DeviceNameForm(request.POST)
    if not form.is_valid():
        return _page(request, activation, form, status=422)
    verbs.rename(actor=acting(person), activation=activation, name=form.cleaned_data["name"])
    messages.success(request, _("The device is now called %s.") % activation.name)
    return redirect("licensing:license", license_id)


@require_POST
@for_person
def free(request: HttpRequest, person: Person, license_id: UUID, activation_id: UUID) -> HttpResponse:
    """Free the seat. Freeing it twice changes nothing and says so."""
    activation = device_of(person, license_id, activation_id)
    consequence = DeviceView(activation, activation.license, clock.now()).consequence
    if activation.removed_at or not verbs.free(actor=acting(person), activation=activation):
        return _gone(request, activation)
    undo = _("To undo this, enter the code there again.")
    messages.success(request, f"{_('The seat is free.')} {consequence} {undo}")
    return redirect("licensing:license", license_id)


def _gone(request: HttpRequest, activation: Activation) -> HttpResponse:
    messages.info(request, _("The seat of %s was free already.") % activation.name)
    return redirect("licensing:license", activation.license_id)


def _page(request: HttpRequest, activation: Activation, form: DeviceNameForm, status: int = 200) -> HttpResponse:
    now = clock.now()
    view = LicenseView(activation.license, now)
    context = {"device": DeviceView(activation, activation.license, now), "view": view, "form": form}
    return render(request, "licensing/device.html", context, status=status)
