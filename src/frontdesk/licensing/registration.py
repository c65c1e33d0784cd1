"""What licensing holds about people (`core.personal`)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from frontdesk.core import personal
from frontdesk.core.personal import Eraser, Exporter, Row, Traces
from frontdesk.core.reasons import Text
from frontdesk.licensing import erasing
from frontdesk.licensing.models import Activation, Code, HandOver, License, RefusedActivation, Replacement, Term

LICENSES: dict[str, Text] = {
    "id": _("Number"),
    "of_product": _("Product"),
    "plan": _("Plan"),
    "starts_at": _("Starts"),
    "expires_at": _("Ends"),
    "suspended_at": _("Suspended"),
    "refunded_at": _("Refunded"),
    "created_at": _("Created"),
}
TERMS: dict[str, Text] = {
    "of_license": _("Licence"),
    "kind": _("Kind"),
    "granted_at": _("Granted"),
    "starts_at": _("Starts"),
    "ends_at": _("Ends"),
    "revoked_at": _("Revoked"),
    "revoked_reason": _("Reason"),
}
CODES: dict[str, Text] = {
    "of_license": _("Licence"),
    "tail": _("Last group"),
    "redeemed_at": _("Redeemed"),
    "voided_at": _("Voided"),
    "of_batch": _("Kind"),
    "why": _("Reason"),
}
DEVICES: dict[str, Text] = {
    "of_license": _("Licence"),
    "name": _("Device"),
    "platform": _("Platform"),
    "app_version": _("Version"),
    "created_at": _("Activated"),
    "last_seen_at": _("Last seen"),
    "removed_at": _("Removed"),
    "removed_by": _("Removed by"),
    "offline_until": _("Offline until"),
}
REQUESTS: dict[str, Text] = {
    "of_license": _("Licence"),
    "name": _("Device"),
    "platform": _("Platform"),
    "app_version": _("Version"),
    "created_at": _("Asked"),
    "approved_at": _("Approved"),
    "refused_at": _("Refused"),
}
REFUSED: dict[str, Text] = {
    "of_license": _("Licence"),
    "reason": _("Reason"),
    "times": _("Times"),
    "first_at": _("First"),
    "last_at": _("Last"),
    "platform": _("Platform"),
    "app_version": _("Version"),
}
HAND_OVERS: dict[str, Text] = {
    "of_license": _("Licence"),
    "giver": _("By"),
    "to_email": _("To"),
    "created_at": _("Offered"),
    "accepted_at": _("Accepted"),
    "withdrawn_at": _("Withdrawn"),
}


def enter() -> None:
    """Speak for these tables."""
    for name, title, columns, rows, models in (
        ("licenses", _("Licences"), LICENSES, _licenses, ("licensing.License",)),
        ("terms", _("Time of the licences"), TERMS, _terms, ("licensing.Term",)),
        ("activation-codes", _("Activation codes"), CODES, _codes, ("licensing.Code", "licensing.Batch")),
        ("devices", _("Devices"), DEVICES, _devices, ("licensing.Activation",)),
        ("device-requests", _("Devices that asked for a seat"), REQUESTS, _requests, ("licensing.Replacement",)),
        ("refused-activations", _("Devices that got no seat"), REFUSED, _refused, ("licensing.RefusedActivation",)),
        ("hand-overs", _("Hand-overs"), HAND_OVERS, _hand_overs, ("licensing.HandOver",)),
    ):
        personal.shows(Exporter(name, title, columns, rows, models))
    personal.erases(Eraser("licences", 10, erasing.erase, erasing.COVERS))
    personal.warns(_warnings)


def _licenses(traces: Traces) -> Iterable[Row]:
    mine = License.objects.filter(owner=traces.person).order_by("created_at", "pk")
    named = mine.annotate(of_product=F("product__name"), plan=F("plan_version__plan__name"))
    return named.values(*LICENSES)


def _terms(traces: Traces) -> Iterable[Row]:
    mine = Term.objects.filter(license__owner=traces.person).annotate(of_license=F("license_id"))
    return mine.order_by("license_id", "starts_at", "pk").values(*TERMS)


def _codes(traces: Traces) -> Iterable[Row]:
    mine = Code.objects.filter(license__owner=traces.person)
    told = mine.annotate(of_license=F("license_id"), of_batch=F("batch__kind"), why=F("batch__reason"))
    for row in told.order_by("redeemed_at", "pk").values(*CODES):
        # Why a shop's batch was made is the vendor's matter; a replacement was made for this person.
        yield row if row["of_batch"] == "replacement" else row | {"why": ""}


def _devices(traces: Traces) -> Iterable[Row]:
    mine = Activation.objects.filter(license__owner=traces.person).annotate(of_license=F("license_id"))
    return mine.order_by("created_at", "pk").values(*DEVICES)


def _requests(traces: Traces) -> Iterable[Row]:
    mine = Replacement.objects.filter(license__owner=traces.person).annotate(of_license=F("license_id"))
    return mine.order_by("created_at", "pk").values(*REQUESTS)


def _refused(traces: Traces) -> Iterable[Row]:
    mine = RefusedActivation.objects.filter(license__owner=traces.person).annotate(of_license=F("license_id"))
    return mine.order_by("first_at", "pk").values(*REFUSED)


def _hand_overs(traces: Traces) -> Iterable[Row]:
    """What the person offered, and what was offered to them: then by whom is that person's own matter."""
    both = HandOver.objects.filter(Q(offered_by=traces.person) | Q(to_email__in=traces.addresses))
    for row in (
        both.annotate(of_license=F("license_id"), giver=F("offered_by")).order_by("created_at").values(*HAND_OVERS)
    ):
        yield row | {"giver": _("you") if row["giver"] == traces.person else _("somebody else")}


def _warnings(person: UUID) -> Iterable[Text]:
    held = License.objects.filter(owner=person).count()
    if held:
        yield ngettext_lazy(
            "Your licence ends, with the time left on it, and you cannot download its product any more.",
            "Your %(count)d licences end, with the time left on them, and you cannot download their products any more.",
            held,
        ) % {"count": held}
        yield ngettext_lazy(
            "Its activation codes stop working and cannot be used again, here or on any device.",
            "Their activation codes stop working and cannot be used again, here or on any device.",
            held,
        )
    devices = Activation.objects.filter(license__owner=person, removed_at=None).count()
    if devices:
        yield ngettext_lazy(
            "%(count)d device stops: within a day if it is online, otherwise when its last lease runs out.",
            "%(count)d devices stop: within a day if they are online, otherwise when their last lease runs out.",
            devices,
        ) % {"count": devices}
    if held:
        yield _(
            "If somebody else shall have a licence, hand it over before. A hand-over that is still open is withdrawn."
        )
