"""What chats hold about people (`core.personal`). What is said belongs to conversations."""

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from frontdesk.core import personal
from frontdesk.core.personal import Eraser, Exporter, Row, Traces
from frontdesk.core.reasons import Text
from frontdesk.support.chat import erasing
from frontdesk.support.chat.models import Chat, Visitor

RANK = 3  # before conversations lose whose they are

CHATS: dict[str, Text] = {
    "of_conversation": _("Conversation"),
    "state": _("State"),
    "page": _("Page"),
    "site": _("Website"),
    "began_at": _("Begun"),
    "answered_at": _("First answered"),
    "ended_at": _("Ended"),
    "ended_by": _("Ended by"),
}
VISITS: dict[str, Text] = {
    "address": _("E-mail address"),
    "name": _("Name"),
    "language": _("Language"),
    "proved_at": _("Address confirmed"),
    "expires_at": _("Kept until"),
}


def enter() -> None:
    """Speak for these tables."""
    personal.shows(Exporter("chats", _("Chats with us"), CHATS, _chats, ("chat.Chat",)))
    personal.shows(Exporter("chat-visits", _("Chats without an account"), VISITS, _visits, ("chat.Visitor",)))
    personal.erases(Eraser("chat", RANK, erasing.erase, erasing.COVERS))
    personal.not_shown("how the vendor chats", "chat.ChatSettings")


def _chats(traces: Traces) -> Iterable[Row]:
    numbers = Chat.objects.filter(erasing.own(traces)).values_list("pk", flat=True)
    named = Chat.objects.filter(pk__in=list(numbers)).annotate(of_conversation=F("conversation__reference"))
    found: Iterable[Row] = named.order_by("began_at", "pk").values(*CHATS)
    return found


def _visits(traces: Traces) -> Iterable[Row]:
    rows = Visitor.objects.filter(address__in=traces.addresses)
    found: Iterable[Row] = rows.order_by("expires_at", "pk").values(*VISITS)
    return found
