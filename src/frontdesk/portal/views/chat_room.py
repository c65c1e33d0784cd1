"""In the chat: what is said and what is new, files, who is here, and how it ends. Each belongs to who began it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontdesk.accounts.views.common import View
from frontdesk.core import clock
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.reasons import Refusal
from frontdesk.portal import uploads
from frontdesk.portal.chats import askers, passes, rooms
from frontdesk.portal.chats.askers import Asker, asking
from frontdesk.portal.chats.beginning import number
from frontdesk.portal.chats.emoji import EMOJI
from frontdesk.portal.chats.forms import SayForm
from frontdesk.portal.chats.rooms import Room
from frontdesk.portal.forms import words_for
from frontdesk.portal.talks import ShownFile
from frontdesk.portal.uploads import Files, Owner
from frontdesk.portal.views.after_solving import SCORES
from frontdesk.support.chat import ending, presence, talking
from frontdesk.support.chat import transcript as mailing
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import following
from frontdesk.support.tickets.conversations import waking
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import SentAlready
from frontdesk.support.tickets.models import Message
from frontdesk.ui.live import ticket_for


class RoomView(Protocol):
    """A view of somebody in a chat of theirs."""

    def __call__(self, request: HttpRequest, room: Room, *args: Any, **kwargs: Any) -> HttpResponse: ...


def in_room(view: Callable[..., HttpResponse]) -> View:
    """Hand the room to a `RoomView`. Raises ChatUnknown for a stranger's as for none."""

    @wraps(view)
    def entered(request: HttpRequest, asker: Asker, chat_id: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, rooms.enter(asker, chat_id), *args, **kwargs)

    return asking(entered)


def for_scripts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals as JSON, with what to do in `words` and Retry-After, where a script asks."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            if not request.headers.get(askers.KIND):
                raise
            response = JsonResponse({"code": refusal.code, "words": words_for(refusal)}, status=refusal.reason.status)
            wait = refusal.wait_seconds(clock.real_now())
            if wait is not None:
                response["Retry-After"] = str(wait)
            return response

    return answered


@require_safe
@in_room
def page(request: HttpRequest, room: Room) -> HttpResponse:
    """The chat on a page of its own; without scripts it is loaded again to see what is new."""
    talking.read(room.chat, by=room.participant, upto=room.conversation.last_sequence)
    if room.is_on:
        presence.here(room.chat)
    return show(request, room)


@require_safe
@in_room
def piece(request: HttpRequest, room: Room) -> HttpResponse:
    """The same as a piece."""
    return show(request, room, is_piece=True)


def show(request: HttpRequest, room: Room, *, notice: str = "", is_piece: bool = False, **sending: Any) -> HttpResponse:
    """The chat, as whoever asks for it wants it."""
    before = number(request.GET.get("before", ""))  # without scripts: an earlier part
    shown = {
        "room": room,
        "said": room.latest(before),
        "before": before,
        "form": SayForm(),
        "files": Files(),
        "emoji": EMOJI,
        "scores": SCORES,
        "notice": notice,
        "again_url": reverse("chat:page") + "?again=1",
        "again_piece": reverse("chat:page") + "?again=1",
        **sending,
    }
    if room.asker.wants_piece or is_piece:
        return render(request, "chat/parts/room.html", shown)
    response = render(request, "chat/page.html", {**shown, "piece": "chat/parts/room.html", "piece_url": room.piece})
    askers.hint(response, room.asker, is_on=room.is_on)
    return response


@require_safe
@for_scripts
@in_room
def news(request: HttpRequest, room: Room) -> HttpResponse:
    """What is new behind `after`, and how the chat stands."""
    said = room.fresh(number(request.GET.get("after", "")))
    context = {"room": room, "said": said}
    lines = render_to_string("chat/parts/lines.html", context, request) if said.said.lines else ""
    return JsonResponse(
        {
            "lines": lines,
            "upto": said.upto,
            "more": said.has_later,
            "stage": room.stage,
            "status": render_to_string("chat/parts/status.html", context, request),
            "typing": room.typing_words,
            "read": room.read_by_us,
        }
    )


