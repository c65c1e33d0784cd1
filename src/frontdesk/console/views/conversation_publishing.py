"""From a conversation that a topic of the community led to: publishing the team's answer there."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.conversations import found_conversation
from frontdesk.console.inbox_forms import PublishForm
from frontdesk.console.views.common import acting
from frontdesk.console.views.conversation_changes import ASKING, conversation_url
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.forum import escalating
from frontdesk.support.forum.notifying.letters import path_of


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def publish(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The answer as everybody will read it, to be looked through before it is posted."""
    conversation = found_conversation(conversation_id)
    topic = escalating.topic_of(conversation)
    if topic is None:
        raise NotFound
    begun = {"text": escalating.suggested(conversation), "client_id": uuid4()}
    form = PublishForm(request.POST if request.method == "POST" else None, initial=begun)
    back = conversation_url(request, conversation)
    if request.method == "POST" and form.is_valid():
        try:
            escalating.publish_answer(agent=acting(request), conversation=conversation, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, explain(refusal))
        else:
            messages.success(request, _("Posted in the community, as an answer of the team."))
            return redirect(back)
    context = {"conversation": conversation, "topic": topic, "path": path_of(topic), "form": form, "back": back}
    return render(request, "console/inbox/publish.html", context, status=422 if form.errors else 200)
