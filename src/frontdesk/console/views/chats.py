"""The desk's chats: what is on and who waits; for managers today's numbers and what was."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console import chat_history, chats
from frontdesk.console.views.common import acting
from frontdesk.core import clock
from frontdesk.support.chat import queue
from frontdesk.support.tickets.models import Agent
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.routing.states import State, states

A_PAGE = 30


@require_safe
@require_role(Role.AGENT)
def strip(request: HttpRequest) -> HttpResponse:
    """The agent's chats and those that wait; an open desk asks, and thereby stays online."""
    agent = acting(request)
    giving.stay_online(agent)
    takes_new = Agent.objects.filter(person=agent).values_list("takes_new", flat=True).first()
    context = {
        "strip": chats.strip_of(agent),
        "takes_new": takes_new,
        "in_inbox": "inbox" in request.GET,
        "talk": request.headers.get("X-Talk", ""),
    }
    response = render(request, "console/chats/parts/strip.html", context)
    # A page that was open before its agent signed in anew goes on with this, and with nobody else's.
    response["Frontdesk-Token"], response["Frontdesk-Person"] = get_token(request), str(agent.pk)
    return response


@require_safe
@require_role(Role.AGENT)
def overview(request: HttpRequest) -> HttpResponse:
    """What is on and waiting, and how I stand."""
    me = acting(request)
    mine, there = _desks(me)
    is_manager = me.has_role(Role.MANAGER)
    part = request.headers.get("X-Part") == "on"
    waiting, active = chats.everything()
    context: dict[str, Any] = {
        "mine": mine,
        "me": me,
        "active": active,
        "waiting": waiting,
        "offer": queue.offer(),
        "there": there,
        "is_manager": is_manager,
        "today": chat_history.today() if is_manager and not part else None,
        "now": clock.now(),
    }
    return render(request, f"console/chats/{'parts/on' if part else 'overview'}.html", context)


def _desks(me: Person) -> tuple[State | None, list[State]]:
    """How I stand, and those who are there and take new ones; two queries."""
    online = Q(takes_new=True, online_until__gt=clock.real_now(), capacity__gt=0, person__is_active=True)
    rows = Agent.objects.filter(online | Q(person=me)).select_related("person").order_by("person__name")
    agents = list(rows)
    loads, now = giving.load_of([each.pk for each in agents]), clock.real_now()
    found = [
        State(each, loads.get(each.pk, 0.0), each.online_until is not None and each.online_until > now)
        for each in agents
    ]
    mine = next((each for each in found if each.agent.pk == me.pk), None)
    return mine, [each for each in found if each.is_online and each.agent.takes_new]


@require_safe
@require_role(Role.MANAGER)
def history(request: HttpRequest) -> HttpResponse:
    """Chats that were, by what is asked for, the latest first."""
    wanted = chat_history.Wanted.read(request.GET.dict())
    page = Paginator(chat_history.found(wanted), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "page": page,
        "found": chat_history.described(page.object_list),  # type: ignore[arg-type]  # a slice of the same query
        "fields": chat_history.filters(wanted, states()),
        "now": clock.now(),
    }
    return render(request, "console/chats/history.html", context)
