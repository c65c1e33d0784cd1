"""A small catalogue and codes for tests."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from frontdesk.catalog.models import Plan, PlanVersion, Product
from frontdesk.core import clock
from frontdesk.licensing import codes
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Batch, BatchKind, Code, License
from frontdesk.licensing.seats import Device

PRODUCT = "halcyon-shield"


def plan_version(*, device_limit: int = 5, product: str = PRODUCT, **values: Any) -> PlanVersion:
    """A plan of its own with one version."""
    made, _ = Product.objects.get_or_create(slug=product, defaults={"name": product.replace("-", " ").title()})
    plan = Plan.objects.create(product=made, slug=f"plus-{uuid4().hex[:8]}", name="Plus")
    return PlanVersion.objects.create(plan=plan, number=1, device_limit=device_limit, **values)


def new_code(version: PlanVersion | None = None, *, kind: str = BatchKind.RETAIL, **values: Any) -> ParsedCode:
    """An issued, unused code; `values` go to the code's row."""
    version = version or plan_version()
    now = clock.now()
    batch = Batch.objects.create(plan_version=version, kind=kind, count=1, made=1, created_at=now, finished_at=now)
    code = codes.generate()
    Code.objects.create(hash=codes.digest(code), tail=code.tail, batch=batch, **values)
    return code


def license_of(code: ParsedCode) -> License:
    """The licence that a code was redeemed into."""
    found = Code.objects.get(hash=codes.digest(code)).license
    assert found is not None
    return found


def new_license(version: PlanVersion | None = None, **values: Any) -> License:
    """A licence without a code."""
    version = version or plan_version()
    now = clock.now()
    defaults = {"starts_at": now, "expires_at": now + timedelta(days=365), "created_at": now}
    return License.objects.create(product=version.plan.product, plan_version=version, **(defaults | values))


def device(name: str = "Ada's laptop", **values: str) -> Device:
    """A device; the name tells devices apart."""
    defaults = {"platform": "linux", "app_version": "3.2.0"}
    return Device(fingerprint=f"fingerprint of {name}", name=name, **(defaults | values))
