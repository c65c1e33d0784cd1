"""Rules: written, held against last month, switched on by who saw that, and the log of what they did. For managers."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.rules_forms import RuleForm
from frontdesk.console.views.common import acting
from frontdesk.core import clock, reasons
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.models import Conversation, Rule, RuleRun
from frontdesk.support.tickets.rules import trying, vocabulary, writing

RUNS_A_PAGE = 50
RULES_A_PAGE = 50


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """All rules in their order, with how often they ran and failed in the last 30 days."""
    runs = RuleRun.objects.filter(rule=OuterRef("pk"), at__gte=clock.now() - trying.MONTH).order_by().values("rule")
    counted = Rule.objects.annotate(
        ran=Subquery(runs.annotate(n=Count("pk")).values("n")),
        failed=Subquery(runs.exclude(error="").annotate(n=Count("pk")).values("n")),
    )
    page = Paginator(counted.order_by("position", "title", "id"), RULES_A_PAGE).get_page(request.GET.get("page"))
    condition, step = vocabulary.describer(), actions.describer()
    rows = [(rule, _sentence(rule, map(condition, rule.conditions), map(step, rule.actions))) for rule in page]
    return render(request, "console/rules/overview.html", {"page": page, "rules": rows})


def _sentence(rule: Rule, conditions: Iterable[str], steps: Iterable[str]) -> str:
    """When … and … then …."""
    when = str(rule.get_trigger_display())
    if rule.minutes:
        when = _("%(when)s (%(n)s minutes)") % {"when": when, "n": rule.minutes}
    return " → ".join(filter(None, [when, ", ".join(conditions), ", ".join(steps)]))


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def write(request: HttpRequest, rule_id: UUID | None = None) -> HttpResponse:
    """Write a rule, or change it; then look at what it would have done."""
    rule = _rule(rule_id) if rule_id else Rule()
    form = RuleForm(request.POST or None, rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            saved = writing.save(actor=_actor(request), rule=form.filled())
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
        else:
            return redirect("console:rule", saved.pk)
    context = {"form": form, "rule": rule if rule_id else None}
    return render(request, "console/rules/write.html", context, status=422 if form.is_bound else 200)


@require_safe
@require_role(Role.MANAGER)
def show(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """A rule: what it would have done last month, the switch, and what it did."""
    rule = _rule(rule_id)
    wrong = writing.check(rule)
    trial = None if wrong else trying.try_out(rule)
    matched = Conversation.objects.filter(pk__in=trial.matched).order_by("-created_at") if trial else []
    runs = RuleRun.objects.filter(rule=rule).select_related("conversation").order_by("-at", "-id")
    page = Paginator(runs, RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "rule": rule,
        "wrong": wrong,
        "trial": trial,
        "matched": matched,
        "ticket": writing.tried(rule) if trial else "",
        "conditions": list(map(vocabulary.describer(), rule.conditions)),
        "steps": list(map(actions.describer(), rule.actions)),
        "page": page,
        "runs": [(run, _error(run)) for run in page],
    }
    return render(request, "console/rules/show.html", context)


def _error(run: RuleRun) -> str:
    reason = reasons.find(run.error) if run.error else None
    return str(reason.title) if reason else run.error


@require_POST
@require_role(Role.MANAGER)
def switch(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """On, by who saw what it would have done; or off."""
    rule = _rule(rule_id)
    try:
        if request.POST.get("on") == "yes":
            writing.switch_on(actor=_actor(request), rule=rule, ticket=request.POST.get("ticket", ""))
            messages.success(request, _("The rule is on."))
        else:
            writing.switch_off(actor=_actor(request), rule=rule)
            messages.success(request, _("The rule is off."))
    except Refusal as refusal:
        messages.error(request, explain(refusal))
    return redirect("console:rule", rule.pk)


@require_POST
@require_role(Role.MANAGER)
def delete(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """Delete it."""
    writing.delete(actor=_actor(request), rule=_rule(rule_id))
    messages.success(request, _("The rule is deleted. What it did stays done."))
    return redirect("console:rules")


def _rule(rule_id: UUID) -> Rule:
    rule = Rule.objects.filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def _actor(request: HttpRequest) -> Actor:
    return Actor.staff(acting(request).pk, "rules")
