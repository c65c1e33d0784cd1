"""What the accounts, and allauth's tables beneath them, hold about people (`core.personal`)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from frontdesk.accounts.messages import sending
from frontdesk.accounts.messages.selectors import shown_text
from frontdesk.accounts.models import (
    AddressChange,
    DataExport,
    KnownBrowser,
    Message,
    OneTimeCode,
    Person,
    Recovery,
    SecuringLink,
    Session,
    StaffInvitation,
)
from frontdesk.accounts.services.exports import path_of
from frontdesk.core import outbox, personal
from frontdesk.core.personal import Eraser, Exporter, Row, Traces
from frontdesk.core.reasons import Text

FIRST, PERSON = 0, 90

PROFILE: dict[str, Text] = {
    "email": _("E-mail address"),
    "name": _("Name"),
    "phone": _("Phone number"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "created_at": _("Account made"),
    "last_login": _("Last sign-in"),
    "second_step_by_sms": _("Second step by SMS"),
    "second_step_by_mail": _("Second step by mail"),
    "frozen_until": _("Frozen until"),
    "deletion_due_at": _("To be deleted"),
    "role": _("Role"),
}
ADDRESSES: dict[str, Text] = {
    "email": _("E-mail address"),
    "verified": _("Confirmed"),
    "primary": _("For signing in"),
}
FACTORS: dict[str, Text] = {
    "type": _("Kind"),
    "name": _("Name"),
    "created_at": _("Set up"),
    "last_used_at": _("Last used"),
}
BROWSERS: dict[str, Text] = {
    "user_agent": _("Browser"),
    "ip_prefix": _("Network"),
    "place": _("Place"),
    "created_at": _("First seen"),
    "last_used_at": _("Last used"),
}
MESSAGES: dict[str, Text] = {
    "created_at": _("Date"),
    "reference": _("Reference"),
    "address": _("To"),
    "subject": _("Subject"),
    "text": _("Text"),
    "sent_at": _("Sent"),
}
CHANGES: dict[str, Text] = {
    "old_address": _("From"),
    "new_address": _("To"),
    "asked_at": _("Asked"),
    "completed_at": _("Completed"),
    "undone_at": _("Undone"),
    "canceled_at": _("Canceled"),
}
CODES: dict[str, Text] = {
    "purpose": _("For"),
    "channel": _("By"),
    "destination": _("To"),
    "created_at": _("Sent"),
    "used_at": _("Used"),
    "guesses": _("Wrong tries"),
}
RECOVERIES: dict[str, Text] = {
    "asked_at": _("Asked"),
    "email": _("E-mail address"),
    "reach_at": _("Address to reach you at"),
    "explanation": _("Explanation"),
    "user_agent": _("Browser"),
    "ip_prefix": _("Network"),
    "approved_at": _("Approved"),
    "refused_at": _("Refused"),
    "stopped_at": _("Stopped"),
    "stopped_by": _("Stopped by"),
    "completed_at": _("Completed"),
    "expired_at": _("Expired"),
}
LINKS: dict[str, Text] = {"cause": _("Because of"), "created_at": _("Sent"), "used_at": _("Used")}
INVITATIONS: dict[str, Text] = {
    "email": _("E-mail address"),
    "role": _("Role"),
    "created_at": _("Date"),
    "used_at": _("Used"),
}
COPIES: dict[str, Text] = {
    "asked_at": _("Asked"),
    "ready_at": _("Ready"),
    "failed_at": _("Failed"),
    "expires_at": _("Kept until"),
    "size": _("Bytes"),
}


def enter() -> None:
    """Speak for these tables."""
    _show("profile", _("Profile"), PROFILE, _profile, "accounts.Person")
    _show("addresses", _("E-mail addresses"), ADDRESSES, _addresses, "account.EmailAddress")
    _show("second-factors", _("Second factors"), FACTORS, _factors, "mfa.Authenticator")
    _show("sessions", _("Browsers signed in"), BROWSERS, _of(Session), "accounts.Session")
    known = BROWSERS | {"remembered_until": _("Remembered until")}
    _show("known-browsers", _("Known browsers"), known, _of(KnownBrowser), "accounts.KnownBrowser")
    _show("messages", _("Messages"), MESSAGES, _messages, "accounts.Message")
    _show("address-changes", _("Changes of address"), CHANGES, _of(AddressChange), "accounts.AddressChange")
    _show("codes-sent", _("Codes we sent"), CODES, _codes, "accounts.OneTimeCode")
    _show("recoveries", _("Ways back into the account"), RECOVERIES, _recoveries, "accounts.Recovery")
    _show("securing-links", _("Links to secure the account"), LINKS, _of(SecuringLink), "accounts.SecuringLink")
    _show("invitations", _("Invitations to the staff"), INVITATIONS, _invitations, "accounts.StaffInvitation")
    _show("copies", _("Copies of your data"), COPIES, _of(DataExport), "accounts.DataExport")
    strays = (
        "accounts.Message",
        "accounts.OneTimeCode",
        "accounts.StaffInvitation",
        "accounts.Recovery",
        "core.OutboxMessage",
    )
    personal.erases(Eraser("messages", FIRST, _erase_strays, strays))
    personal.erases(Eraser("copies", FIRST, _erase_copies, ("accounts.DataExport",)))
    personal.erases(Eraser("person", PERSON, _erase_person, OF_THE_PERSON))
    personal.about_nobody("buckets are keyed hashes", "accounts.GuessCounter")
    personal.not_shown("allauth's rows are not used: confirmations are signed links", "account.EmailConfirmation")


# Rows that go with the person's own, by the database's cascades.
OF_THE_PERSON = (
    "accounts.Person",
    "accounts.Session",
    "accounts.KnownBrowser",
    "accounts.AddressChange",
    "accounts.SecuringLink",
    "accounts.Recovery",
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
)


def _show(
    name: str,
    title: Text,
    columns: Mapping[str, Text],
    rows: Callable[[Mapping[str, Text], Traces], Iterable[Row]],
    model: str,
) -> None:
    personal.shows(Exporter(name, title, columns, lambda traces: rows(columns, traces), (model,)))


def _of(model: Any) -> Callable[[Mapping[str, Text], Traces], Iterable[Row]]:
    """The rows of a table that belong to the person, with these columns."""

    def rows(columns: Mapping[str, Text], traces: Traces) -> Iterable[Row]:
        found: Iterable[Row] = model.objects.filter(person=traces.person).order_by("pk").values(*columns)
        return found

    return rows


def _profile(columns: Mapping[str, Text], traces: Traces) -> Iterable[Row]:
    found: Iterable[Row] = Person.objects.filter(pk=traces.person).values(*columns)
    return found


def _addresses(columns: Mapping[str, Text], traces: Traces) -> Iterable[Row]:
    found: Iterable[Row] = EmailAddress.objects.filter(user=traces.person).order_by("pk").values(*columns)
    return found


def _factors(columns: Mapping[str, Text], traces: Traces) -> Iterable[Row]:
    """Passkeys by the name their owner gave them; nothing that opens anything."""
    rows = Authenticator.objects.filter(user=traces.person).order_by("pk")
    found: Iterable[Row] = rows.annotate(name=KeyTextTransform("name", "data")).values(*columns)
    return found


def _messages(columns: Mapping[str, Text], traces: Traces) -> Iterator[Row]:
    for message in own_messages(traces).order_by("created_at", "reference").iterator():
        yield {name: getattr(message, name) for name in columns} | {"text": shown_text(message)}


def _codes(columns: Mapping[str, Text], traces: Traces) -> Iterable[Row]:
    found: Iterable[Row] = own_codes(traces).order_by("created_at", "pk").values(*columns)
    return found


def _recoveries(columns: Mapping[str, Text], traces: Traces) -> Iterator[Row]:
    """Requests for this account, whoever asked: what a stranger said of themselves is not the person's data."""
    about = Q(person=traces.person) | Q(email__in=traces.addresses) | Q(reach_at__in=traces.addresses)
    for row in Recovery.objects.filter(about).order_by("asked_at", "pk").values(*columns):
        own = row["reach_at"] in traces.addresses or row["completed_at"]
        yield row if own else row | dict.fromkeys(("reach_at", "explanation", "user_agent", "ip_prefix"), "")


