"""Changing the plan: dearer at once, for the difference; anything else from the end of the term on."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Subscription
from frontdesk.billing.subscriptions import changing
from frontdesk.billing.views.common import acting, for_person
from frontdesk.catalog.models import PlanVersion
from frontdesk.core.errors import RequestInvalid
from frontdesk.core.numbers import whole
from frontdesk.licensing.presentation import DeviceView, LicenseView
from frontdesk.portal import switching
from frontdesk.portal.views.changes import held_by, quoted


@require_safe
@for_person
def choose(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """The other plans, with what each costs now and from the next term on."""
    held, view = held_by(person, subscription_id)
    ways = switching.ways(held, view.license.expires_at)
    can_wait = held.is_live and not held.is_past_due and held.paid_until > view.now
    later = [way for way in ways if not way.quote] if can_wait else []
    context = {
        "held": held,
        "view": view,
        "now": [way for way in ways if way.quote],
        "later": [way for way in later if way.version.term_months == held.plan_version.term_months],
        "other_terms": [way for way in later if way.version.term_months != held.plan_version.term_months],
        "can_wait": can_wait,
    }
    context["is_empty"] = not (context["now"] or later)
    return render(request, "portal/change/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def upgrade(request: HttpRequest, person: Person, subscription_id: UUID, plan: str) -> HttpResponse:
    """A dearer plan from now on: the difference for what is left of the term."""
    held, view = held_by(person, subscription_id)
    way = switching.way_to(held, plan, view.license.expires_at)
    if way.quote is None:
        return redirect("portal:switch_later", subscription_id, plan)
    return quoted(request, person, held, view, way.quote)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def later(request: HttpRequest, person: Person, subscription_id: UUID, plan: str) -> HttpResponse:
    """Another plan from the end of the term on."""
    held, view = held_by(person, subscription_id)
    way = switching.way_to(held, plan, view.license.expires_at)
    return _planned(request, person, held, view, way.version, way.added)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def fewer(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """Fewer added devices from the end of the term on."""
    held, view = held_by(person, subscription_id)
    given = request.POST if request.method == "POST" else request.GET
    least = max(0, held.added_devices - 1)
    wanted = whole(given.get("added", ""), most=least)
    added = least if wanted is None else wanted
    if "update" in request.POST:
        return redirect(f"{request.path}?added={added}")
    return _planned(request, person, held, view, held.plan_version, added)


@require_POST
@for_person
def drop(request: HttpRequest, person: Person, subscription_id: UUID) -> HttpResponse:
    """Keep the plan after all."""
    held = changing.access_subscription(person, subscription_id)
    changing.drop_switch(actor=acting(person), subscription=held)
    messages.success(request, _("Everything stays as it is: the change was dropped."))
    return redirect("billing:subscription", subscription_id)


def _planned(
    request: HttpRequest, person: Person, held: Subscription, view: LicenseView, version: PlanVersion, added: int
) -> HttpResponse:
    """What comes instead and when (GET); the plan for it (POST). Too many devices: the owner says which stay."""
    limit = version.device_limit + added
    devices = switching.too_many(view.license, limit)
    chosen, status = [str(device.pk) for device in devices[:limit]], 200
    if request.method == "POST":
        chosen = request.POST.getlist("keep")
        try:
            keep = switching.kept(devices, chosen, limit)
        except RequestInvalid:
            status = 422
        else:
            actor = acting(person)
            changing.plan_switch(actor=actor, subscription=held, version=version, added_devices=added, keep=keep)
            messages.success(request, _("The change is planned. Until then everything stays as it is."))
            return redirect("billing:subscription", held.pk)
    context = {
        "held": held,
        "view": view,
        "version": version,
        "added": added,
        "price": switching.term_price(held, version, added),
        "limit": limit,
        "devices": [(DeviceView(device, view.license, view.now), str(device.pk) in chosen) for device in devices],
        "too_many": status == 422,
        "lost": switching.lost(held, version),
    }
    return render(request, "portal/change/later.html", context, status=status)
