"""Replacing a lost code: the old one stops, the new one comes by mail."""

from uuid import uuid4

from django.db import transaction

from frontdesk.accounts.services.securing import refuse_frozen
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.licensing import codes, locks, mails, notes
from frontdesk.licensing.errors import LicenseRefunded, LicenseSuspended, LicenseUnclaimed, NoCodeToReplace
from frontdesk.licensing.models import Batch, BatchKind, Code, License


@transaction.atomic
def replace_lost(*, actor: Actor, license: License) -> Code:
    """Make a new code for a licence; all its old ones stop, and the owner gets the new one by mail.

    Its devices and its time stay as they are. Raises NoCodeToReplace, LicenseUnclaimed, LicenseSuspended,
    LicenseRefunded, ReasonMissing, AccountFrozen.
    """
    actor = notes.explained(actor)
    old = list(
        Code.objects.select_for_update(of=("self",), no_key=True).filter(license=license, voided_at=None).order_by("id")
    )
    locked = locks.license_row(license.id)
    if locked.owner is None:
        raise LicenseUnclaimed
    refuse_frozen(locked.owner)
    if locked.refunded_at:
        raise LicenseRefunded
    if locked.suspended_at:
        raise LicenseSuspended
    if not old:
        raise NoCodeToReplace
    fresh = codes.generate()
    code = _store(actor, locked, fresh)
    newest, *others = sorted(old, key=lambda each: (each.redeemed_at or code.redeemed_at, each.id), reverse=True)
    Code.objects.filter(pk=newest.pk).update(voided_at=code.redeemed_at, replaced_by=code)
    Code.objects.filter(pk__in=[each.pk for each in others]).update(voided_at=code.redeemed_at)
    mails.code_replaced(locked.owner, locked, fresh)
    data = {"old": [str(each.id) for each in old], "new": str(code.id), "tail": code.tail}
    notes.of_license(actor=actor, action="code.replaced", license=locked, data=data)
    return code


def _store(actor: Actor, license: License, fresh: codes.ParsedCode) -> Code:
    now = clock.now()
    batch = Batch.objects.create(
        id=uuid4(),
        plan_version=license.plan_version,
        kind=BatchKind.REPLACEMENT,
        reason=actor.reason,
        count=1,
        made=1,
        created_by=actor.person,
        created_at=now,
        finished_at=now,
    )
    return Code.objects.create(
        id=uuid4(), hash=codes.digest(fresh), tail=fresh.tail, batch=batch, license=license, redeemed_at=now
    )
