"""The security page."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frontdesk.accounts import sms
from frontdesk.accounts.factors import passkeys, recovery_codes
from frontdesk.accounts.factors.ways import Choice, Way
from frontdesk.accounts.models import Person
from frontdesk.accounts.sms import numbers
from frontdesk.accounts.views.common import person_of


@require_safe
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Address, password, passkeys and second steps at a glance."""
    person = person_of(request)
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))
    context = {
        "person": person,
        "phone": numbers.shown(person.phone) if person.phone else "",
        "sms_offered": sms.offered(),
        "passkeys": [row for row in rows if row.type == Way.PASSKEY],
        "obstacle": passkeys.obstacle(request),
        "ways": _second_steps(person, {row.type for row in rows}),
        "codes": next((row for row in rows if row.type == Way.RECOVERY), None),
        "codes_left": recovery_codes.left_in(rows),
    }
    return render(request, "accounts/security.html", context)


def _second_steps(person: Person, types: set[str]) -> list[dict[str, Any]]:
    """The ways that are on or off, with the addresses that change it."""
    sent = {Way.SMS: person.gets_sms_codes, Way.MAIL: person.second_step_by_mail}
    on_url, off_url = reverse("mfa_activate_totp"), reverse("mfa_deactivate_totp")
    found: list[dict[str, Any]] = [
        {"choice": Choice(Way.AUTHENTICATOR), "on": Way.AUTHENTICATOR in types, "on_url": on_url, "off_url": off_url}
    ]
    if not sms.offered() and not sent[Way.SMS]:
        del sent[Way.SMS]
    for way, on in sent.items():
        urls = {"on_url": reverse("second_step_on", args=[way]), "off_url": reverse("second_step_off", args=[way])}
        found.append({"choice": Choice(way), "on": on, **urls})
    return found
