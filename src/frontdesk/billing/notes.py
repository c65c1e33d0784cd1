"""Audit rows of billing: who did what to which order, subscription, invoice or payment, and why."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from frontdesk.core import audit
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import ReasonMissing


def explained(actor: Actor, reason: str = "") -> Actor:
    """The actor with the reason that goes into the audit. Raises ReasonMissing for staff without one."""
    text = reason.strip() or actor.reason
    if actor.kind == ActorKind.STAFF and not text:
        raise ReasonMissing
    return replace(actor, reason=text)


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
