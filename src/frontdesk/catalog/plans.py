"""Verbs on plans. A plan's content lives in its versions, which never change; editing a plan makes a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Max

from frontdesk.catalog.errors import ReferencePriceMissing
from frontdesk.catalog.models import Plan, PlanVersion, Price, Product
from frontdesk.catalog.validation import checked
from frontdesk.core import audit, money
from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid

NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Offer:
    """A plan as it is sold today: its newest version with its prices, by currency."""

    plan: Plan
    version: PlanVersion
    prices: Mapping[str, Price]

    @property
    def reference_price(self) -> Price:
        """The price in the product's reference currency; every version has one."""
        return self.prices[self.plan.product.reference_currency]


@transaction.atomic
def create(*, actor: Actor, product: Product, slug: str, name: str, is_listed: bool = True, position: int = 0) -> Plan:
    """A new plan, which can be sold once it has a version. Raises NameTaken, RequestInvalid."""
    plan = checked(Plan(product=product, slug=slug, name=name, is_listed=is_listed, position=position))
    plan.save(force_insert=True)
    _record(actor, "plan.created", plan, {"product": product.slug, "slug": slug, "name": name})
    return plan


@transaction.atomic
def present(*, actor: Actor, plan: Plan, name: str, is_listed: bool, position: int) -> Plan:
    """Change how the plan is shown: nothing that was sold depends on it. Raises RequestInvalid."""
    current = Plan.objects.select_for_update().select_related("product").get(pk=plan.pk)
    values = {"name": name, "is_listed": is_listed, "position": position}
    changed = {field: value for field, value in values.items() if getattr(current, field) != value}
    if not changed:
        return current
    for field, value in changed.items():
        setattr(current, field, value)
    checked(current).save(update_fields=list(changed))
    _record(actor, "plan.presented", current, changed)
    return current


@transaction.atomic
def new_version(
    *,
    actor: Actor,
    plan: Plan,
    device_limit: int,
    prices: Mapping[str, int],
    term_months: int = 12,
    code_days: int = 365,
    grace_days: int = 14,
    lease_days: int = 14,
    offline_lease_days: int = 90,
    swap_limit: int = 4,
    features: Sequence[str] = (),
    trial_days: int = 0,
    device_prices: Mapping[str, int] = NONE,
) -> PlanVersion:
    """What the plan is from now on; everything sold before keeps its version.

    `prices` gives whole minor units by currency (`{"EUR": 3995}`) for one term, tax included; `device_prices` the same
    for each device more, in the currencies in which some can be added.
    Raises ReferencePriceMissing, RequestInvalid.
    """
    product = Product.objects.get(pk=plan.product_id)
    if product.reference_currency not in prices:
        raise ReferencePriceMissing(currency=product.reference_currency)
    Plan.objects.select_for_update().get(pk=plan.pk)
    newest = plan.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = checked(
        PlanVersion(
            plan=plan,
            number=newest + 1,
            device_limit=device_limit,
            term_months=term_months,
            code_days=code_days,
            grace_days=grace_days,
            lease_days=lease_days,
            offline_lease_days=offline_lease_days,
            swap_limit=swap_limit,
            features=list(features),
            trial_days=trial_days,
        )
    )
    version.save(force_insert=True)
    if set(device_prices) - set(prices):
        raise RequestInvalid(field="device_prices")
    Price.objects.bulk_create(
        _price(version, currency, minor, device_prices.get(currency)) for currency, minor in prices.items()
    )
    _record(actor, "plan.versioned", plan, {"version": version.number, "devices": device_limit, "prices": dict(prices)})
    return version


def current(plan: Plan) -> PlanVersion | None:
    """The version sold today."""
    return plan.versions.order_by("-number").first()


def offers(product: Product) -> list[Offer]:
    """The listed plans of a product that can be sold, in the order of the page. Two queries."""
    return offers_of([product])


def offers_of(products: Sequence[Product]) -> list[Offer]:
    """The same for several products at once."""
    versions = (
        PlanVersion.objects.filter(plan__product__in=products, plan__is_listed=True)
        .select_related("plan__product")
        .prefetch_related("prices")
        .order_by("plan__position", "plan__slug", "plan_id", "-number")
        .distinct("plan__position", "plan__slug", "plan_id")
    )
    return [Offer(v.plan, v, {price.currency: price for price in v.prices.all()}) for v in versions]


def _price(version: PlanVersion, currency: str, minor: int, device_minor: int | None = None) -> Price:
    if not money.is_currency(currency) or not 0 <= minor < 2**31 or not 0 <= (device_minor or 0) < 2**31:
        raise RequestInvalid(field="prices")
    return Price(plan_version=version, currency=currency, minor=minor, device_minor=device_minor)


def _record(actor: Actor, action: str, plan: Plan, data: dict[str, Any]) -> None:
    audit.record(actor=actor, action=action, subject_type="plan", subject=plan.pk, data=data)
