"""The invoice details: name, company, address, VAT number."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.models import Person
from frontdesk.billing import details as verbs
from frontdesk.billing.details_form import DetailsForm
from frontdesk.billing.views.common import acting, for_person


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def details(request: HttpRequest, person: Person) -> HttpResponse:
    """Show and save them."""
    form = DetailsForm(request.POST if request.method == "POST" else None, instance=verbs.of(person))
    if form.is_bound and form.is_valid():
        verbs.save(actor=acting(person), person=person, values=form.cleaned_data)
        messages.success(request, _("Saved. Your next invoice says so."))
        return redirect("billing:details")
    return render(request, "billing/details.html", {"form": form}, status=422 if form.is_bound else 200)
