"""What conversations hold about people (`core.personal`)."""

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from frontdesk.core import personal
from frontdesk.core.personal import Eraser, Exporter, Row, StoredFile, Traces
from frontdesk.core.reasons import Text
from frontdesk.support.tickets import erasing
from frontdesk.support.tickets.models import (
    Attachment,
    Conversation,
    IncomingMail,
    Message,
    OutgoingMail,
    Participant,
    PendingContact,
    QuietAddress,
    Survey,
)
from frontdesk.support.tickets.selectors import INTERNAL

RANK = 4  # before the accounts' letters lose their person

CONVERSATIONS: dict[str, Text] = {
    "reference": _("Reference"),
    "subject": _("Subject"),
    "channel": _("Channel"),
    "status": _("Status"),
    "priority": _("Priority"),
    "language": _("Language"),
    "of_area": _("Area"),
    "of_product": _("Product"),
    "of_license": _("Licence"),
    "plan_name": _("Plan"),
    "reason_code": _("Reason"),
    "tags": _("Tags"),
    "created_at": _("Begun"),
    "solved_at": _("Solved"),
}
MESSAGES: dict[str, Text] = {
    "of_conversation": _("Conversation"),
    "sequence": _("Number"),
    "kind": _("By"),
    "channel": _("Channel"),
    "author_name": _("Name"),
    "author_address": _("E-mail address"),
    "text": _("Text"),
    "quoted": _("Quoted"),
    "created_at": _("Date"),
}
FILES: dict[str, Text] = {
    "of_conversation": _("Conversation"),
    "name": _("Name"),
    "content_type": _("Type"),
    "size": _("Bytes"),
    "sha256": _("Checksum"),
    "refused": _("Why it was not taken"),
    "created_at": _("Date"),
}
PARTS: dict[str, Text] = {
    "of_conversation": _("Conversation"),
    "role": _("Part"),
    "address": _("E-mail address"),
    "name": _("Name"),
    "proved_at": _("Address confirmed"),
    "bounced_at": _("Mail came back"),
}
MAILS: dict[str, Text] = {
    "received_at": _("Received"),
    "from_address": _("From"),
    "from_name": _("Name"),
    "envelope_from": _("Sender"),
    "envelope_to": _("To"),
    "subject": _("Subject"),
    "source": _("Came by"),
    "authentication": _("Sender checked"),
    "verdict": _("What became of it"),
    "detail": _("Why"),
    "sha256": _("Checksum"),
    "size": _("Bytes"),
}
SENT: dict[str, Text] = {
    "of_conversation": _("Conversation"),
    "address": _("To"),
    "bounced_at": _("Came back"),
    "bounce": _("Why"),
}
REQUESTS: dict[str, Text] = {
    "address": _("E-mail address"),
    "name": _("Name"),
    "language": _("Language"),
    "subject": _("Subject"),
    "text": _("Text"),
    "context": _("About"),
    "created_at": _("Date"),
    "expires_at": _("Kept until"),
}
SURVEYS: dict[str, Text] = {
    "of_conversation": _("Conversation"),
    "asked_at": _("Asked"),
    "score": _("Score"),
    "words": _("Words"),
    "answered_at": _("Answered"),
}
QUIET: dict[str, Text] = {"address": _("E-mail address"), "created_at": _("Since")}

WORK = ("Agent", "Draft", "Presence", "Mention", "Reminder", "SavedView", "BlockedSender", "StateChange", "RuleRun")
NOBODYS = (
    "Area", "Skill", "Team", "ImapFolder", "CannedReply", "Macro", "Rule", "ServiceLevel", "Calendar",
    "CalendarVersion", "Policy",
)  # fmt: skip
Columns = Mapping[str, Text]


def enter() -> None:
    """Speak for these tables."""
    _show("conversations", _("Conversations"), CONVERSATIONS, _conversations, "Conversation")
    _show("conversation-messages", _("What was said in conversations"), MESSAGES, _messages, "Message")
    _show("conversation-files", _("Files of conversations"), FILES, _files, "Attachment", file=_file)
    _show("conversation-parts", _("Conversations you take part in"), PARTS, _parts, "Participant")
    _show("mails-received", _("Mails we received from you"), MAILS, _mails, "IncomingMail")
    _show("mails-sent", _("Mails of conversations that went to you"), SENT, _sent, "OutgoingMail")
    _show("contact-requests", _("Requests that wait for your confirmation"), REQUESTS, _requests, "PendingContact")
    _show("surveys", _("What you thought of our help"), SURVEYS, _surveys, "Survey")
    _show("quiet-addresses", _("Addresses that we ask nothing"), QUIET, _quiet, "QuietAddress")
    personal.erases(Eraser("tickets", RANK, erasing.erase, erasing.COVERS))
    personal.not_shown("the words of conversations, which are shown", "tickets.ConversationSearch")
    personal.not_shown("mails as they came; what they said is in the conversation", "tickets.RawMail")
    personal.not_shown("how staff do their work, and times", *(f"tickets.{name}" for name in WORK))
    personal.about_nobody("keyed marks of erased mails, which tell nothing by themselves", "tickets.ErasedMail")
    personal.about_nobody("how the desk is set up", *(f"tickets.{name}" for name in NOBODYS))
    personal.warns(_warnings)


