"""What agents do with chats: take, hand over, end, go on by mail; each press one verb of `support.chat`."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console.chat_forms import HandOverForm
from frontdesk.console.views.common import Question, acting
from frontdesk.core import clock
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import NotFound
from frontdesk.core.reasons import Refusal
from frontdesk.support.chat import ending, presence, taking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets.actors import agent_actor
from frontdesk.support.tickets.inbox.choices import choices_for
from frontdesk.support.tickets.models import Message
from frontdesk.support.tickets.phrases import event_lines

ASKING = ["GET", "HEAD", "POST"]


def found_chat(conversation_id: UUID) -> Chat:
    """The chat of a conversation. Raises NotFound."""
    rows = Chat.objects.select_related("conversation__person", "conversation__assignee")
    chat = rows.filter(pk=conversation_id).first()
    if chat is None:
        raise NotFound
    return chat


def page_of(chat: Chat) -> str:
    """The page of its conversation, with the field to write in."""
    return reverse("console:conversation", args=[chat.pk])


@require_POST
@require_role(Role.AGENT)
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the one that waits longest, of those that are for this agent."""
    try:
        chat = taking.take_next(acting(request))
    except Refusal as refusal:
        messages.warning(request, explain(refusal))
        return redirect("console:chats")
    if chat is None:
        messages.info(request, _("Nobody waits any more."))
        return redirect("console:chats")
    return redirect(page_of(chat))


@require_POST
@require_role(Role.AGENT)
def take(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Take this one; who comes second is told who has it."""
    chat = found_chat(conversation_id)
    try:
        taking.take(acting(request), chat)
    except Refusal as refusal:
        messages.warning(request, explain(refusal))
    return redirect(page_of(chat))


@require_POST
@require_role(Role.AGENT)
def typing(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The customer sees that somebody is writing."""
    chat = found_chat(conversation_id)
    if chat.is_on:
        presence.typing(acting(request), chat)
    return HttpResponse(status=204)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def hand_over(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """To a colleague or a team, with a note; the customer is told that somebody else goes on."""
    chat, agent = found_chat(conversation_id), acting(request)
    form = HandOverForm(request.POST or None, agent=agent, choices=choices_for(agent))
    question = Question(
        title=_("Hand the chat over"),
        consequences=[_("Whoever gets it sees all that was said, with the customer beside it.")],
        label=_("Hand over"),
        back=page_of(chat),
    )
    if request.method == "POST" and form.is_valid():
        to = form.chosen()
        name = to.shown_name if isinstance(to, Person) else to.name
        deed = lambda: taking.hand_over(agent=agent, chat=chat, to=to, note=form.cleaned_data["note"])  # noqa: E731
        if _done(request, deed, _("%s goes on from here.") % name):
            return redirect("console:chats")
    return _asked(request, chat, question, form)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def end(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Say goodbye: the customer gets what was said by mail, and is asked how it was."""
    chat, agent = found_chat(conversation_id), acting(request)
    question = Question(
        title=_("End the chat"),
        consequences=[
            _("The customer gets what was said by mail, and is asked how our help was."),
            _("Within 14 days they can go on with it, and it comes back to the inbox."),
        ],
        label=_("End the chat"),
        back=page_of(chat),
    )
    if request.method == "POST":
        actor = agent_actor(agent, chat.conversation)
        _done(request, lambda: ending.end(actor=actor, chat=chat, by=Chat.By.AGENT), _("The chat has ended."))
        return redirect(page_of(chat))
    return _asked(request, chat, question)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def to_mail(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """It takes longer: the conversation goes on by mail, and the customer is told."""
    chat, agent = found_chat(conversation_id), acting(request)
    question = Question(
        title=_("Go on by mail"),
        consequences=[
            _("The customer is told that we go on by mail, and gets what was said so far."),
            _("From now on it is a conversation like the others; your next answer is mailed."),
        ],
        label=_("Go on by mail"),
        back=page_of(chat),
    )
    if request.method == "POST":
        actor = agent_actor(agent, chat.conversation)
        _done(request, lambda: ending.to_ticket(actor=actor, chat=chat, why="agent"), _("It goes on by mail."))
        return redirect(page_of(chat))
    return _asked(request, chat, question)


def _done(request: HttpRequest, deed: Callable[[], object], said: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        deed()
    except Refusal as refusal:
        messages.error(request, explain(refusal))
        return False
    messages.success(request, said)
    return True


def _asked(request: HttpRequest, chat: Chat, question: Question, form: HandOverForm | None = None) -> HttpResponse:
    context = {"chat": chat, "question": question, "form": form}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "console/chats/deed.html", context, status=status)


@require_safe
@require_role(Role.AGENT)
def transcript(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """All that was said, to read and to print; notes are left out, so that it can be given away."""
    chat = found_chat(conversation_id)
    rows = Message.objects.filter(conversation=chat.conversation).exclude(kind=Message.Kind.NOTE)
    said = list(rows.select_related("author").prefetch_related("attachments").order_by("sequence"))
    context = {"chat": chat, "said": said, "lines": event_lines(said), "now": clock.now()}
    return render(request, "console/chats/transcript.html", context)
