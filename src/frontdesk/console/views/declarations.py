"""Withdrawals and cancellations declared without signing in: those whose mailed link nobody used wait for an agent."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.billing import declarations
from frontdesk.billing.models import Declaration, DeclarationKind
from frontdesk.console.forms import ReasonForm
from frontdesk.console.views.common import Question, Text, ask, looked
from frontdesk.console.views.lists import A_PAGE
from frontdesk.console.views.money import DEED
from frontdesk.console.words import day
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound


@require_safe
@require_role(Role.BILLING_AGENT)
def overview(request: HttpRequest) -> HttpResponse:
    """Open ones, the oldest first: their date counts, so none should wait long; then the latest that are done."""
    rows = Declaration.objects.select_related("order__person", "order__plan_version__plan__product")
    waiting = rows.filter(done_at=None, dismissed_at=None).order_by("declared_at")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    done = list(rows.exclude(done_at=None, dismissed_at=None).order_by("-declared_at")[:10])
    looked(request, "declaration list", [each.order.person_id for each in (*page, *done) if each.order])
    return render(request, "console/declarations.html", {"page": page, "done": done})


def _found(request: HttpRequest, declaration_id: UUID) -> Declaration:
    rows = Declaration.objects.select_related("order__person")
    declaration = rows.filter(pk=declaration_id).first()
    if declaration is None:
        raise NotFound
    looked(request, "declaration", [declaration.order.person_id if declaration.order else None])
    return declaration


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def carry_out(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Do what was declared, as of its day."""
    declaration = _found(request, declaration_id)
    is_withdrawal = declaration.kind == DeclarationKind.WITHDRAWAL
    question = Question(
        title=_("Carry a declaration out"),
        consequences=[
            _("What was paid goes back, the licence ends and its devices stop.")
            if is_withdrawal
            else _("Nothing more is charged; what is paid stays until its end."),
            _("It counts as of %s, the day on which it was declared.") % day(declaration.declared_at),
            _("Check first that whoever declared it is the customer: the typed address proves nothing."),
        ],
        label=_("Carry out"),
        back=reverse("console:declarations"),
        tone="danger" if is_withdrawal else "",
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        declarations.carry_out(actor=actor, declaration=declaration.pk)
        return _("It is carried out.")

    return ask(request, question=question, form=ReasonForm(request.POST or None), deed=deed,
               context={"declaration": declaration})  # fmt: skip


@require_http_methods(DEED)
@require_role(Role.BILLING_AGENT)
def dismiss(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """There is nothing to carry out."""
    declaration = _found(request, declaration_id)
    question = Question(
        title=_("Dismiss a declaration"),
        consequences=[
            _("Nothing is refunded or switched off."),
            _("%s gets a mail that says so, with your reason word for word.") % declaration.email,
            _("The typed address proves nothing: name nothing there that only the customer may know."),
        ],
        label=_("Dismiss"),
        back=reverse("console:declarations"),
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        declarations.dismiss(actor=actor, declaration=declaration.pk, reason=actor.reason)
        return _("It is dismissed.")

    return ask(request, question=question, form=ReasonForm(request.POST or None), deed=deed,
               context={"declaration": declaration})  # fmt: skip
