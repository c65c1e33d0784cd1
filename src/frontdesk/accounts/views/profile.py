"""Name, language and time zone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.profile_form import ProfileForm
from frontdesk.accounts.services.profiles import change_profile
from frontdesk.accounts.views.common import person_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """How we address the person, in which language, and in which time zone times are shown."""
    person = person_of(request)
    initial = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = change_profile(person=person, **form.cleaned_data)
        with translation.override(changed.language or translation.get_language()):
            messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    context = {"form": form, "person": person, "here": timezone.localtime()}
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)
