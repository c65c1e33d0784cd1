"""Who gets what: teams, skills, and the areas that lead to them. For managers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Model, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import LADDER, Role
from frontdesk.console.forms import ReasonForm
from frontdesk.console.routing_forms import AreaForm, SkillForm, TeamForm
from frontdesk.console.views.common import Question, Text, ask
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice.base import staff_actor
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.models import Agent, Area, CannedReply, Conversation, Skill, Team
from frontdesk.support.tickets.routing import arranging

Row = TypeVar("Row", bound=Model)
ASKING = ["GET", "HEAD", "POST"]
WHY = "Routing"  # the reason in the audit
AT_DESK = {"person__is_active": True, "person__is_staff": True, "person__role__in": LADDER}


@dataclass(frozen=True)
class AreaView:
    """An area, and how many agents may get what is about it while its skill is asked for."""

    area: Area
    knowing: int


@require_safe
@require_role(Role.MANAGER)
def overview(request: HttpRequest) -> HttpResponse:
    """Everything on one page: what leads where, and whether anybody is there who knows it."""
    at_desk = Q(**{f"agents__{name}": value for name, value in AT_DESK.items()})
    knowing = Q(**{f"agents__agent__{name}": value for name, value in AT_DESK.items()})
    agents = list(Agent.objects.filter(**AT_DESK).prefetch_related("teams", "skills"))
    areas = Area.objects.select_related("team", "skill")
    context = {
        "areas": [AreaView(area, sum(_may_get(agent, area) for agent in agents)) for area in areas],
        "teams": Team.objects.annotate(people=Count("agents", filter=at_desk)),
        "skills": Skill.objects.annotate(people=Count("agents", filter=knowing)),
    }
    return render(request, "console/routing/overview.html", context)


def _may_get(agent: Agent, area: Area) -> bool:
    if area.team_id and area.team_id not in {team.pk for team in agent.teams.all()}:
        return False
    known = {row.skill_id: row.level for row in agent.skills.all()}
    return not area.skill_id or known.get(area.skill_id, 0) >= area.least_level


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def team(request: HttpRequest, team_id: UUID | None = None) -> HttpResponse:
    """Make a team, or call it something else."""
    held = _found(Team, team_id) if team_id else None
    form = TeamForm(request.POST or None, held=held)
    if request.method == "POST" and form.is_valid():
        arranging.save_team(actor=staff_actor(request, WHY), name=form.cleaned_data["name"], team=held)
        return _saved(request)
    return _page(request, form, held, _("A new team"), "console:delete_team")


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def skill(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Make a skill, or call it something else."""
    held = _found(Skill, slug) if slug else None
    form = SkillForm(request.POST or None, held=held)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        arranging.save_skill(actor=staff_actor(request, WHY), name=data["name"], slug=data.get("slug", ""), skill=held)
        return _saved(request)
    return _page(request, form, held, _("A new skill"), "console:delete_skill")


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def area(request: HttpRequest, area_id: UUID | None = None) -> HttpResponse:
    """Make an area, or say what leads to it and where it leads."""
    held = _found(Area, area_id) if area_id else None
    form = AreaForm(request.POST or None, held=held)
    if request.method == "POST" and form.is_valid():
        arranging.save_area(actor=staff_actor(request, WHY), writing=form.writing(), area=held)
        return _saved(request)
    return _page(request, form, held, _("A new area"), "console:delete_area")


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def delete_team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """Delete a team that no rule and no macro names."""
    held = _found(Team, team_id)
    talks = Conversation.objects.filter(team=held).count()
    replies = CannedReply.objects.filter(team=held).count()
    consequences: list[Text] = [
        ngettext(
            "%(n)s conversation is of no team then: anybody at the desk can get it.",
            "%(n)s conversations are of no team then: anybody at the desk can get them.",
            talks,
        )
        % {"n": talks}
    ]
    if replies:
        everybody = ngettext(
            "%(n)s ready reply is everybody's then.", "%(n)s ready replies are everybody's then.", replies
        )
        consequences.append(everybody % {"n": replies})
    return _delete(
        request, held, arranging.TEAM, consequences, lambda actor: arranging.delete_team(actor=actor, team=held)
    )


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def delete_skill(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a skill."""
    held = _found(Skill, slug)
    consequences = [_("Nobody is asked for it any more, and who knew it, knows it no more.")]
    return _delete(request, held, "", consequences, lambda actor: arranging.delete_skill(actor=actor, skill=held))


@require_http_methods(ASKING)
@require_role(Role.MANAGER)
def delete_area(request: HttpRequest, area_id: UUID) -> HttpResponse:
    """Delete an area that no rule and no macro names."""
    held = _found(Area, area_id)
    consequences = [_("Conversations about it are about nothing in particular then. Reports count them so, too.")]
    return _delete(
        request, held, arranging.AREA, consequences, lambda actor: arranging.delete_area(actor=actor, area=held)
    )


def _delete(
    request: HttpRequest,
    held: Team | Skill | Area,
    kind: str,
    consequences: list[Any],
    verb: Callable[[Actor], None],
) -> HttpResponse:
    named = arranging.named_by(kind, held.slug) if kind else []
    if named:
        consequences = [_("It cannot be deleted: %s still name it. Change or delete them first.") % ", ".join(named)]
    question = Question(
        title=_("Delete “%s”") % held,
        consequences=consequences,
        label=_("Delete"),
        back=reverse("console:routing"),
        tone="danger",
    )

    def deed(actor: Actor, _data: dict[str, Any]) -> Text:
        name = str(held)
        verb(actor)
        return _("“%s” is deleted.") % name

    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("Stands in the audit.")
    return ask(request, question=question, form=form, deed=deed)


def _found(model: type[Row], key: Any) -> Row:
    found = model._default_manager.filter(pk=key).first()  # noqa: SLF001 - documented; every model has it
    if found is None:
        raise NotFound
    return found


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("console:routing")


def _page(
    request: HttpRequest, form: forms.Form, held: Team | Skill | Area | None, new: str, deletion: str
) -> HttpResponse:
    context = {"form": form, "held": held, "title": str(held) if held else new, "deletion": deletion}
    return render(request, "console/routing/form.html", context, status=422 if form.is_bound else 200)
