"""Service levels, what they promise, when people are there, and which plan comes with which level. For managers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.catalog.models import Plan
from frontdesk.console.levels_forms import CalendarForm, HoursForm, LevelForm, PromiseForm, first_day, write_spans
from frontdesk.console.views.common import acting
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.fulfilment.models import PlanLevel
from frontdesk.fulfilment.serving import set_plan_level
from frontdesk.support.tickets import slugs
from frontdesk.support.tickets.models import Calendar, CalendarVersion, Policy, ServiceLevel
from frontdesk.support.tickets.sla import keeping, promising
from frontdesk.support.tickets.sla.promising import Minutes

REASON = "service levels"


@dataclass(frozen=True)
class LevelView:
    """A level, what it promises now and by when somebody who writes now is answered, and its other promises."""

    level: ServiceLevel
    now: Policy | None
    expectation: keeping.Expectation
    others: Sequence[Policy]


@dataclass(frozen=True)
class CalendarView:
    """A calendar, its hours now, and those that begin later."""

    calendar: Calendar
    now: CalendarVersion | None
    week: Sequence[tuple[str, str]]
    coming: Sequence[CalendarVersion]


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(acting(request).pk, REASON)


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    levels = list(ServiceLevel.objects.prefetch_related("policies__calendar").order_by("-rank"))
    calendars = Calendar.objects.prefetch_related("versions")
    chosen = dict(PlanLevel.objects.values_list("plan", "level"))
    plans = Plan.objects.select_related("product").order_by("product__name", "name")
    context = {
        "levels": [_level_view(level) for level in levels],
        "calendars": [_calendar_view(calendar) for calendar in calendars],
        "plans": [(plan, chosen.get(plan.pk)) for plan in plans],
    }
    return render(request, "console/levels/overview.html", context)


def _level_view(level: ServiceLevel) -> LevelView:
    policies = sorted(level.policies.all(), key=lambda each: each.since)
    begun = [each for each in policies if each.since <= clock.now()]
    now = begun[-1] if begun else None
    return LevelView(level, now, keeping.expectation(level), [each for each in reversed(policies) if each != now])


def _calendar_view(calendar: Calendar) -> CalendarView:
    versions = sorted(calendar.versions.all(), key=lambda each: each.since)
    begun = [each for each in versions if each.since <= clock.now()]
    now = begun[-1] if begun else None
    hours = now.hours if now else {}
    week = [(str(name), write_spans(hours.get(str(day), []))) for day, name in WEEKDAYS.items()]
    return CalendarView(calendar, now, week, [each for each in versions if each.since > clock.now()])


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def new_level(request: HttpRequest) -> HttpResponse:
    """Make a level; what it promises comes next."""
    form = LevelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        level = form.filled()
        level.slug = slugs.unused(ServiceLevel, level.name)
        promising.save_level(actor=_actor(request), level=level)
        return redirect("console:new_promise", level.pk)
    return _page(request, form, _("A new service level"))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def change_level(request: HttpRequest, level_id: UUID) -> HttpResponse:
    """Its name, its rank, and whether it is for everybody else."""
    level = _level(level_id)
    form = LevelForm(request.POST or None, instance=level)
    if request.method == "POST" and form.is_valid():
        promising.save_level(actor=_actor(request), level=form.filled())
        messages.success(request, _("Saved."))
        return redirect("console:levels")
    return _page(request, form, level.name)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def new_promise(request: HttpRequest, level_id: UUID) -> HttpResponse:
    """What the level promises from a day on; what runs keeps what it was promised."""
    level = _level(level_id)
    view = _level_view(level).now
    start: dict[str, object] = {"since": first_day()}
    if view:
        start |= {"calendar": view.calendar_id, "first": view.first_minutes, "next": view.next_minutes}
        start |= {"solve": view.solve_minutes}
    form = PromiseForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        minutes = Minutes(data["first"], data["next"], data["solve"])
        promising.promise(
            actor=_actor(request), level=level, calendar=data["calendar"], minutes=minutes, since=form.moment()
        )
        messages.success(request, _("Saved. Conversations that run keep what they were promised."))
        return redirect("console:levels")
    return _page(request, form, _("What “%(level)s” promises") % {"level": level.name})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def new_calendar(request: HttpRequest) -> HttpResponse:
    """Make a calendar; its hours come next."""
    form = CalendarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        made = promising.create_calendar(actor=_actor(request), slug=slugs.unused(Calendar, name), name=name)
        return redirect("console:new_hours", made.pk)
    return _page(request, form, _("A new calendar"))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def new_hours(request: HttpRequest, calendar_id: UUID) -> HttpResponse:
    """When people are there from a day on; deadlines that run are reckoned anew."""
    calendar = Calendar.objects.filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound
    current = calendar.versions.order_by("-since").first()
    start = {"since": first_day(), "time_zone": str(acting(request).zone or "UTC")}
    form = HoursForm(request.POST or None, initial=start, current=current)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        names = ("time_zone", "hours", "holidays")
        promising.set_hours(
            actor=_actor(request),
            calendar=calendar,
            since=form.moment(),
            **{name: data[name] for name in names},
        )
        messages.success(request, _("Saved. Deadlines that run are reckoned anew within a minute."))
        return redirect("console:levels")
    return _page(request, form, _("Hours of “%(calendar)s”") % {"calendar": calendar.name})


@require_POST
@require_role(Role.MANAGER)
def plan_level(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """From the next conversation on, the plan comes with this level."""
    plan = Plan.objects.filter(pk=plan_id).first()
    wanted = request.POST.get("level", "")
    level = ServiceLevel.objects.filter(slug=wanted).first() if wanted else None
    if plan is None or (wanted and level is None):
        raise NotFound
    if set_plan_level(actor=_actor(request), plan=plan, level=level):
        messages.success(request, _("Saved. It counts for conversations that begin from now on."))
    return redirect("console:levels")


def _level(level_id: UUID) -> ServiceLevel:
    level = ServiceLevel.objects.filter(pk=level_id).first()
    if level is None:
        raise NotFound
    return level


def _page(request: HttpRequest, form: forms.BaseForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "console/levels/form.html", context, status=422 if form.is_bound else 200)
