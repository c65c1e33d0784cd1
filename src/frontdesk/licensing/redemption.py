"""Entering a code in the account: a new licence, more time on one's own, or claiming what a device has redeemed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from django.db import transaction

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.licensing import codes, guesses, locks, notes, terms
from frontdesk.licensing.conversion import Conversion, convert
from frontdesk.licensing.errors import (
    CodeAlreadyClaimed,
    CodeBlocked,
    LicenseRefunded,
    LicenseSuspended,
    OtherProduct,
)
from frontdesk.licensing.models import BatchKind, Code, License, Term, TermKind


class Effect(StrEnum):
    """What entering a code does."""

    NEW = "new"
    STACK = "stack"
    CLAIM = "claim"
    ALREADY_YOURS = "already_yours"


ACTIONS = {Effect.NEW: "license.redeemed", Effect.STACK: "license.extended"}


@dataclass(frozen=True)
class Preview:
    """What redeeming would do, before the customer agrees.

    `license` is the one extended, claimed or already held (None for a new one); `ends_before` its end now, `ends_at`
    afterwards; `conversion` tells how the code's time counts there; `onto` are the person's own licences of the same
    product, which the code may extend instead.
    """

    effect: Effect
    plan_version: PlanVersion
    tail: str
    license: License | None
    ends_before: datetime | None
    ends_at: datetime
    conversion: Conversion | None
    onto: list[License]


@dataclass(frozen=True)
class Redemption:
    """What was done. `term` is the time that was added, None when nothing was."""

    effect: Effect
    license: License
    term: Term | None = None


def preview(*, person: Person, code_text: str, ip_prefix: str, license: License | None = None) -> Preview:
    """What `redeem` would do with the same arguments; changes nothing. Raises what `redeem` raises."""
    parsed = codes.parse(code_text)
    code = (
        Code.objects.select_related("batch__plan_version__plan__product", "license__plan_version__plan")
        .filter(hash=codes.digest(parsed))
        .first()
    )
    if code is None:
        guesses.refuse(ip_prefix)
    sold = code.batch.plan_version
    effect = _effect(code, person, license)
    if effect in {Effect.CLAIM, Effect.ALREADY_YOURS}:
        held = code.license
        assert held is not None  # noqa: S101 - what is claimed was redeemed: said for the type checker
        return Preview(effect, sold, code.tail, held, held.expires_at, held.expires_at, None, [])
    onto = list(own_licenses(person, sold))
    if license is None:
        ends_at = clock.now() + timedelta(days=sold.code_days)
        return Preview(effect, sold, code.tail, None, None, ends_at, None, onto)
    conversion = _stackable(license, person, sold)
    ends_at = max(clock.now(), license.expires_at) + timedelta(seconds=conversion.seconds)
    return Preview(effect, sold, code.tail, license, license.expires_at, ends_at, conversion, onto)


def redeem(
    *, actor: Actor, person: Person, code_text: str, ip_prefix: str, license: License | None = None
) -> Redemption:
    """Enter a code into a person's account, onto `license` or as a licence of its own.

    A code that a device has redeemed is claimed with its licence. Entering one's own code again changes nothing and
    says which licence it is. Raises CodeMalformed, CodeUnknown, TooManyAttempts, CodeBlocked, CodeAlreadyClaimed,
    LicenseSuspended, LicenseRefunded, OtherProduct, PlansNotComparable, NotFound (the licence is not the person's).
    """
    digest = codes.digest(codes.parse(code_text))
    with transaction.atomic():
        code = locks.code_of_digest(digest)
        done = _redeem(notes.explained(actor), person, code, license) if code else None
    return done or guesses.refuse(ip_prefix)


def own_licenses(person: Person, sold: PlanVersion) -> list[License]:
    """The person's licences that a code of this plan version may extend, the longest first."""
    mine = License.objects.filter(owner=person, product_id=sold.plan.product_id, suspended_at=None, refunded_at=None)
    return list(mine.select_related("plan_version__plan__product", "product").order_by("-expires_at", "id"))


def _effect(code: Code, person: Person, license: License | None) -> Effect:
    if code.voided_at:
        raise CodeBlocked
    if code.license is None:
        return Effect.NEW if license is None else Effect.STACK
    if code.license.owner_id == person.id:
        return Effect.ALREADY_YOURS
    if code.license.owner_id is not None:
        raise CodeAlreadyClaimed
    if code.license.refunded_at:
        raise LicenseRefunded
    return Effect.CLAIM


def _redeem(actor: Actor, person: Person, code: Code, license: License | None) -> Redemption:
    if code.license_id:
        code.license = locks.license_row(code.license_id)
    effect = _effect(code, person, license)
    if code.license is not None:
        if effect == Effect.CLAIM:
            _claim(actor, person, code, code.license)
        return Redemption(effect, code.license)
    sold = code.batch.plan_version
    if license is None:
        held = _new_license(person, sold)
        conversion = convert(sold, sold)
    else:
        held = locks.license_row(license.id)
        conversion = _stackable(held, person, sold)
    code.license, code.redeemed_at = held, clock.now()
    code.save(update_fields=["license", "redeemed_at"])
    term = terms.grant(
        actor=actor,
        license=held,
        kind=TermKind.GIFT if code.batch.kind == BatchKind.GIFT else TermKind.CODE,
        plan_version=sold,
        grant_ref=f"code:{code.id}",
        seconds=conversion.seconds,
        code=code,
    )
    data = {"code": str(code.id), "tail": code.tail}
    notes.of_license(actor=actor, action=ACTIONS[effect], license=held, data=data)
    return Redemption(effect, held, term)


def _claim(actor: Actor, person: Person, code: Code, held: License) -> None:
    held.owner = person
    held.save(update_fields=["owner"])
    data = {"code": str(code.id), "tail": code.tail}
    notes.of_license(actor=actor, action="license.claimed", license=held, data=data)


def _new_license(person: Person, sold: PlanVersion) -> License:
    now = clock.now()
    return License.objects.create(
        id=uuid4(),
        product=sold.plan.product,
        plan_version=sold,
        owner=person,
        starts_at=now,
        expires_at=now,
        created_at=now,
    )


def _stackable(license: License, person: Person, sold: PlanVersion) -> Conversion:
    if license.owner_id != person.id:
        raise NotFound
    if license.refunded_at:
        raise LicenseRefunded
    if license.suspended_at:
        raise LicenseSuspended
    if license.product_id != sold.plan.product_id:
        raise OtherProduct
    return convert(sold, license.plan_version, license.added_devices)
