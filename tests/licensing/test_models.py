"""Licences answer in domain words; the back office shows each row by a readable name."""

from datetime import timedelta

import pytest

from frontdesk.licensing.models import Activation, Batch, BatchKind, Code, License, RefusedActivation
from tests.licensing.conftest import Time
from tests.support.shop import new_code, new_license, plan_version

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("days", "changes", "status", "usable"),
    [
        (29, {}, "active", True),
        (30, {}, "grace", True),
        (36, {}, "grace", True),
        (37, {}, "expired", False),
        (37, {"suspended_at": True}, "suspended", False),
        (0, {"suspended_at": True, "refunded_at": True}, "refunded", False),
    ],
)
def test_a_licence_knows_its_status(time: Time, days: int, changes: dict[str, bool], status: str, usable: bool) -> None:
    license = new_license(plan_version(grace_days=7), expires_at=time.now + timedelta(days=30))
    for name in changes:
        setattr(license, name, time.now)
    moment = time.now + timedelta(days=days)
    assert (license.status_at(moment), license.is_usable_at(moment)) == (License.Status(status), usable)


def test_rows_have_readable_names(time: Time) -> None:
    code = new_code()
    batch, license = Batch.objects.get(), new_license()
    assert str(Code.objects.get()) == f"…{code.tail}"
    assert str(batch) == f"{BatchKind.RETAIL.label} 2026-11-01"
    batch.label = "Autumn"
    assert str(batch) == "Autumn"
    assert str(license) == f"Halcyon Shield Plus …{str(license.id)[-6:]}"
    assert str(Activation(name="Ada's laptop")) == "Ada's laptop"
    assert str(RefusedActivation(reason="license_expired")) == "license_expired"
