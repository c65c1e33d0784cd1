"""Coupons: found by their code, held by an order, given back when it is not paid."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction

from frontdesk.billing import notes
from frontdesk.billing.errors import CouponUnknown
from frontdesk.billing.models import Coupon, CouponKind, CouponUse, Order
from frontdesk.catalog.errors import NameTaken
from frontdesk.catalog.models import PlanVersion, Product
from frontdesk.core import clock, money
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,39}")


def find(code: str, *, version: PlanVersion, currency: str) -> Coupon:
    """The coupon that can be used for this now; case and spaces do not matter. Raises CouponUnknown."""
    coupon = Coupon.objects.filter(code=_written(code)).first()
    if coupon is None or not _fits(coupon, version, currency):
        raise CouponUnknown
    return coupon


def take(order: Order, code: str) -> CouponUse:
    """Hold one use for an order, in its transaction; of two who want the last one, the second is refused.

    Raises CouponUnknown.
    """
    coupon = Coupon.objects.select_for_update(no_key=True).filter(code=_written(code)).first()
    if coupon is None or not _fits(coupon, order.plan_version, order.currency):
        raise CouponUnknown
    coupon.uses += 1
    coupon.save(update_fields=["uses"])
    return CouponUse.objects.create(coupon=coupon, order=order, taken_at=clock.now())


def give_back(order: Order) -> None:
    """An order that is not paid holds no use any more. In the caller's transaction; a second time changes nothing."""
    hold = CouponUse.objects.filter(order=order, released_at=None).first()
    if hold is None:
        return
    coupon = Coupon.objects.select_for_update(no_key=True).get(pk=hold.coupon_id)
    if CouponUse.objects.filter(pk=hold.pk, released_at=None).update(released_at=clock.now()):
        coupon.uses -= 1
        coupon.save(update_fields=["uses"])


def held_by(order: Order) -> Coupon | None:
    """The coupon that an order was placed with."""
    hold = CouponUse.objects.select_related("coupon").filter(order=order).first()
    return hold.coupon if hold else None


def create(
    *,
    actor: Actor,
    code: str,
    percent: int | None = None,
    amount_minor: int | None = None,
    currency: str = "",
    is_forever: bool = False,
    product: Product | None = None,
    max_uses: int | None = None,
    valid_until: datetime | None = None,
) -> Coupon:
    """A new coupon. Raises RequestInvalid, NameTaken."""
    coupon = Coupon(
        code=_written(code),
        kind=CouponKind.PERCENT if percent is not None else CouponKind.AMOUNT,
        percent=percent,
        amount_minor=amount_minor,
        currency=currency,
        is_forever=is_forever,
        product=product,
        max_uses=max_uses,
        valid_until=valid_until,
        created_at=clock.now(),
    )
    if wrong := _wrong_field(coupon):
        raise RequestInvalid(field=wrong)
    try:
        with transaction.atomic():
            coupon.save(force_insert=True)
            data = {"code": coupon.code, "percent": percent, "amount": amount_minor, "currency": currency}
            notes.of(actor=actor, action="coupon.created", subject=coupon, person=None, data=data)
    except IntegrityError as error:
        raise NameTaken(field="code") from error
    return coupon


@transaction.atomic
def stop(*, actor: Actor, coupon: Coupon) -> None:
    """Nobody new can use it; what holds it already keeps it."""
    if Coupon.objects.filter(pk=coupon.pk, stopped_at=None).update(stopped_at=clock.now()):
        notes.of(actor=actor, action="coupon.stopped", subject=coupon, person=None, data={"code": coupon.code})
    coupon.refresh_from_db(fields=["stopped_at"])


def _written(code: str) -> str:
    return "".join(code.split()).upper()


def _fits(coupon: Coupon, version: PlanVersion, currency: str) -> bool:
    """An amount counts in its own currency only; a percentage may be held to one."""
    is_over = coupon.stopped_at is not None or (coupon.valid_until is not None and coupon.valid_until <= clock.now())
    is_used_up = coupon.max_uses is not None and coupon.uses >= coupon.max_uses
    is_for_it = coupon.product_id in {None, version.plan.product_id} and coupon.currency in {"", currency}
    return is_for_it and not is_over and not is_used_up


def _wrong_field(coupon: Coupon) -> str:
    """The first field that makes no sense; empty when all do."""
    is_percent = coupon.kind == CouponKind.PERCENT
    amount, currency = coupon.amount_minor, coupon.currency
    checks = {
        "code": not CODE.fullmatch(coupon.code),
        "percent": is_percent and not 1 <= (coupon.percent or 0) <= 100,
        "amount_minor": amount is not None if is_percent else not 1 <= (amount or 0) < 2**31,
        "currency": not money.is_currency(currency) and not (is_percent and not currency),
        "max_uses": coupon.max_uses is not None and not 1 <= coupon.max_uses < 2**31,
        "valid_until": coupon.valid_until is not None and coupon.valid_until <= clock.now(),
    }
    return next((field for field, is_wrong in checks.items() if is_wrong), "")
