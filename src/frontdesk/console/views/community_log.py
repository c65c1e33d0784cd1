"""The log of decisions, what is known of a member, and the vendor's rules."""

import csv
import io
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.community_order_forms import LogForm, RulesForm
from frontdesk.console.views.common import acting, looked
from frontdesk.console.views.conversation_changes import ASKING
from frontdesk.core import clock
from frontdesk.core.backoffice.base import explain, staff_actor
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import experts, holding, members, moderating, order_rules, trust
from frontdesk.support.forum.models import Decision, Flag, Member, Post
from frontdesk.support.forum.moderating import queue, undoing
from frontdesk.support.forum.order_deeds import offered
from frontdesk.support.forum.order_phrases import DECISIONS

A_PAGE = 50
MOST_ROWS = 50_000  # of one CSV
LATELY = 20
SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")  # how cells begin that a spreadsheet would reckon


@require_safe
@require_role(Role.AGENT)
def log(request: HttpRequest) -> HttpResponse:
    """Who decided what, and why."""
    form = LogForm(request.GET)
    rows = _chosen(form) if form.is_valid() else Decision.objects.none()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "now": clock.now(), "query": request.GET.urlencode(),
        "rows": [(each, DECISIONS.get(each.what, each.what), undoing.is_undoable(each)) for each in page],
    }  # fmt: skip
    return render(request, "console/community/log.html", context)


def _chosen(form: LogForm) -> QuerySet[Decision]:
    wanted = form.cleaned_data
    rows = Decision.objects.select_related("by", "topic", "post", "member").order_by("-created_at", "-id")
    if wanted["what"]:
        rows = rows.filter(what=wanted["what"])
    if wanted["by"]:
        rows = rows.filter(Q(by__name__icontains=wanted["by"]) | Q(by__email=wanted["by"].lower()))
    if wanted["member"]:
        rows = rows.filter(member__handle=wanted["member"].lower().removeprefix("@"))
    if wanted["topic"]:
        rows = rows.filter(topic__number=wanted["topic"])
    if wanted["first"]:
        rows = rows.filter(created_at__gte=make_aware(datetime.combine(wanted["first"], time())))
    if wanted["last"]:
        rows = rows.filter(created_at__lt=make_aware(datetime.combine(wanted["last"] + timedelta(days=1), time())))
    return rows


@require_safe
@require_role(Role.AGENT)
def log_csv(request: HttpRequest) -> HttpResponse:
    """The same for a spreadsheet, at most 50,000 rows."""
    form = LogForm(request.GET)
    if not form.is_valid():
        return log(request)
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(["time", "decision", "by", "member", "topic", "post", "reason"])
    for each in _chosen(form)[:MOST_ROWS].iterator(chunk_size=1_000):
        cells = [
            each.created_at.isoformat(timespec="seconds"), each.what, each.by.name or each.by.email if each.by else "",
            each.member.handle if each.member else "", each.topic.number if each.topic else "",
            each.post.number if each.post else "", each.reason,
        ]  # fmt: skip
        writer.writerow([_cell(str(cell)) for cell in cells])
    response = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="decisions.csv"'
    return response


def _cell(text: str) -> str:
    """Nothing that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(SPREADSHEET) else text


@require_POST
@require_role(Role.AGENT)
def undo(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Take a decision back, while it is the last one about its subject."""
    rows = Decision.objects.select_related("post__topic", "post__author", "topic", "member__person", "by")
    decision = rows.filter(pk=decision_id).first()
    if decision is None:
        raise NotFound
    reason = request.POST.get("reason", "").strip() or _("Taken back")
    try:
        done = moderating.undo(by=members.of(acting(request)), decision=decision, reason=reason)
    except Refusal as refusal:
        messages.warning(request, explain(refusal))
    else:
        messages.success(request, _("It is taken back.")) if done else messages.info(
            request, _("It is not in force any more.")
        )
    return redirect("console:community_log")


@require_safe
@require_role(Role.AGENT)
def member(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """What is known of a member: level, record, decisions, what they wrote lately."""
    found = Member.objects.select_related("person").filter(pk=member_id).first()
    if found is None:
        raise NotFound
    looked(request, "community member", [found.person_id])
    decisions = Decision.objects.filter(member=found).select_related("by", "topic", "post").order_by("-created_at")
    context = {
        "member": found,
        "record": queue.records_of([found.pk])[found.pk],
        "standing": trust.record_of(found),
        "steps": trust.steps_to(trust.record_of(found), found.level + 1),
        "decisions": [(each, DECISIONS.get(each.what, each.what)) for each in decisions[:LATELY]],
        "flags": list(_reports(member=found)),
        "reports": list(_reports(profile=found)),
        "posts": list(Post.objects.filter(author=found).select_related("topic").order_by("-created_at")[:LATELY]),
        "deeds": offered(members.of(acting(request)), found),
        "expertise": experts.of(found),
        "now": clock.now(),
    }
    return render(request, "console/community/member.html", context)


def _reports(**about: Member) -> QuerySet[Flag]:
    rows = Flag.objects.filter(**about).select_related("post__topic", "profile", "member")
    return rows.order_by("-created_at")[:LATELY]


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def settings(request: HttpRequest) -> HttpResponse:
    """The vendor's rules."""
    form = RulesForm.of(holding.waiting.current_rules(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        order_rules.save(actor=staff_actor(request, "community rules"), rules=form.rules)
        messages.success(request, _("The rules hold from now on."))
        return redirect("console:community_settings")
    return render(request, "console/community/settings.html", {"form": form}, status=422 if form.is_bound else 200)
