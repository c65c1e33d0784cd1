"""My conversations: the list, and each of them. Guests see theirs by the secret of their mailed link."""

from functools import wraps
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from frontdesk.accounts.models import Person
from frontdesk.accounts.views.common import View, for_person
from frontdesk.core import throttle
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.numbers import whole
from frontdesk.core.throttle import Limit
from frontdesk.portal import uploads
from frontdesk.portal.contact_form import ReplyForm
from frontdesk.portal.forms import words_for
from frontdesk.portal.people import signed_in
from frontdesk.portal.talks import Seat, State
from frontdesk.portal.uploads import Files, Owner
from frontdesk.support.tickets import reading, selectors
from frontdesk.support.tickets.conversations import changing, saying, waking
from frontdesk.support.tickets.conversations.words import Words
from frontdesk.support.tickets.errors import ConversationClosed, SentAlready
from frontdesk.support.tickets.models import Channel, Conversation, Message
from frontdesk.ui.live import ticket_for

OF_A_SEAT = Limit("reply", 60, 3_600)
A_PAGE = 20
SHOWN = {
    "open": (Conversation.Status.OPEN, Conversation.Status.WAITING),
    "solved": (Conversation.Status.SOLVED, Conversation.Status.CLOSED),
}


class SeatView(Protocol):
    """A view of somebody who takes part in a conversation."""

    def __call__(self, request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> HttpResponse: ...


def in_account(view: SeatView) -> View:
    """The view for a customer who is signed in and may read the conversation. Raises ConversationUnknown."""

    @for_person
    @wraps(view)
    def of_person(
        request: HttpRequest, person: Person, conversation_id: UUID, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        conversation = selectors.access_conversation(person, conversation_id)
        return view(request, Seat(conversation, reading.participant_of(person, conversation)), *args, **kwargs)

    return of_person


def as_guest(view: SeatView) -> View:
    """The view for whoever holds the mailed link. Raises ConversationUnknown."""

    @never_cache
    @wraps(view)
    def of_guest(request: HttpRequest, conversation_id: UUID, secret: str, *args: Any, **kwargs: Any) -> HttpResponse:
        guest = selectors.guest(conversation_id, secret)
        response = view(request, Seat(guest.conversation, guest, secret, conversation_id), *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return of_guest


@require_safe
@for_person
def overview(request: HttpRequest, person: Person) -> HttpResponse:
    """All of a customer's conversations, to filter and to search."""
    rows, show, query = reading.listed(person), request.GET.get("show", ""), request.GET.get("q", "").strip()[:100]
    found = rows.filter(status__in=SHOWN[show]) if show in SHOWN else rows
    if query:
        said = Message.objects.filter(
            text__icontains=query, kind__in=reading.PUBLIC, conversation__in=rows.values("pk")
        )
        named = Q(subject__icontains=query) | Q(reference__iexact=query)
        found = found.filter(named | Q(pk__in=said.values("conversation")))
    page = Paginator(found.select_related("assignee"), A_PAGE).get_page(request.GET.get("page"))
    shown = [(each, State(each)) for each in page]
    context = {"page": page, "shown": shown, "show": show, "query": query, "has_any": bool(shown) or rows.exists()}
    context["tabs"] = _tabs(show, query)
    return render(request, "conversations/list.html", context)


def _tabs(show: str, query: str) -> dict[str, str]:
    """The addresses of the filters, which keep what was searched for, and the one that is shown."""
    urls = {each or "all": f"?{urlencode({'show': each, 'q': query})}" for each in ("", *SHOWN)}
    return urls | {"current": urls[show if show in SHOWN else "all"]}


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What was said last (`before`: what was said before a message), and the form to go on."""
    owner = _owner(request, seat)
    form, files = ReplyForm(request.POST or None), Files()
    if request.method == "POST":
        files = uploads.take(request, owner)
        if form.is_valid() and files.are_whole:
            try:
                _reply(seat, form, files, owner)
                return redirect(seat.page + "#newest")
            except (TooManyAttempts, ConversationClosed, SentAlready) as refusal:
                form.add_error(None, words_for(refusal))
                if isinstance(refusal, SentAlready):
                    form.renumber()
    return _page(request, seat, {"form": form, "files": files, "upload_key": owner.key})


def _page(request: HttpRequest, seat: Seat, replying: dict[str, Any]) -> HttpResponse:
    before = _number(request.GET.get("before", ""))
    context: dict[str, Any] = {"seat": seat, "said": seat.latest(before), "before": before}
    if getattr(request, "htmx", False) and before:
        return render(request, "conversations/parts/lines.html", context)
    if not before:
        _seen(seat, context["said"].upto)
    context["chat_is_on"] = seat.conversation.in_chat and not seat.secret
    context["people"] = seat.conversation.participants.order_by("pk")
    return render(request, "conversations/conversation.html", context | replying)


@require_safe
def news(request: HttpRequest, seat: Seat) -> HttpResponse:
    """What was said after a message, for a page that is open; nothing (204) when nothing is new.

    A page of a conversation that was merged since (`of` is another) loads anew, where it went.
    """
    now = seat.conversation
    if request.GET.get("of", str(now.pk)) != str(now.pk):
        return HttpResponse(status=204, headers={"HX-Redirect": seat.page})
    after = _number(request.GET.get("after", ""))
    if now.last_sequence <= after and request.GET.get("status", now.status) == now.status:
        return HttpResponse(status=204)
    said = seat.fresh(after)
    _seen(seat, said.upto)
    response = render(request, "conversations/parts/news.html", {"seat": seat, "said": said})
    return trigger_client_event(response, "live", after="settle") if said.has_later else response


@require_safe
def message(request: HttpRequest, seat: Seat, sequence: int) -> HttpResponse:
    """All of one message, with what it quotes. Raises NotFound."""
    found = selectors.public_messages(seat.conversation).filter(sequence=sequence).first()
    if found is None:
        raise NotFound
    return render(request, "conversations/message.html", {"seat": seat, "message": found})


@require_safe
def ticket(request: HttpRequest, seat: Seat) -> HttpResponse:
    """A ticket for the stream that tells when there is news."""
    return ticket_for(request, waking.talk(seat.conversation.pk))


@require_POST
def solution(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The customer says that it is solved."""
    if changing.solve(actor=_actor(seat), conversation=seat.conversation, by=seat.participant):
        messages.success(request, _("Good to hear. Should it come back, open it again here, within 14 days."))
    return redirect(seat.page)


@require_POST
def reopening(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The customer says that it is not. Raises ConversationClosed after 14 days, as for a reply."""
    if seat.state.is_closed:
        raise ConversationClosed
    if changing.still_fails(actor=_actor(seat), conversation=seat.conversation, by=seat.participant):
        messages.success(request, _("It is open again, and our team sees it. Tell us below what still goes wrong."))
    return redirect(seat.page + "#reply")


@transaction.atomic
def _reply(seat: Seat, form: ReplyForm, files: Files, owner: Owner) -> None:
    """Raises TooManyAttempts, ConversationClosed, SentAlready."""
    number = form.cleaned_data["client_id"]
    if not Message.objects.filter(conversation=seat.conversation, client_id=number).exists():
        throttle.reserve(OF_A_SEAT, str(seat.participant.pk))
    claimed = uploads.claim([file.pk for file in files.kept], owner)
    saying.customer_writes(
        actor=_actor(seat),
        conversation=seat.conversation,
        writer=seat.participant,
        words=Words(form.cleaned_data["text"], attachments=claimed),
        channel=Channel.FORM,
        client_id=number,
    )


def _actor(seat: Seat) -> Actor:
    person = seat.participant.person_id
    return Actor.customer(person) if person else Actor.system("guest")


def _owner(request: HttpRequest, seat: Seat) -> Owner:
    """Uploads on a guest's page belong to its link, whoever is signed in."""
    return Owner.of(signed_in(request), uploads.key_of(seat.secret) if seat.secret else "")


def _seen(seat: Seat, upto: int) -> None:
    reading.mark_read(seat.participant, upto)


def _number(value: str) -> int:
    return whole(value, most=10**9) or 0
