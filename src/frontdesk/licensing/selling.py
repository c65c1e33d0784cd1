"""A licence for somebody who bought one (or tries one): with its first term, and a code that is mailed once."""

from uuid import uuid4

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.licensing import codes, mails, notes, terms
from frontdesk.licensing.models import Batch, BatchKind, Code, License, Term, TermKind


@transaction.atomic
def sell(
    *,
    actor: Actor,
    owner: Person,
    plan_version: PlanVersion,
    kind: TermKind,
    grant_ref: str,
    added_devices: int = 0,
    months: int | None = None,
    days: int | None = None,
) -> License:
    """Make a licence for its buyer, with one term; the code is mailed, and kept nowhere in clear.

    `kind`: TermKind.ORDER or TRIAL. A second call for the same `grant_ref` makes nothing and returns the first one's.
    """
    known = Term.objects.select_related("license__plan_version__plan").filter(grant_ref=grant_ref).first()
    if known:
        return known.license
    now = clock.now()
    license = License.objects.create(
        id=uuid4(),
        product=plan_version.plan.product,
        plan_version=plan_version,
        owner=owner,
        added_devices=added_devices,
        starts_at=now,
        expires_at=now,
        created_at=now,
    )
    fresh = codes.generate()
    code = _store(license, fresh)
    terms.grant(
        actor=actor,
        license=license,
        kind=kind,
        plan_version=plan_version,
        grant_ref=grant_ref,
        months=months,
        days=days,
    )
    mails.order_code(owner, license, fresh)
    data = {"code": str(code.id), "tail": code.tail, "grant_ref": grant_ref}
    notes.of_license(actor=actor, action="license.sold", license=license, data=data)
    return license


def _store(license: License, fresh: codes.ParsedCode) -> Code:
    now = license.created_at
    batch = Batch.objects.create(
        id=uuid4(),
        plan_version=license.plan_version,
        kind=BatchKind.ORDER,
        count=1,
        made=1,
        created_at=now,
        finished_at=now,
    )
    return Code.objects.create(
        id=uuid4(), hash=codes.digest(fresh), tail=fresh.tail, batch=batch, license=license, redeemed_at=now
    )
