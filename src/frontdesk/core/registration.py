"""What core and the libraries below it hold about people (`core.personal`)."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from frontdesk.core import audit, history, personal
from frontdesk.core.models import AuditEntry
from frontdesk.core.personal import Eraser, Exporter, Row, Traces

LAST = 100


def _history(traces: Traces) -> Iterator[Row]:
    for entry in AuditEntry.objects.filter(person=traces.person).order_by("id").iterator():
        yield {
            "at": entry.at,
            "who": entry.actor_kind,
            "what": str(history.phrase_of(entry.action).text),
            "action": entry.action,
            "object": entry.subject_type,
            "reason": audit.reason_of(entry),
            "details": {**entry.data, **audit.personal_values(entry)},
        }


def _destroy_key(traces: Traces) -> None:
    audit.erase_person(traces.person)


def enter() -> None:
    """Speak for these tables."""
    personal.shows(
        Exporter(
            name="history",
            title=_("History"),
            columns={
                "at": _("When"),
                "who": _("By whom"),
                "what": _("What"),
                "action": _("action"),
                "object": _("On what"),
                "reason": _("Reason"),
                "details": _("Details"),
            },
            rows=_history,
            covers=("core.AuditEntry", "core.PersonKey"),
        )
    )
    personal.erases(
        Eraser(name="audit values", rank=LAST, erase=_destroy_key, covers=("core.PersonKey", "core.AuditEntry"))
    )
    personal.not_shown("what waits to be sent; the messages themselves are shown", "core.OutboxMessage")
    personal.about_nobody("keyed hashes and counts", "core.ThrottleCounter")
    personal.about_nobody("random numbers of tickets, for a minute", "core.SpentTicket")
    personal.about_nobody("the installation's own keys and seals", "core.AuditSeal", "core.SigningKey", "core.KeySet")
    personal.about_nobody("names of tables and rights", "contenttypes.ContentType", "auth.Permission", "auth.Group")
    personal.about_nobody("our logs of the back office are the audit: nothing is written here", "admin.LogEntry")
    personal.about_nobody(
        "jobs name their objects by uuid",
        "procrastinate.ProcrastinateWorker",
        "procrastinate.ProcrastinateJob",
        "procrastinate.ProcrastinateEvent",
        "procrastinate.ProcrastinatePeriodicDefer",
    )