@require_POST
@for_scripts
@in_room
def say(request: HttpRequest, room: Room) -> HttpResponse:
    """Words and files. The same `client_id` says it once, however often it is sent."""
    form, owner = SayForm(request.POST), _owner(room)
    taken = uploads.take(request, owner)
    is_script = bool(request.headers.get(askers.KIND))
    if form.is_valid() and taken.are_whole:
        try:
            message = _say(room, form, taken, owner)
            if is_script:
                return JsonResponse({"sequence": message.sequence})
            return redirect(f"{room.page}#newest")
        except Refusal as refusal:
            if is_script:
                raise
            form.add_error(None, words_for(refusal))
            if isinstance(refusal, SentAlready):
                form.renumber()
    if is_script:
        words = taken.problem or " ".join(str(each) for errors in form.errors.values() for each in errors)
        return JsonResponse({"code": "request_invalid", "words": words}, status=422)
    return show(request, room, form=form, files=taken)


@transaction.atomic
def _say(room: Room, form: SayForm, taken: Files, owner: Owner) -> Message:
    claimed = uploads.claim([file.pk for file in taken.kept], owner)
    return talking.customer_says(
        actor=room.asker.actor,
        chat=room.chat,
        writer=room.participant,
        words=Words(form.cleaned_data["text"], attachments=claimed),
        client_id=form.cleaned_data["client_id"],
    )


@require_POST
@for_scripts
@in_room
def here(request: HttpRequest, room: Room) -> HttpResponse:
    """Somebody has the chat before them, types perhaps, and has read up to there."""
    if room.is_on:
        presence.here(room.chat, typing=request.POST.get("typing") == "1")
    upto = number(request.POST.get("upto", ""))
    if upto > room.participant.last_read_sequence:
        talking.read(room.chat, by=room.participant, upto=upto)
    return HttpResponse(status=204)


@require_POST
@for_scripts
@in_room
def left(request: HttpRequest, room: Room) -> HttpResponse:
    """The page is closed, as far as one can tell."""
    presence.left(room.chat)
    return HttpResponse(status=204)


@require_safe
@never_cache
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """A ticket for the stream that tells when there is news, for whoever has the chat's pass. Raises NotFound."""
    chat = Chat.objects.filter(pk=passes.read(token)).first()
    if chat is None:
        raise NotFound
    return ticket_for(request, waking.talk(chat.pk))


@require_POST
@for_scripts
@in_room
def upload(request: HttpRequest, room: Room) -> HttpResponse:
    """Files, before the message is sent that they go with."""
    taken = uploads.take(request, _owner(room))
    kept = [{"id": str(file.pk), "name": file.name} for file in taken.kept]
    refused = [f"{each.name}: {ShownFile(each, '').why}" for each in taken.refused]
    words = " ".join([taken.problem, *refused]).strip()
    return JsonResponse({"files": kept, "words": words}, status=200 if kept else 422)


@require_POST
@in_room
def end(request: HttpRequest, room: Room) -> HttpResponse:
    """The customer is done."""
    ending.end(actor=room.asker.actor, chat=room.chat, by=Chat.By.CUSTOMER)
    return _stands(request, room)


@require_POST
@in_room
def by_mail(request: HttpRequest, room: Room) -> HttpResponse:
    """The customer would rather go on by mail."""
    ending.to_ticket(actor=room.asker.actor, chat=room.chat, why="left")
    return _stands(request, room)


@require_POST
@in_room
def transcript(request: HttpRequest, room: Room) -> HttpResponse:
    """Mail what was said so far."""
    try:
        mailing.mail(actor=room.asker.actor, chat=room.chat, to=room.participant)
        notice = _("We have mailed it to %(address)s.") % {"address": room.participant.address}
    except TooManyAttempts as refusal:
        notice = words_for(refusal)
    return _stands(request, room, notice)


@require_POST
@in_room
def survey(request: HttpRequest, room: Room) -> HttpResponse:
    """How it was. Raises NotFound when nobody asked, or for an answer that means nothing."""
    score = number(request.POST.get("score", ""))
    if room.survey_row is None or score not in following.SCORES:
        raise NotFound
    following.rate(survey=room.survey_row, score=score, words=request.POST.get("words", ""))
    return _stands(request, room)


def _stands(request: HttpRequest, room: Room, notice: str = "") -> HttpResponse:
    """How the chat stands now."""
    if not room.asker.wants_piece and not notice:
        return redirect("chat:room", room.chat.pk)
    return show(request, rooms.enter(room.asker, room.chat.pk), notice=notice)


def _owner(room: Room) -> Owner:
    """Uploads belong to the account, or to the guest's chat."""
    person, visitor = room.asker.person, room.chat.visitor_id
    return Owner.of(None if visitor else person, uploads.key_of(f"{room.chat.pk} {visitor}") if visitor else "")
