"""Answering and noting: sent once, kept while it is written, and never past what a colleague has just said."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontdesk.accounts.access import require_role
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.console.conversations import found_conversation
from frontdesk.console.views.common import acting, seen_in, uuids_in
from frontdesk.console.views.conversation import page
from frontdesk.console.views.inbox import filter_in_use
from frontdesk.core import clock
from frontdesk.core.backoffice.base import explain
from frontdesk.core.errors import RequestInvalid, TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.support.chat import talking
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import attachments
from frontdesk.support.tickets.beside import drafts, presence
from frontdesk.support.tickets.beside.drafts import Writing
from frontdesk.support.tickets.conversations.saying import Words, add_note, agent_answers
from frontdesk.support.tickets.conversations.words import says_nothing
from frontdesk.support.tickets.errors import FilesLeftOut, SentAlready, SomebodyAnswered
from frontdesk.support.tickets.models import Attachment, Conversation, Message

LOOKED_AT = 2 * attachments.MAX_COUNT  # of a form's files: enough to see that there are too many
THEN = {Conversation.Status.WAITING, Conversation.Status.OPEN, Conversation.Status.SOLVED}


@require_POST
@require_role(Role.AGENT)
def write(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Send an answer, or keep a note. When somebody has spoken meanwhile the page comes back with that and the text.

    The page of a chat stays as it is, and is told what became of it.
    """
    conversation = found_conversation(conversation_id)
    is_asked_by_script = request.headers.get("X-Part") == "said"
    return _say(request, conversation) if is_asked_by_script else _write(request, acting(request), conversation)


def _write(request: HttpRequest, agent: Person, conversation: Conversation) -> HttpResponse:
    kept, refused = _files(request, agent)
    writing = _writing(request, kept)
    drafts.save(person=agent, conversation=conversation, writing=writing)
    if says_nothing(writing.text):
        return _again(request, conversation, _("Write something first."))
    if refused:
        return _again(request, conversation, " ".join(_refused(row) for row in refused))
    try:
        said = _send(request, agent, conversation, writing)
    except SomebodyAnswered as refusal:
        return _again(request, conversation, explain(refusal), seen=seen_in(request))
    except SentAlready as refusal:
        drafts.save(person=agent, conversation=conversation, writing=replace(writing, client_id=uuid4()))
        return _again(request, conversation, explain(refusal), seen=seen_in(request))
    except Refusal as refusal:
        return _again(request, conversation, explain(refusal))
    drafts.forget_sent(person=agent, conversation=conversation, message=said)
    presence.leave(agent, conversation)
    messages.success(request, _("The note is kept.") if writing.kind == Message.Kind.NOTE else _("The answer is sent."))
    return redirect(_address(request, conversation))