def _show(
    name: str,
    title: Text,
    columns: Columns,
    rows: Callable[[Columns, Traces], Iterable[Row]],
    model: str,
    file: Callable[[Row], StoredFile | None] | None = None,
) -> None:
    personal.shows(Exporter(name, title, columns, lambda traces: rows(columns, traces), (f"tickets.{model}",), file))


def _own(traces: Traces) -> QuerySet[Conversation]:
    """Theirs, and those that began with a mail from an address of theirs."""
    asked = Participant.objects.filter(role=Participant.Role.REQUESTER, address__in=traces.addresses)
    return Conversation.objects.filter(Q(person=traces.person) | Q(pk__in=asked.values("conversation")))


def _conversations(columns: Columns, traces: Traces) -> Iterable[Row]:
    named = _own(traces).annotate(of_area=F("area__slug"), of_product=F("product__name"), of_license=F("license"))
    found: Iterable[Row] = named.order_by("created_at", "pk").values(*columns)
    return found


def _public(traces: Traces) -> QuerySet[Message]:
    """What was said to the customer and by them; notes are the desk's. In others' conversations only their own."""
    mine = Q(author_address__in=traces.addresses) | Q(author=traces.person, kind=Message.Kind.CUSTOMER)
    said = Message.objects.filter(Q(conversation__in=_own(traces)) | mine)
    return said.exclude(kind__in=INTERNAL)


def _messages(columns: Columns, traces: Traces) -> Iterable[Row]:
    named = _public(traces).annotate(of_conversation=F("conversation__reference"))
    found: Iterable[Row] = named.order_by("created_at", "pk").values(*columns)
    return found


def _files(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Attachment.objects.filter(Q(message__in=_public(traces)) | Q(uploaded_by=traces.person, message=None))
    named = rows.annotate(of_conversation=F("message__conversation__reference"))
    found: Iterable[Row] = named.order_by("created_at", "pk").values(*columns, "file")
    return found


def _file(row: Row) -> StoredFile | None:
    """What is kept of it; of what was refused there is no file."""
    stored = str(row["file"])
    return StoredFile(stored, str(row["name"]), int(str(row["size"]))) if stored else None


def _parts(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Participant.objects.filter(Q(person=traces.person) | Q(address__in=traces.addresses))
    named = rows.annotate(of_conversation=F("conversation__reference"))
    found: Iterable[Row] = named.order_by("pk").values(*columns)
    return found


def _mails(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = IncomingMail.objects.filter(from_address__in=traces.addresses)
    found: Iterable[Row] = rows.order_by("received_at", "pk").values(*columns)
    return found


def _sent(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = OutgoingMail.objects.filter(address__in=traces.addresses)
    named = rows.annotate(of_conversation=F("message__conversation__reference"))
    found: Iterable[Row] = named.order_by("pk").values(*columns)
    return found


def _requests(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = PendingContact.objects.filter(address__in=traces.addresses)
    found: Iterable[Row] = rows.order_by("created_at", "pk").values(*columns)
    return found


def _surveys(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = Survey.objects.filter(conversation__in=_own(traces))
    named = rows.annotate(of_conversation=F("conversation__reference"))
    found: Iterable[Row] = named.order_by("asked_at", "pk").values(*columns)
    return found


def _quiet(columns: Columns, traces: Traces) -> Iterable[Row]:
    rows = QuietAddress.objects.filter(address__in=traces.addresses)
    found: Iterable[Row] = rows.order_by("pk").values(*columns)
    return found


def _warnings(person: UUID) -> Iterable[Text]:
    live = Conversation.objects.filter(
        person=person, status__in=(Conversation.Status.OPEN, Conversation.Status.WAITING)
    ).count()
    if live:
        yield ngettext_lazy(
            "Your open conversation with us ends without an answer.",
            "Your %(count)d open conversations with us end without an answer.",
            live,
        ) % {"count": live}
