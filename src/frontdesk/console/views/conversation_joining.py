"""Merging, splitting, and making an article of what helped."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.conversations import found_conversation, said_in
from frontdesk.console.inbox_forms import SplitForm
from frontdesk.console.views.common import acting
from frontdesk.console.views.conversation_changes import ASKING, conversation_url
from frontdesk.core import clock
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.conversations import joining
from frontdesk.support.tickets.drafting import draft_article
from frontdesk.support.tickets.inbox.listing import listed
from frontdesk.support.tickets.inbox.related import of_same_customer
from frontdesk.support.tickets.inbox.searching import search
from frontdesk.support.tickets.models import Conversation, Message

OFFERED = 20


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def merge(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Choose the conversation of the same customer that this one goes on in."""
    conversation = found_conversation(conversation_id)
    if conversation.merged_into_id:
        return redirect("console:conversation", conversation.merged_into_id)
    if request.method == "POST":
        return _merge(request, conversation)
    text = request.GET.get("q", "")[:200]
    rows = of_same_customer(conversation)
    rows = search(rows, text) if text.strip() else rows
    context = {
        "conversation": conversation,
        "found": listed(rows.order_by("-last_message_at")[:OFFERED]),
        "text": text,
        "now": clock.now(),
        "back": conversation_url(request, conversation),
    }
    return render(request, "console/inbox/merge.html", context)


def _merge(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    try:
        target = of_same_customer(conversation).filter(pk=UUID(request.POST.get("into", ""))).first()
    except ValueError:
        target = None
    if target is None:
        raise NotFound
    try:
        joining.merge(actor=agent_actor(acting(request), conversation), conversation=conversation, into=target)
    except Refusal as refusal:
        messages.error(request, explain(refusal))
        return redirect(conversation_url(request, conversation))
    messages.success(request, _("Merged. What was said stands at the end of this conversation."))
    return redirect(conversation_url(request, target))


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def split(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Choose the messages that a second matter begins with."""
    conversation = found_conversation(conversation_id)
    said = [each for each in said_in(conversation) if each.message.kind != Message.Kind.EVENT]
    form = SplitForm(request.POST or None, initial={"subject": conversation.subject})
    chosen = {each.message.pk for each in said if str(each.message.pk) in set(request.POST.getlist("message"))}
    if request.method == "POST" and form.is_valid():
        if not chosen:
            form.add_error(None, _("Choose at least one message."))
        else:
            try:
                made = joining.split(
                    actor=agent_actor(acting(request), conversation),
                    conversation=conversation,
                    messages=[each.message.pk for each in said if each.message.pk in chosen],
                    subject=form.cleaned_data["subject"],
                )
            except Refusal as refusal:
                form.add_error(None, explain(refusal))
            else:
                messages.success(request, _("This is the new conversation."))
                return redirect(conversation_url(request, made))
    context = {
        "conversation": conversation,
        "said": said,
        "chosen": chosen,
        "form": form,
        "back": conversation_url(request, conversation),
    }
    return render(request, "console/inbox/split.html", context, status=422 if form.is_bound else 200)


@require_POST
@require_role(Role.MANAGER)
def make_article(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """A draft of an article from question and answers; pressed twice it leads to the same one."""
    conversation = found_conversation(conversation_id)
    try:
        article = draft_article(actor=agent_actor(acting(request), conversation), conversation=conversation)
    except ValueError:
        messages.warning(request, _("There is no answer yet to make an article of."))
        return redirect(conversation_url(request, conversation))
    messages.success(request, _("This is the draft. Nobody else sees it until you publish it."))
    return redirect("console:article", article.pk)
