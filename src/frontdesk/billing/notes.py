"""Audit rows of billing: who did what to which order, subscription, invoice or payment, and why."""

from typing import Any
from uuid import UUID

from frontdesk.core import audit
from frontdesk.core.actors import Actor


def of(
    *,
    actor: Actor,
    action: str,
    subject: Any,
    person: UUID | None,
    data: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
) -> None:
    """A row about one of billing's objects (a saved model); it stands in the history of `person`."""
    audit.record(
        actor=actor,
        action=action,
        subject_type=subject._meta.model_name,  # noqa: SLF001 - Django documents it
        subject=subject.pk,
        person=person,
        data=data,
        personal=personal,
    )
