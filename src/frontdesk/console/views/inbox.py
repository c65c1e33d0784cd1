"""The inbox: lists of conversations by view, filter and search."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console import inbox_words as words
from frontdesk.console.inbox_forms import SaveViewForm, presets
from frontdesk.console.views.common import acting
from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.beside import saved_views
from frontdesk.support.tickets.inbox.choices import choices_for
from frontdesk.support.tickets.inbox.counting import counts
from frontdesk.support.tickets.inbox.filters import Filter
from frontdesk.support.tickets.inbox.listing import listing
from frontdesk.support.tickets.routing import giving

REMEMBERED = "inbox"  # in the session: the address of the filter that was used last


@require_safe
@require_role(Role.AGENT)
def home(request: HttpRequest) -> HttpResponse:
    """The desk begins with the inbox; addresses of the search that used to be here still find."""
    if request.GET.get("q"):
        return redirect(f"{reverse('console:find')}?{request.GET.urlencode()}")
    return redirect("console:inbox")


@require_safe
@require_role(Role.AGENT)
def index(request: HttpRequest) -> HttpResponse:
    """A view, filtered; without any parameters the filter that was used last."""
    remembered = request.session.get(REMEMBERED, "")
    if not request.GET and remembered:
        return redirect(f"{reverse('console:inbox')}?{remembered}")
    wanted = Filter.read(request.GET)
    if wanted.address != remembered:
        request.session[REMEMBERED] = wanted.address
    giving.stay_online(acting(request))
    context = list_context(request, wanted)
    part = request.headers.get("X-Part")
    if part in {"rows", "list"}:
        return render(request, f"console/inbox/parts/{part}.html", context | {"is_swapped": True})
    return render(request, "console/inbox/index.html", context)


def filter_in_use(request: HttpRequest) -> Filter:
    """The filter that a conversation was reached by: in its address, else the one used last."""
    if request.GET.get("view"):
        return Filter.read(request.GET)
    return Filter.read(QueryDict(request.session.get(REMEMBERED, "")))


def list_context(request: HttpRequest, wanted: Filter) -> dict[str, Any]:
    """Everything that the side and the list show."""
    agent, now = acting(request), clock.now()
    choices = choices_for(agent)
    numbers = counts(agent, now=now)
    label, icon = words.VIEWS[wanted.view]
    return {
        "wanted": wanted,
        "listing": listing(wanted, agent=agent, now=now, after=request.GET.get("after", "")),
        "choices": choices,
        "views": words.view_links(wanted, numbers),
        "saved": words.saved_links(choices, wanted),
        "chips": words.chips(wanted, choices),
        "filter_fields": words.filter_fields(wanted, choices),
        "save_form": SaveViewForm(),
        "list_title": label,
        "list_icon": icon,
        "empty_words": words.EMPTY.get(wanted.view, (_("Nothing here"), "")),
        "sorts": words.SORTS.items(),
        "now": now,
        "presets": presets(now),
        "may_share": agent.has_role(Role.MANAGER),
    }


@require_POST
@require_role(Role.AGENT)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filter under a name."""
    wanted = Filter.read(QueryDict(request.POST.get("filter", "")[:2000]))
    form = SaveViewForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        saved_views.save(person=acting(request), title=data["title"], wanted=wanted, shared=data["shared"])
        messages.success(request, _("The view is saved."))
    else:
        messages.warning(request, _("Give the view a name."))
    return redirect(f"{reverse('console:inbox')}?{wanted.address}")


@require_POST
@require_role(Role.AGENT)
def remove_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Forget a saved view."""
    if not saved_views.remove(person=acting(request), view=view_id):
        raise NotFound
    messages.success(request, _("The view is removed."))
    return redirect("console:inbox")