def _say(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """For a page that sends by itself: the sequence under which it stands, or why it does not."""
    agent = acting(request)
    writing = _writing(request, uuids_in(request.POST.getlist("attachment")[:LOOKED_AT]))
    try:
        said = _send(request, agent, conversation, writing, in_chat=True)
    except TooManyAttempts as refusal:
        wait = refusal.wait_seconds(clock.real_now()) or 1
        return JsonResponse({"problem": explain(refusal)}, status=429, headers={"Retry-After": str(wait)})
    except Refusal as refusal:
        return JsonResponse({"problem": explain(refusal)}, status=422)
    drafts.forget_sent(person=agent, conversation=conversation, message=said)
    return JsonResponse({"sequence": said.sequence})


@transaction.atomic
def _send(
    request: HttpRequest, agent: Person, conversation: Conversation, writing: Writing, *, in_chat: bool = False
) -> Message:
    """Add what the form holds. `in_chat`: it was written in a chat, where nobody waits for what the other says; when
    that is over meanwhile, it goes by mail all the same."""
    if writing.kind not in {Message.Kind.NOTE, Message.Kind.AGENT}:
        raise RequestInvalid  # a note that is taken for an answer would go to the customer
    chosen = list(writing.attachments)
    files = attachments.claim(ids=chosen, uploaded_by=agent.pk)
    if attachments.are_left_out(ids=chosen, found=files, uploaded_by=agent.pk):
        raise FilesLeftOut  # nobody says "see the picture" without the picture
    if writing.kind == Message.Kind.NOTE:
        return add_note(
            agent=agent, conversation=conversation, text=writing.text, client_id=writing.client_id, attachments=files
        )
    words = Words(writing.text, attachments=files)
    chat = Chat.objects.filter(pk=conversation.pk).first() if in_chat or conversation.in_chat else None
    if chat is not None:
        return talking.agent_says(agent=agent, chat=chat, words=words, client_id=writing.client_id)
    then = request.POST.get("then", "")
    return agent_answers(
        agent=agent,
        conversation=conversation,
        words=words,
        client_id=writing.client_id,
        seen=seen_in(request),
        then=then if then in THEN else Conversation.Status.WAITING,
    )


def _again(request: HttpRequest, conversation: Conversation, problem: str, seen: int | None = None) -> HttpResponse:
    """The page as it stands now, with what was written. Of a conversation that was merged meanwhile, the one that it
    lives on in, of which its writer has read nothing."""
    current = found_conversation(conversation.pk)
    while current.merged_into is not None:
        drafts.bring_along(source=current, target=current.merged_into, person=acting(request))
        current, seen = found_conversation(current.merged_into.pk), 0
        problem = _("The conversation was merged into this one while you wrote. Read it, then send.")
    return page(request, current, seen=seen, problem=problem, status=409 if seen is not None else 422)


def _address(request: HttpRequest, conversation: Conversation) -> str:
    return f"{reverse('console:conversation', args=[conversation.pk])}?{filter_in_use(request).address}"


def _files(request: HttpRequest, agent: Person) -> tuple[list[UUID], list[Attachment]]:
    """What was attached, and what of the form's own files we do not take. Files are stored first, so that no refusal
    loses one; those beyond what a message takes are kept in mind, so that sending can say so."""
    kept, refused = uuids_in(request.POST.getlist("attachment")[:LOOKED_AT]), []
    for file in request.FILES.getlist("files")[:LOOKED_AT]:
        row = _store(file, agent)
        if row.refused:
            refused.append(row)
        else:
            kept.append(row.pk)
    return kept, refused


def _writing(request: HttpRequest, kept: Sequence[UUID]) -> Writing:
    """What the form holds."""
    found = uuids_in([request.POST.get("client_id", "")])
    return Writing(
        kind=request.POST.get("kind", ""),
        text=request.POST.get("text", ""),
        client_id=found[0] if found else uuid4(),
        attachments=tuple(kept),
    )


def _refused(row: Attachment) -> str:
    return _("%s cannot be sent: it is too large or of a kind that we do not take.") % row.name


def _store(file: Any, agent: Person) -> Attachment:
    data = file.read(attachments.MAX_SIZE + 1)
    return attachments.store(name=file.name, data=data, content_type=file.content_type or "", uploaded_by=agent.pk)


@require_POST
@require_role(Role.AGENT)
def save_draft(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Keep what is being written."""
    agent, conversation = acting(request), found_conversation(conversation_id)
    kept = uuids_in(request.POST.getlist("attachment")[:LOOKED_AT])
    saved = drafts.save(person=agent, conversation=conversation, writing=_writing(request, kept))
    return JsonResponse({"saved": saved})


@require_POST
@require_role(Role.AGENT)
def upload(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Take a file for the answer that is being written."""
    agent = acting(request)
    found_conversation(conversation_id)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"refused": _("There is no file.")}, status=422)
    row = _store(file, agent)
    if row.refused:
        return JsonResponse({"name": row.name, "refused": _refused(row)}, status=422)
    return JsonResponse({"id": str(row.pk), "name": row.name, "size": row.size})
