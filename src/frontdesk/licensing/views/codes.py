"""A lost code: the old one stops, a new one comes by mail."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.licensing import history, lost_codes, selectors
from frontdesk.licensing.presentation import LicenseView, code_origin
from frontdesk.licensing.views.common import acting, for_person


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def replace(request: HttpRequest, person: Person, license_id: UUID) -> HttpResponse:
    """Ask once more with the consequences, then replace.

    The form names the code it was shown for: pressed twice, or after another tab did it, nothing more is replaced.
    """
    license = selectors.access_license(person, license_id)
    live = [code for code in history.codes_of(license) if code.voided_at is None]
    shown_for = ",".join(sorted(code.tail for code in live))
    if request.method != "POST":
        context = {"view": LicenseView(license, clock.now()), "codes": [code_origin(code) for code in live]}
        return render(request, "licensing/replace_code.html", context | {"shown_for": shown_for})
    if request.POST.get("shown_for") != shown_for:
        messages.info(request, _("The code was replaced already. Look for the new one in your mails."))
        return redirect("licensing:license", license_id)
    code = lost_codes.replace_lost(actor=acting(person), license=license)
    messages.success(
        request, _("A new code ending in %s is on its way to you by mail. The old one stopped.") % code.tail
    )
    return redirect("licensing:license", license_id)
