"""The security page, and the address."""

from allauth.account.views import EmailView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.views.decorators.http import require_safe

from frontdesk.accounts.forms import ChangeAddressForm
from frontdesk.accounts.views.common import person_of


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Address, password and second factor at a glance."""
    person = person_of(request)
    return render(request, "accounts/security.html", {"person": person, "has_second_factor": person.has_second_factor})


class ChangeAddress(EmailView):
    """Another e-mail address: it counts once its own mailbox has confirmed it, and the old one is told."""

    form_class = ChangeAddressForm
    template_name = "accounts/change_address.html"
    success_url = reverse_lazy("account_email")

    def get_form_class(self) -> type[ChangeAddressForm]:
        """Ours."""
        return self.form_class
