"""Handing a licence to another account: offer, withdraw, accept. The mailed link acts only by its button."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.errors import RequestInvalid
from frontdesk.licensing import hand_overs as verbs
from frontdesk.licensing import selectors
from frontdesk.licensing.errors import HandOverToOneself
from frontdesk.licensing.forms import HandOverForm
from frontdesk.licensing.models import License
from frontdesk.licensing.presentation import LicenseView
from frontdesk.licensing.views.common import acting, for_person


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def offer(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """Whom to offer the licence to, and which devices stop when it is accepted."""
    license = selectors.access_license(person, license_id)
    if verbs.open_offer(license):
        messages.info(request, _("This licence is offered to somebody already. Withdraw that offer first."))
        return redirect("licensing:license", license_id)
    form = HandOverForm(request.POST if request.method == "POST" else None, devices=selectors.devices_of(license))
    if request.method == "POST" and form.is_valid() and _offered(form, person, license):
        messages.success(request, _("The offer is on its way to %s.") % form.cleaned_data["email"])
        return redirect("licensing:license", license_id)
    context = {"view": LicenseView(license, clock.now()), "form": form}
    return render(request, "licensing/hand_over.html", context, status=422 if form.is_bound else 200)


def _offered(form: HandOverForm, person: Person, license: License) -> bool:
    values = form.cleaned_data
    try:
        verbs.offer(
            actor=acting(person), license=license, to_email=values["email"], devices_to_free=values["devices_to_free"]
        )
    except HandOverToOneself as refusal:
        form.add_error("email", f"{refusal.reason.title}. {refusal.reason.remedy}")
    except RequestInvalid:
        form.add_error("devices_to_free", _("One of these devices was freed meanwhile. Choose again."))
    return form.is_valid()


@require_POST
@for_person
def withdraw(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """Take the offer back; its link stops working."""
    open_offer = verbs.open_offer(selectors.access_license(person, license_id))
    if open_offer is None:
        messages.info(request, _("There is no open offer any more."))
    else:
        verbs.withdraw(actor=acting(person), hand_over=open_offer)
        messages.success(request, _("The offer is withdrawn, and its link no longer works."))
    return redirect("licensing:license", license_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def accept(request: HttpRequest, person: Person, token: str) -> HttpResponse:
    """The page behind the mailed link: what is offered by whom, and the button that accepts."""
    if request.method == "POST":
        license = verbs.accept(actor=acting(person), person=person, token=token)
        messages.success(request, _("The licence is yours."))
        return redirect("licensing:license", license.pk)
    offered = verbs.find(token)
    context = {
        "offer": offered,
        "view": LicenseView(offered.license, clock.now()),
        "fits": offered.to_email in verbs.verified_addresses(person),
        "own": offered.offered_by_id == person.pk,
    }
    return render(request, "licensing/accept_hand_over.html", context)
