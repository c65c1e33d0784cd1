"""The audit, which nobody changes, and the outbox's failures, which can be tried again."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from frontdesk.core import audit, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed
from frontdesk.core.backoffice.search import as_uuid
from frontdesk.core.models import AuditEntry, OutboxMessage


@admin.register(AuditEntry)
class AuditEntryAdmin(BackOfficeAdmin):
    """What was done, by whom and why. Personal values stay sealed."""

    list_display = ("at", "action", "actor_kind", "actor", "subject_type", "subject", "why")
    list_filter = ("actor_kind", "subject_type")
    search_fields = ("action",)
    search_help_text = _("The id of a person, a licence or a code, or the beginning of an action.")
    fields = readonly_fields = (
        "at",
        "action",
        "actor_kind",
        "actor",
        "subject_type",
        "subject",
        "person",
        "why",
        "data",
    )
    ordering = ("-id",)

    @admin.display(description=_("reason"))
    def why(self, entry: AuditEntry) -> str:
        """The reason, which may be sealed."""
        return audit.reason_of(entry)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By id, or by the beginning of the action."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return search_audit(queryset, term), False


def search_audit(entries: QuerySet[AuditEntry], term: str) -> QuerySet[AuditEntry]:
    """Entries about or by an id, or whose action begins so."""
    identifier = as_uuid(term)
    if identifier is None:
        return entries.filter(action__startswith=term)
    return entries.filter(subject=identifier) | entries.filter(actor=identifier) | entries.filter(person=identifier)


def _retry(actor: Actor, message: OutboxMessage, data: Mapping[str, Any]) -> None:
    outbox.retry(actor=actor, message=message)


@admin.register(OutboxMessage)
class OutboxMessageAdmin(BackOfficeAdmin):
    """What could not be delivered. Payloads may name people, so only topic and state are shown."""

    list_display = ("topic", "created_at", "attempts", "last_error", "failed_at")
    list_filter = ("topic",)
    fields = readonly_fields = ("topic", "key", "created_at", "due_at", "attempts", "last_error", "failed_at")
    ordering = ("-id",)
    deeds = (
        Deed(
            name="retry",
            label=_("Try again"),
            permission="core.retry_outboxmessage",
            run=_retry,
            done=_("It will be tried again within seconds."),
            icon="replay",
            applies=lambda message: message.failed_at is not None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those that failed for good, and those that failed before and wait for another try."""
        return super().get_queryset(request).filter(delivered_at=None).exclude(last_error="", failed_at=None)
