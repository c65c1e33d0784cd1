"""Who gets copies of a conversation, and blacking out what should not stand in it: each with a reason."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.access import require_role
from frontdesk.accounts.roles import Role
from frontdesk.console.conversations import found_conversation
from frontdesk.console.forms import ReasonForm
from frontdesk.console.inbox_forms import CopiesForm
from frontdesk.console.views.common import Question, Text, ask
from frontdesk.console.views.conversation_changes import ASKING, conversation_url
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.support.tickets.conversations import redacting, taking_part
from frontdesk.support.tickets.conversations.opening import COPIES
from frontdesk.support.tickets.models import Conversation, Message, Participant

MAILED = (Message.Kind.AGENT, Message.Kind.AUTOMATIC)


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def add_copies(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Let others take part."""
    conversation = found_conversation(conversation_id)
    question = Question(
        title=_("Add copies"),
        consequences=[
            _("From now on they get by mail what we and the customer say, and can answer it."),
            _("What was said before they do not get. Notes nobody outside sees."),
            _("The customer sees that they take part."),
        ],
        label=_("Add them"),
        back=conversation_url(request, conversation),
    )

    def deed(actor: Actor, data: dict[str, Any]) -> Text:
        made = taking_part.add_copies(actor=actor, conversation=conversation, addresses=data["addresses"])
        return _added([each.address for each in made], data["addresses"], conversation)

    form = CopiesForm(request.POST or None, initial={"reason": conversation.reference, "addresses": _asked_at(request)})
    return ask(request, question=question, form=form, deed=deed, context={"person": conversation.person})


def _asked_at(request: HttpRequest) -> str:
    """The address at which a sender asked for answers, for the agent to look at."""
    return request.GET.get("to", "")[:254]


def _added(made: list[str], asked: list[str], conversation: Conversation) -> Text:
    """Who was added, and who was not for want of room; who takes part already needs no word of their own."""
    there = set(conversation.participants.values_list("address", flat=True))
    left = [address for address in asked if address not in there]
    said = _("Added: %s.") % ", ".join(made) if made else "" if left else _("They take part already.")
    full = _("No room for %(who)s: %(most)s copies are enough.") % {
        "who": ", ".join(left),
        "most": COPIES,
    }
    return " ".join(filter(None, [said, full if left else ""]))


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def remove_copy(request: HttpRequest, conversation_id: UUID, participant_id: int) -> HttpResponse:
    """Take somebody out who got copies."""
    conversation = found_conversation(conversation_id)
    copies = Participant.objects.filter(conversation=conversation, role=Participant.Role.COPY)
    found = copies.select_related("conversation").filter(pk=participant_id).first()
    if found is None:
        raise NotFound
    question = Question(
        title=_("Take %s out") % found.address,
        consequences=[_("They get nothing more, and cannot answer any more. What they wrote stays.")],
        label=_("Take them out"),
        back=conversation_url(request, conversation),
        tone="danger",
    )

    def deed(actor: Actor, _data: dict[str, Any]) -> Text:
        gone = taking_part.remove_copy(actor=actor, participant=found)
        return _("%s gets no more copies.") % found.address if gone else _("That was so already.")

    form = ReasonForm(request.POST or None, initial={"reason": conversation.reference})
    return ask(request, question=question, form=form, deed=deed, context={"person": conversation.person})


@require_http_methods(ASKING)
@require_role(Role.AGENT)
def redact(request: HttpRequest, conversation_id: UUID, sequence: int) -> HttpResponse:
    """Black out a message for good."""
    conversation = found_conversation(conversation_id)
    rows = Message.objects.filter(conversation=conversation, sequence=sequence, redacted_at=None)
    message = rows.exclude(kind=Message.Kind.EVENT).select_related("conversation").first()
    if message is None:
        raise NotFound
    question = Question(
        title=_("Black out a message"),
        consequences=_what_goes(message),
        label=_("Black it out"),
        back=conversation_url(request, conversation),
        tone="danger",
    )

    def deed(actor: Actor, _data: dict[str, Any]) -> Text:
        done = redacting.redact(actor=actor, message=message)
        return _("The message is blacked out.") if done else _("That was so already.")

    form = ReasonForm(request.POST or None)
    return ask(request, question=question, form=form, deed=deed, context={"person": conversation.person})


def _what_goes(message: Message) -> list[Text]:
    names = {
        "kind": message.get_kind_display(),
        "when": date_format(localtime(message.created_at), "DATETIME_FORMAT"),
        "words": message.text[:80],
    }
    said = [
        _("It is this one: %(kind)s, %(when)s: “%(words)s”") % names,
        _("Its words and its files go for good, with the mail that it came by, in copies of it, too."),
        _("Nobody can bring them back."),
    ]
    if message.kind in MAILED:
        said.append(_("It was mailed: what has left cannot be called back, only our own copy is blacked out."))
    return [*said, _("That something was said, by whom and when, stays.")]
