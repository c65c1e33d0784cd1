"""The security page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.views.common import person_of


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Address, password and second factor at a glance."""
    person = person_of(request)
    return render(request, "accounts/security.html", {"person": person, "has_second_factor": person.has_second_factor})
