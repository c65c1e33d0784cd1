"""Several conversations at once. Each is changed by itself: what cannot be changed holds none of the others up."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console.changes import colleague, tags_in, team_of
from frontdesk.console.inbox_forms import presets
from frontdesk.console.views.common import acting, uuids_in
from frontdesk.console.views.inbox import filter_in_use
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.inbox.listing import listed
from frontdesk.support.tickets.models import Conversation

MOST = 100
Deed = Callable[[Actor, Conversation], bool]
VALUES = {"assign": "assignee", "team": "team", "tag": "tag", "snooze": "until"}
ASKED_FIRST = {"spam", "merge"}  # what cannot simply be taken back


@require_POST
@require_role(Role.AGENT)
def bulk(request: HttpRequest) -> HttpResponse:
    """Do to all chosen conversations what the button says; ask first before what cannot simply be undone."""
    chosen = _chosen(request)
    do = request.POST.get("do", "")
    if not chosen:
        messages.warning(request, _("Choose conversations first."))
        return _back(request)
    if do in ASKED_FIRST and request.POST.get("sure") != "yes":
        return _ask(request, do, chosen)
    if do == "merge":
        _tell(request, *_merge_all(acting(request), chosen))
        return _back(request)
    deed = _deed(do, request.POST.get(VALUES.get(do, ""), "")[:200], acting(request))
    if deed is None:
        messages.warning(request, _("Say what is to be done with them."))
        return _back(request)
    _tell(request, *_each(acting(request), chosen, deed))
    return _back(request)


def _chosen(request: HttpRequest) -> list[Conversation]:
    found = uuids_in(request.POST.getlist("id")[:MOST])
    return list(Conversation.objects.filter(pk__in=found).order_by("created_at", "pk"))


def _deed(do: str, value: str, agent: Person) -> Deed | None:
    """The verb behind a button. Raises NotFound for somebody or something that does not exist."""
    if do == "assign":
        to = agent if value == "me" else colleague(value) if value else None
        return lambda actor, it: changing.assign(actor=actor, conversation=it, to=to)
    if do == "team":
        team = team_of(value) if value else None
        return lambda actor, it: changing.hand_to_team(actor=actor, conversation=it, team=team)
    if do == "tag" and tags_in(value):
        return lambda actor, it: changing.change_tags(actor=actor, conversation=it, add=tags_in(value))
    if do == "snooze":
        until = {key: at for key, _label, at in presets(clock.now())}.get(value)
        return (lambda actor, it: changing.snooze(actor=actor, conversation=it, until=until)) if until else None
    plain: dict[str, Deed] = {
        "solve": lambda actor, it: changing.solve(actor=actor, conversation=it),
        "reopen": lambda actor, it: changing.reopen(actor=actor, conversation=it),
        "wait": lambda actor, it: changing.set_waiting(actor=actor, conversation=it, waiting=True),
        "spam": lambda actor, it: changing.mark_spam(actor=actor, conversation=it),
    }
    return plain.get(do)


def _each(agent: Person, chosen: Sequence[Conversation], deed: Deed) -> tuple[int, int]:
    """How many were changed, and how many stay as they were."""
    changed = 0
    for conversation in chosen:
        try:
            changed += deed(agent_actor(agent, conversation), conversation)
        except Refusal:
            continue
    return changed, len(chosen) - changed


def _merge_all(agent: Person, chosen: Sequence[Conversation]) -> tuple[int, int]:
    """All into the one that began first."""
    into, *rest = chosen

    def deed(actor: Actor, conversation: Conversation) -> bool:
        with transaction.atomic():
            joining.merge(actor=actor, conversation=conversation, into=into)
        return True

    return _each(agent, rest, deed)


def _tell(request: HttpRequest, changed: int, left: int) -> None:
    if changed:
        text = ngettext("%(n)d conversation is changed.", "%(n)d conversations are changed.", changed) % {"n": changed}
        messages.success(request, text)
    if left:
        text = ngettext(
            "%(n)d stays as it was: it was so already, or takes no changes any more.",
            "%(n)d stay as they were: they were so already, or take no changes any more.",
            left,
        ) % {"n": left}
        messages.info(request, text)


def _ask(request: HttpRequest, do: str, chosen: Sequence[Conversation]) -> HttpResponse:
    if do == "merge" and len(chosen) == 1:
        return redirect("console:conversation_merge", chosen[0].pk)
    rows = Conversation.objects.filter(pk__in=[each.pk for each in chosen]).order_by("created_at", "pk")
    context = {"do": do, "found": listed(rows), "back": _address(request), "now": clock.now()}
    return render(request, "console/inbox/bulk.html", context)


def _address(request: HttpRequest) -> str:
    return f"{reverse('console:inbox')}?{filter_in_use(request).address}"


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(_address(request))
