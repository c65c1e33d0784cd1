"""A conversation's page, and what it asks for while it is open."""

from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console import chats, conversations
from frontdesk.console.chat_forms import HandOverForm
from frontdesk.console.inbox_words import PROMISES, view_links
from frontdesk.console.views.common import acting, looked
from frontdesk.console.views.inbox import filter_in_use
from frontdesk.core import clock
from frontdesk.core.numbers import whole
from frontdesk.support.chat import talking
from frontdesk.support.tickets.beside import drafts, presence, replies
from frontdesk.support.tickets.models import Conversation
from frontdesk.support.tickets.routing import giving
from frontdesk.support.tickets.sla import keeping


@require_safe
@require_role(Role.AGENT)
def show(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """What was said, and the form to answer. A merged one leads to where it went."""
    conversation = conversations.found_conversation(conversation_id)
    if conversation.merged_into:
        drafts.bring_along(source=conversation, target=conversation.merged_into, person=acting(request))
        return redirect("console:conversation", conversation.merged_into.pk)
    looked(request, "conversation", [conversation.person_id])
    return page(request, conversation)


def page(
    request: HttpRequest, conversation: Conversation, *, seen: int | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    """The page as it stands now; `seen` and `problem` when an answer could not be sent."""
    agent = acting(request)
    wanted = filter_in_use(request)
    context = conversations.talk_context(conversation, agent, seen=seen, everything="all" in request.GET)
    beside = chats.beside(conversation, agent)
    if beside and beside.is_mine:
        talking.read(beside.chat, by=agent, upto=conversation.last_sequence)
    reply = _chosen_reply(request, conversation, agent)
    if reply and not context["draft"].text:
        context["draft"].text = reply
    is_part = request.headers.get("X-Part") == "talk"
    shows_images = request.GET.get("images") == "1"
    context |= {
        "wanted": wanted,
        "views": view_links(None, {}),
        "problem": problem,
        "is_part": is_part,
        "show_images": shows_images,
        "beside": beside,
        "hand_over_form": HandOverForm(agent=agent, choices=context["choices"])
        if beside and beside.chat.is_on
        else None,
        "draft_files": drafts.files_of(context["draft"]),
        "colleagues": [{"name": each.label, "address": each.slug} for each in context["choices"].colleagues],
    }
    template = "console/inbox/parts/talk.html" if is_part else "console/inbox/conversation.html"
    response = render(request, template, context, status=status)
    return _with_images(request, response) if shows_images else response


def _with_images(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Asked for by the agent, for this once: pictures from elsewhere may load."""
    csp_update({"img-src": ["https:"]})(lambda _request: response)(request)
    return response


def _chosen_reply(request: HttpRequest, conversation: Conversation, agent: Person) -> str:
    """The canned reply that was chosen on its page, without scripts."""
    try:
        reply = UUID(request.GET.get("reply", ""))
    except ValueError:
        return ""
    found = replies.take(agent=agent, conversation=conversation, reply=reply)
    return found.text if found else ""


@require_POST
@require_role(Role.AGENT)
def news(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """What is new since a message, and who is here; an open page asks when it is woken, and now and then."""
    agent = acting(request)
    conversation = conversations.found_conversation(conversation_id)
    after = _number(request.POST.get("after", ""))
    presence.stay(agent, conversation, answering=request.POST.get("answering") == "1")
    giving.stay_online(agent)
    said = conversations.said_in(conversation, after=after) if conversation.last_sequence > after else []
    others = presence.others(agent, conversation)
    beside = chats.beside(conversation, agent)
    context = {"said": said, "others": others, "conversation": conversation, "now": clock.now(), "beside": beside}
    found: dict[str, Any] = {
        "last": conversation.last_sequence,
        "heard": conversations.heard(said, agent),
        "messages": render_to_string("console/inbox/parts/messages.html", context, request) if said else "",
        "presence": render_to_string("console/inbox/parts/presence.html", context, request).strip(),
    }
    if beside:
        if beside.is_mine:
            talking.read(beside.chat, by=agent, upto=max([after, *(each.message.sequence for each in said)]))
        bar = render_to_string("console/chats/parts/bar.html", context, request).strip()
        found["chat"] = {"mode": beside.mode, "bar": bar, "seen": beside.seen}
    return JsonResponse(found)


def _number(text: str) -> int:
    return whole(text, most=10**9) or 0


@require_safe
@require_role(Role.AGENT)
def clocks(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The arithmetic of what was promised."""
    conversation = conversations.found_conversation(conversation_id)
    rows = [(PROMISES[name], clock_) for name, clock_ in keeping.clocks(conversation).items()]
    context = {"conversation": conversation, "clocks": rows, "now": clock.now(), "wanted": filter_in_use(request)}
    name = "parts/clocks" if request.headers.get("X-Part") else "clocks"
    return render(request, f"console/inbox/{name}.html", context)


@require_safe
@require_role(Role.AGENT)
def ready_replies(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Canned replies that fit what was typed, filled in: for the composer as JSON, without scripts as a page."""
    agent = acting(request)
    conversation = conversations.found_conversation(conversation_id)
    found = replies.ready(agent=agent, conversation=conversation, q=request.GET.get("q", "")[:100])
    if request.headers.get("X-Part") == "json":
        return JsonResponse({"replies": [vars(each) | {"id": str(each.id)} for each in found]})
    context = {"conversation": conversation, "replies": found, "q": request.GET.get("q", "")[:100]}
    return render(request, "console/inbox/replies.html", context)
