"""Merging, splitting, and making an article of what helped."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.conversations import MOST, found_conversation, said_in
from frontdesk.console.inbox_forms import SplitForm
from frontdesk.console.views.common import acting, uuids_in
from frontdesk.console.views.conversation_changes import ASKING, conversation_url
from frontdesk.console.views.inbox import filter_in_use
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
    """Choose the messages that a second matter begins with. Of a long conversation the newest are offered first."""
    conversation = found_conversation(conversation_id)
    if request.method != "POST" and conversation.merged_into_id:
        return redirect("console:conversation_split", conversation.merged_into_id)
    form = SplitForm(request.POST or None, initial={"subject": conversation.subject})
    chosen = set(uuids_in(request.POST.getlist("message")))
    if request.method == "POST" and form.is_valid() and (made := _split(request, conversation, form, chosen)):
        messages.success(request, _("This is the new conversation."))
        return redirect(conversation_url(request, made))
    everything = "all" in request.GET
    said = said_in(conversation, everything=everything)
    has_earlier = not everything and len(said) > MOST
    context = {
        "conversation": conversation,
        "said": [each for each in said[has_earlier:] if each.message.kind != Message.Kind.EVENT],
        "has_earlier": has_earlier,
        "wanted": filter_in_use(request),
        "chosen": chosen,
        "form": form,
        "back": conversation_url(request, conversation),
    }
    return render(request, "console/inbox/split.html", context, status=422 if form.is_bound else 200)


def _split(request: HttpRequest, conversation: Conversation, form: SplitForm, chosen: set[UUID]) -> Conversation | None:
    """The new conversation; None when it was refused, which the form says."""
    actor, subject = agent_actor(acting(request), conversation), form.cleaned_data["subject"]
    try:
        return joining.split(actor=actor, conversation=conversation, messages=list(chosen), subject=subject)
    except Refusal as refusal:
        form.add_error(None, explain(refusal))
    except ValueError:
        form.add_error(None, _("Choose at least one message."))
    return None


@require_POST
@require_role(Role.AGENT)
def make_article(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """A draft of an article from question and answers; pressed again it leads to the same one, to go on with."""
    conversation, agent = found_conversation(conversation_id), acting(request)
    try:
        article = draft_article(actor=agent_actor(agent, conversation), conversation=conversation)
    except ValueError:
        messages.warning(request, _("There is no answer yet to make an article of."))
        return redirect(conversation_url(request, conversation))
    if agent.has_role(Role.MANAGER):
        messages.success(request, _("This is the draft. Nobody else sees it until you publish it."))
        return redirect("console:article", article.pk)
    if article.translations.filter(published__isnull=False).exists():
        messages.info(request, _("The article that was made of it is published: this is how readers see it."))
        return redirect("helpcentre:article", article.slug)
    messages.success(request, _("This is the draft. Go on with it; a manager publishes it."))
    language = article.translations.order_by("language").values_list("language", flat=True)[0]
    return redirect("console:article_write", article.pk, language)
