"""Whose turn a conversation is, who has it, what it is about: each press one verb, safe to press twice."""

from collections.abc import Callable
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console.changes import change_properties
from frontdesk.console.conversations import found_conversation
from frontdesk.console.inbox_forms import ReminderForm, UntilForm, presets
from frontdesk.console.views.common import acting, seen_in
from frontdesk.console.views.inbox import filter_in_use
from frontdesk.core import clock
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets import actions
from frontdesk.support.tickets.actions import Press
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.beside import reminders
from frontdesk.support.tickets.conversations import changing
from frontdesk.support.tickets.models import Conversation, Macro

ASKING = ["GET", "HEAD", "POST"]


def conversation_url(request: HttpRequest, conversation: Conversation) -> str:
    """The page of a conversation, with the list that it was reached by."""
    return f"{reverse('console:conversation', args=[conversation.pk])}?{filter_in_use(request).address}"


def _back(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    return redirect(conversation_url(request, conversation))


def _do(request: HttpRequest, conversation_id: UUID, deed: Callable[[Conversation, Person], str]) -> HttpResponse:
    """Do something and go back to the conversation, whatever came of it."""
    conversation = found_conversation(conversation_id)
    try:
        said = deed(conversation, acting(request))
    except Refusal as refusal:
        messages.error(request, explain(refusal))
    else:
        messages.success(request, said or _("That was so already."))
    return _back(request, conversation)


Turn = Callable[[Conversation, Person], bool]


def _verb(verb: Callable[..., bool], **values: object) -> Turn:
    return lambda conversation, agent: verb(actor=agent_actor(agent, conversation), conversation=conversation, **values)


TURNS: dict[str, tuple[Turn, Callable[[], str]]] = {
    "solve": (_verb(changing.solve), lambda: _("Solved.")),
    "reopen": (_verb(changing.reopen), lambda: _("Reopened.")),
    "wait": (_verb(changing.set_waiting, waiting=True), lambda: _("Waiting for the customer.")),
    "resume": (_verb(changing.set_waiting, waiting=False), lambda: _("It is our turn again.")),
    "wake": (_verb(changing.snooze, until=None), lambda: _("It is back in the inbox.")),
    "spam": (_verb(changing.mark_spam), lambda: _("Marked as spam.")),
    "block": (_verb(changing.mark_spam, block=True), lambda: _("Marked as spam; this sender's mails are blocked.")),
    "unblock": (_verb(changing.unblock_sender), lambda: _("This sender's mails come in again.")),
    "take": (
        lambda conversation, agent: changing.assign(
            actor=agent_actor(agent, conversation), conversation=conversation, to=agent
        ),
        lambda: _("It is yours."),
    ),
    "remembered": (
        lambda conversation, agent: reminders.done(person=agent, conversation=conversation),
        lambda: _("The reminder is done."),
    ),
}


@require_POST
@require_role(Role.AGENT)
def turn(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Solve, reopen, wait, take, mark as spam: what the button says."""
    verb, said = TURNS.get(request.POST.get("do", ""), (None, None))
    if verb is None or said is None:
        raise NotFound
    return _do(request, conversation_id, lambda conversation, agent: said() if verb(conversation, agent) else "")


@require_POST
@require_role(Role.AGENT)
def properties(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Change what the form shows differently from when it was shown: a colleague's change meanwhile stays."""

    def deed(conversation: Conversation, agent: Person) -> str:
        changed = change_properties(agent=agent, conversation=conversation, given=request.POST.dict())
        return _("Changed.") if changed else ""

    return _do(request, conversation_id, deed)


@require_POST
@require_role(Role.AGENT)
def macro(request: HttpRequest, conversation_id: UUID, macro_id: UUID) -> HttpResponse:
    """Run a macro: all of its steps or none, once however often the button is pressed, and no answer past somebody
    else's."""
    found = Macro.objects.filter(pk=macro_id).first()
    if found is None:
        raise NotFound
    press = Press(found.title, uuid5(_once(request), str(found.pk)), seen_in(request))
    steps = found.actions

    def deed(conversation: Conversation, agent: Person) -> str:
        actor = agent_actor(agent, conversation)
        return " ".join(actions.run(actor=actor, conversation=conversation, steps=steps, press=press))

    return _do(request, conversation_id, deed)


def _once(request: HttpRequest) -> UUID:
    """What is the same for every press of one page's buttons."""
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        return uuid4()


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def snooze(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Put it off until a moment."""
    conversation = found_conversation(conversation_id)
    form = UntilForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        verb = _verb(changing.snooze, until=form.cleaned_data["moment"])
        return _do(request, conversation_id, lambda it, agent: _("Put off.") if verb(it, agent) else "")
    context = {
        "conversation": conversation,
        "form": form,
        "presets": presets(clock.now()),
        "title": _("Put off"),
        "text": _("It comes back to the inbox then, or as soon as the customer writes."),
        "label": _("Put off"),
        "back": conversation_url(request, conversation),
    }
    return render(request, "console/inbox/until.html", context, status=422 if form.is_bound else 200)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def remind(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Be reminded of it, by yourself and for yourself; nobody else's list changes."""
    conversation = found_conversation(conversation_id)
    form = ReminderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        reminders.remind(person=acting(request), conversation=conversation, at=data["moment"], words=data["words"])
        messages.success(request, _("You will be reminded."))
        return _back(request, conversation)
    context = {
        "conversation": conversation,
        "form": form,
        "presets": presets(clock.now()),
        "title": _("Remind me"),
        "text": _("It stands among your reminders then, whoever has it."),
        "label": _("Remind me"),
        "back": conversation_url(request, conversation),
    }
    return render(request, "console/inbox/until.html", context, status=422 if form.is_bound else 200)
