"""Who is at the desk and how much everybody has to do; managers say who answers what."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import LADDER, Role
from frontdesk.console.levels_forms import AgentForm
from frontdesk.console.views.common import acting
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.models import NOBODYS, Agent, Conversation
from frontdesk.support.tickets.routing import giving, staffing
from frontdesk.support.tickets.routing.states import states


@require_safe
@require_role(Role.AGENT)
def overview(request: HttpRequest) -> HttpResponse:
    """Everybody's load; my own state first."""
    me = acting(request)
    everybody = states()
    unassigned = Conversation.objects.filter(NOBODYS, status=Conversation.Status.OPEN, snoozed_until=None)
    context = {
        "mine": next((each for each in everybody if each.agent.pk == me.pk), None),
        "states": everybody,
        "others": _staff().filter(agent=None) if me.has_role(Role.MANAGER) else [],
        "unassigned": unassigned.count(),
        "is_manager": me.has_role(Role.MANAGER),
    }
    return render(request, "console/team/overview.html", context)


@require_POST
@require_role(Role.AGENT)
def set_mine(request: HttpRequest) -> HttpResponse:
    """I pause, or take new conversations again; from the inbox, the chats or the team's page, and back there."""
    takes = request.POST.get("takes") == "yes"
    giving.set_takes_new(acting(request), takes=takes)
    messages.success(request, _("You get new conversations again.") if takes else _("You get nothing new for now."))
    back = request.POST.get("from", "")
    return redirect(f"console:{back if back in {'inbox', 'chats'} else 'team'}")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.MANAGER)
def change(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """What somebody answers: teams, how many at once, skills."""
    person = _staff().filter(pk=person_id).first()
    if person is None:
        raise NotFound
    agent = Agent.objects.filter(person=person).prefetch_related("teams", "skills").first()
    form = AgentForm(request.POST or None, agent=agent)
    if request.method == "POST" and form.is_valid():
        staffing.set_agent(
            actor=Actor.staff(acting(request).pk, "team"),
            person=person,
            teams=form.cleaned_data["teams"],
            capacity=form.cleaned_data["capacity"],
            takes_new=form.cleaned_data["takes_new"],
            skills=form.known(),
        )
        messages.success(request, _("Saved."))
        return redirect("console:team")
    context = {"form": form, "person": person}
    return render(request, "console/team/agent.html", context, status=422 if form.is_bound else 200)


def _staff() -> QuerySet[Person]:
    return Person.objects.filter(is_staff=True, is_active=True, role__in=LADDER).order_by("name", "email")
