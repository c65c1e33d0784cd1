"""Audit rows of licensing: who did what to which licence, code or batch, and why."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from frontdesk.core import audit
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import ReasonMissing
from frontdesk.licensing.models import License


def explained(actor: Actor, reason: str = "") -> Actor:
    """The actor with the reason that goes into the audit. Raises ReasonMissing for staff without one."""
    text = reason.strip() or actor.reason
    if actor.kind == ActorKind.STAFF and not text:
        raise ReasonMissing
    return replace(actor, reason=text)


def of_license(
    *,
    actor: Actor,
    action: str,
    license: License,
    data: dict[str, Any] | None = None,
    personal: dict[str, str] | None = None,
    person: UUID | None = None,
) -> None:
    """A row about a licence; it stands in the history of `person`, by default the owner's."""
    audit.record(
        actor=actor,
        action=action,
        subject_type="license",
        subject=license.id,
        person=person or license.owner_id,
        data=data,
        personal=personal,
    )
