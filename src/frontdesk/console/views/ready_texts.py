"""Canned replies and macros, written by managers."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.ready_forms import MacroForm, ReplyForm
from frontdesk.console.views.conversation_changes import ASKING
from frontdesk.core.backoffice.base import staff_actor
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.beside import ready_texts
from frontdesk.support.tickets.models import CannedReply, Macro
from frontdesk.support.tickets.steps.vocabulary import STEPS
from frontdesk.support.tickets.variables import VALUES

A_PAGE = 50
WHY = "Ready texts"  # the reason in the audit


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """All canned replies and macros."""
    replies = Paginator(CannedReply.objects.select_related("team").order_by("title", "id"), A_PAGE)
    macros = Paginator(Macro.objects.order_by("position", "title", "id"), A_PAGE).get_page(request.GET.get("macros"))
    describe = actions.describer()
    context = {
        "replies": replies.get_page(request.GET.get("page")),
        "macro_page": macros,
        "macros": [(macro, list(map(describe, macro.actions))) for macro in macros],
    }
    return render(request, "console/ready/overview.html", context)


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def reply(request: HttpRequest, reply_id: UUID | None = None) -> HttpResponse:
    """Write a canned reply, or a new one."""
    found = _found_reply(reply_id) if reply_id else None
    form = ReplyForm(request.POST or None, reply=found)
    if request.method == "POST" and form.is_valid():
        ready_texts.save_reply(actor=staff_actor(request, WHY), writing=form.writing, reply=found)
        messages.success(request, _("The ready reply is saved."))
        return redirect("console:ready_texts")
    context = {"form": form, "reply": found, "names": list(VALUES)}
    return render(request, "console/ready/reply.html", context, status=422 if form.is_bound else 200)


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def macro(request: HttpRequest, macro_id: UUID | None = None) -> HttpResponse:
    """Write a macro, or a new one; its steps are checked before it is saved."""
    found = _found_macro(macro_id) if macro_id else None
    form = MacroForm(request.POST or None, macro=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        ready_texts.save_macro(
            actor=staff_actor(request, WHY),
            title=data["title"],
            steps=form.written(),
            position=data["position"],
            macro=found,
        )
        messages.success(request, _("The macro is saved."))
        return redirect("console:ready_texts")
    values = [(kind.label, kind.values(by_rule=False)) for kind in STEPS.values()]
    context = {"form": form, "macro": found, "values": values}
    return render(request, "console/ready/macro.html", context, status=422 if form.is_bound else 200)


@require_POST
@require_role(Role.MANAGER)
def delete_reply(request: HttpRequest, reply_id: UUID) -> HttpResponse:
    """Take a canned reply away."""
    ready_texts.delete_reply(actor=staff_actor(request, WHY), reply=_found_reply(reply_id))
    return _deleted(request)


@require_POST
@require_role(Role.MANAGER)
def delete_macro(request: HttpRequest, macro_id: UUID) -> HttpResponse:
    """Take a macro away."""
    ready_texts.delete_macro(actor=staff_actor(request, WHY), macro=_found_macro(macro_id))
    return _deleted(request)


def _deleted(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("It is taken away."))
    return redirect("console:ready_texts")


def _found_reply(number: UUID) -> CannedReply:
    found = CannedReply.objects.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def _found_macro(number: UUID) -> Macro:
    found = Macro.objects.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found
