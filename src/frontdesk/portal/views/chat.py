"""The chat's door: the question that it begins with, the code of guests, and what to do while nobody is there."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontdesk.core.reasons import Refusal
from frontdesk.portal.chats import askers, beginning, rooms
from frontdesk.portal.chats.askers import Asker, asking
from frontdesk.portal.chats.beginning import Context
from frontdesk.portal.chats.forms import BeginForm, CodeForm
from frontdesk.portal.forms import words_for
from frontdesk.portal.views import chat_room
from frontdesk.support.chat import queue, visitors
from frontdesk.support.chat.errors import NobodyThere
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import reading
from frontdesk.support.tickets.errors import SentAlready


@require_http_methods(["GET", "HEAD", "POST"])
@asking
def page(request: HttpRequest, asker: Asker) -> HttpResponse:
    """The chat that is on, or whose end they have missed, else the question. Sent, it begins; of guests, once they have
    entered the mailed code."""
    context = beginning.context_of(request, asker)
    if request.method == "POST":
        return _sent(request, asker, context)
    chat = None if "again" in request.GET else asker.chat()
    if chat is None:
        return _question(request, asker, context, beginning.form_of(request, asker, context, is_sent=False))
    response = _room(request, asker, chat)
    askers.hint(response, asker, is_on=True)
    return response


def _sent(request: HttpRequest, asker: Asker, context: Context) -> HttpResponse:
    if "visitor" in request.POST and "back" not in request.POST and asker.owner is None:
        return _code(request, asker, context)
    form = beginning.form_of(request, asker, context, is_sent=True)
    if "back" in request.POST or not form.is_valid():
        return _question(request, asker, context, form)
    try:
        if asker.owner is None:
            if not queue.offer(form.chosen_area()).is_open:
                raise NobodyThere
            return _asks_code(request, asker, context, beginning.ask_for_code(form, request))
        return _begin(request, asker, context, form)
    except NobodyThere:
        return _away(request, asker, context, form)
    except Refusal as refusal:
        form.add_error(None, words_for(refusal))
        if isinstance(refusal, SentAlready):
            form.renumber()
        return _question(request, asker, context, form)


def _code(request: HttpRequest, asker: Asker, context: Context) -> HttpResponse:
    """The code was entered: from now on this browser is known, whether or not the chat begins."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _asks_code(request, asker, context, form)
    try:
        secret, visitor = beginning.prove(form, request)
    except Refusal as refusal:
        form.add_error("code", words_for(refusal))
        return _asks_code(request, asker, context, form)
    known = Asker(None, visitor, asker.wants_piece, asker.is_boxed)
    question = beginning.form_of(request, known, context, is_sent=True)
    if not question.is_valid():
        response = _question(request, known, context, question)
    else:
        try:
            response = _begin(request, known, context, question)
        except NobodyThere:
            response = _away(request, known, context, question)
        except Refusal as refusal:
            question.add_error(None, words_for(refusal))
            response = _question(request, known, context, question)
    askers.remember(response, asker, secret)
    return response


def _begin(request: HttpRequest, asker: Asker, context: Context, form: BeginForm) -> HttpResponse:
    response = _room(request, asker, beginning.begin(asker, form, context))
    askers.hint(response, asker, is_on=True)
    return response


def _room(request: HttpRequest, asker: Asker, chat: Chat) -> HttpResponse:
    if not asker.wants_piece:
        return redirect("chat:room", chat.pk)
    return chat_room.show(request, rooms.enter(asker, chat.pk))


def _question(request: HttpRequest, asker: Asker, context: Context, form: BeginForm) -> HttpResponse:
    offer = queue.offer(context.area)
    if not offer.is_open:
        return _away(request, asker, context, form)
    return _show(request, asker, context, "begin", {"form": form, "offer": offer, "about": context.label})


def _away(request: HttpRequest, asker: Asker, context: Context, form: BeginForm) -> HttpResponse:
    """Nobody is there: the contact form takes over what was typed."""
    brought = {name: form[name].value() for name in ("area", "name", "email") if name in form.fields}
    shown = {
        "offer": queue.offer(context.area),
        "text": form["text"].value() or "",
        "brought": {name: value for name, value in brought.items() if value},
        "contact_url": beginning.contact_url(context),
    }
    return _show(request, asker, context, "away", shown)


def _asks_code(request: HttpRequest, asker: Asker, context: Context, form: CodeForm) -> HttpResponse:
    return _show(request, asker, context, "code", {"form": form, "address": form["email"].value()})


def _show(request: HttpRequest, asker: Asker, context: Context, piece: str, shown: dict[str, Any]) -> HttpResponse:
    action = reverse("chat:page") + (f"?{context.query}" if context.query else "")
    here = urlencode({"next": action})
    shown |= {"asker": asker, "action": action, "sign_in": f"{resolve_url(settings.LOGIN_URL)}?{here}"}
    name = f"chat/parts/{piece}.html"
    if asker.wants_piece:
        return render(request, name, shown)
    return render(request, "chat/page.html", {**shown, "piece": name, "piece_url": action})


@require_safe
@asking
def state(request: HttpRequest, asker: Asker) -> HttpResponse:
    """For the launcher: whether a chat is on, and how much of it is new, also once it has ended. It is asked only where
    the hint says so."""
    chat = asker.chat()
    if chat is None:
        response = JsonResponse({"is_on": False, "unread": 0})
    else:
        room = rooms.enter(asker, chat.pk)
        shown = {"is_on": chat.is_on, "unread": reading.count_new(room.participant), "topic": room.topic}
        response = JsonResponse({**shown, "ticket": room.ticket})
    askers.hint(response, asker, is_on=chat is not None)
    return response


@require_POST
@asking
def forget(request: HttpRequest, asker: Asker) -> HttpResponse:
    """This browser is not that guest's any more."""
    if asker.visitor:
        visitors.forget(asker.visitor)
    stranger = Asker(asker.person, None, asker.wants_piece, asker.is_boxed)
    context = beginning.context_of(request, stranger)
    form = beginning.form_of(request, stranger, context, is_sent=False)
    response = _question(request, stranger, context, form) if asker.wants_piece else redirect("chat:page")
    askers.forget(response, asker)
    askers.hint(response, asker, is_on=stranger.chat() is not None)
    return response