def _invitations(columns: Mapping[str, Text], traces: Traces) -> Iterable[Row]:
    invited = StaffInvitation.objects.filter(email__in=traces.addresses).order_by("created_at")
    found: Iterable[Row] = invited.values(*columns)
    return found


def own_messages(traces: Traces) -> QuerySet[Message]:
    """The person's messages, and those to an address of theirs from before they had the account."""
    return Message.objects.filter(Q(person=traces.person) | Q(person=None, address__in=traces.addresses))


def own_codes(traces: Traces) -> QuerySet[OneTimeCode]:
    """Codes that were sent to the person, or to an address or number of theirs."""
    reached = traces.addresses | traces.numbers
    return OneTimeCode.objects.filter(Q(person=traces.person) | Q(person=None, destination__in=reached))


def _erase_strays(traces: Traces) -> None:
    # Also what was written to an address they only typed: to confirm it, for a change or a way back.
    to_typed = Q(person=None, address__in=traces.typed, template__startswith="accounts/")
    messages = own_messages(traces) | Message.objects.filter(to_typed)
    outbox.forget(topic=sending.TOPIC, member="message", values=messages.values_list("pk", flat=True))
    outbox.forget(member="person", values=[traces.person])
    outbox.forget_sealed(traces.addresses | traces.numbers)
    messages.delete()
    own_codes(traces).delete()
    StaffInvitation.objects.filter(email__in=traces.addresses).delete()
    Recovery.objects.filter(Q(reach_at__in=traces.addresses) | Q(person=None, email__in=traces.addresses)).delete()


def _erase_copies(traces: Traces) -> None:
    """Files first, wherever a job was killed; the rows are locked, so that no job stores another meanwhile."""
    rows = DataExport.objects.select_for_update().filter(person=traces.person).order_by("pk")
    for export in rows:
        default_storage.delete(path_of(export.pk))
    rows.delete()


def _erase_person(traces: Traces) -> None:
    Person.objects.filter(pk=traces.person).delete()
