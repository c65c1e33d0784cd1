"""Terms: the dated pieces that a licence's time is made of. Its end is derived from them and never set."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock, events
from frontdesk.core.actors import Actor
from frontdesk.licensing import locks, notes
from frontdesk.licensing.events import LicenseEndMoved
from frontdesk.licensing.models import Code, License, Term, TermKind

DAY = 86_400


@transaction.atomic
def grant(
    *,
    actor: Actor,
    license: License,
    kind: TermKind,
    plan_version: PlanVersion,
    grant_ref: str,
    months: int | None = None,
    days: int | None = None,
    seconds: int | None = None,
    code: Code | None = None,
    since: datetime | None = None,
    reason: str = "",
) -> Term:
    """Add a piece of time: exactly one of calendar months, days, or seconds (after a conversion).

    `grant_ref` says what it was granted for ("order:<id>", "code:<id>", …): a second grant for the same changes
    nothing and returns the first. It starts now, or at the licence's end if that is later; `since`: counts as granted
    then already (a renewal that is paid in grace follows the end without a gap). `license` is brought up to date.
    Raises ReasonMissing for staff without a reason, ValueError unless one positive length is given.
    """
    actor = notes.explained(actor, reason)
    length = _length(months, days, seconds)
    locked = locks.license_row(license.id)
    known = Term.objects.filter(grant_ref=grant_ref).first()
    if known:
        return known
    now, ended = clock.now(), locked.expires_at
    term = Term(id=uuid4(), license=locked, kind=kind, grant_ref=grant_ref, plan_version=plan_version, code=code)
    term.months, term.seconds = length
    # Where it really lies is derived in a moment; the row only has to be well formed.
    term.granted_at = term.starts_at = term.ends_at = min(since or now, now)
    term.save(force_insert=True)
    locks.resequence(license)
    term.refresh_from_db(fields=["starts_at", "ends_at"])
    data = {"term": str(term.id), "kind": str(kind), "grant_ref": grant_ref, "ends_at": term.ends_at.isoformat()}
    notes.of_license(actor=actor, action="term.granted", license=locked, data=data)
    _tell_if_moved(license, ended)
    return term


def _length(months: int | None, days: int | None, seconds: int | None) -> tuple[int | None, int | None]:
    given = [value for value in (months, days, seconds) if value is not None]
    if len(given) != 1 or given[0] <= 0:
        raise ValueError("a term has one positive length")
    return months, days * DAY if days is not None else seconds


@transaction.atomic
def revoke(*, actor: Actor, term: Term, reason: str) -> License:
    """Take a piece of time back: what has begun ends now, what has not vanishes, what follows moves forward.

    Revoking twice changes nothing. Raises ReasonMissing for staff without a reason.
    """
    actor = notes.explained(actor, reason)
    license = locks.license_row(term.license_id)
    term.refresh_from_db()
    if term.revoked_at is None:
        ended = license.expires_at
        term.revoked_at, term.revoked_reason = clock.now(), actor.reason[:200]
        term.save(update_fields=["revoked_at", "revoked_reason"])
        locks.resequence(license)
        term.refresh_from_db(fields=["starts_at", "ends_at"])
        data = {"term": str(term.id), "grant_ref": term.grant_ref, "ends_at": license.expires_at.isoformat()}
        notes.of_license(actor=actor, action="term.revoked", license=license, data=data)
        _tell_if_moved(license, ended)
    return license


def revoke_for(*, actor: Actor, grant_ref: str, reason: str) -> License | None:
    """Revoke what was granted for an order, a code, …; None when nothing was."""
    term = Term.objects.filter(grant_ref=grant_ref).first()
    return revoke(actor=actor, term=term, reason=reason) if term else None


def _tell_if_moved(license: License, ended: datetime) -> None:
    if license.expires_at != ended:
        events.publish(LicenseEndMoved(license.id, license.expires_at))
