"""Halcyon's codes and licences: unused codes, and licences in telling situations, each with its own past."""

import csv
import io
from datetime import timedelta
from functools import partial
from typing import Any

from frontdesk.accounts.models import Person
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.licensing import batches, codes, generation, licenses, redemption, seats
from frontdesk.licensing.models import BatchKind, Code, License
from frontdesk.project.demo.facts import DemoCode, Facts
from frontdesk.project.demo.sources import read

ACTOR = Actor.system("demo")
ADDRESS = "127.0.0.1"


def build_unused(facts: Facts) -> None:
    """Make the codes that nobody has used: good ones, and those that are refused for a reason."""
    rows = read("licences")
    for product, counts in rows["unused"].items():
        for plan, count in counts.items():
            _once(facts, f"unused {plan}", partial(_make, facts, f"{product}/{plan}", count, "unused"))
    for row in rows["codes"]:
        _once(facts, f"code {row['situation']}", partial(_build_code, facts, row))


def build_licenses(facts: Facts) -> None:
    """Make the licences, each as its customers would have: a code, the account or a device, further devices."""
    for row in read("licences")["licences"]:
        _once(facts, f"licence {row['situation']}", partial(_build_license, facts, row))


def _once(facts: Facts, step: str, build: Any) -> None:
    if step not in facts.done:
        build()
        facts.finish(step)


def _build_code(facts: Facts, row: dict[str, Any]) -> None:
    made = _make(facts, row["plan"], 1, row["situation"])
    if row.get("void"):
        batches.void_codes(actor=ACTOR, codes=[_row_of(made[0])], reason="demo")


def _build_license(facts: Facts, row: dict[str, Any]) -> None:
    owner = Person.objects.get(email=row["owner"]) if "owner" in row else None
    license: License | None = None
    for step in row["codes"]:
        with _days_ago(step["days_ago"]):
            (code,) = _make(facts, step["plan"], 1, row["situation"])
            if owner:
                license = redemption.redeem(
                    actor=Actor.customer(owner.pk), person=owner, code_text=code, ip_prefix=ADDRESS, license=license
                ).license
    for device in row["devices"]:
        with _days_ago(device["days_ago"]):
            _seat(device, code, license)
    if row.get("then") == "void":
        batches.void_codes(actor=ACTOR, codes=[_row_of(code)], reason="The card was reported stolen")
    if row.get("then") == "suspend" and license:
        licenses.suspend(actor=ACTOR, license=license, reason="The payment is disputed")


def _seat(device: dict[str, Any], code: str, license: License | None) -> None:
    machine = seats.Device(
        fingerprint=f"demo device {device['name']}",
        name=device["name"],
        platform=device["platform"],
        app_version=device["app_version"],
    )
    actor = Actor.system("demo")
    if license:
        seats.take(actor=actor, device=machine, license=license.pk)
    else:
        product = _row_of(code).batch.plan_version.plan.product.slug
        seats.take(actor=actor, device=machine, code=codes.parse(code), product=product)


def _make(facts: Facts, plan: str, count: int, situation: str) -> list[str]:
    """Codes of a batch of their own, noted among the facts."""
    product, _, slug = plan.partition("/")
    version = PlanVersion.objects.filter(plan__product__slug=product, plan__slug=slug).order_by("-number")[0]
    batch = batches.create(
        actor=ACTOR, plan_version=version, count=count, kind=BatchKind.RETAIL, label=f"Demo, {situation}", reason="demo"
    )
    generation.fill(batch.pk)
    listed = b"".join(batches.take_list(actor=ACTOR, batch=batch, as_="csv").chunks).decode()
    made = [row["code"] for row in csv.DictReader(io.StringIO(listed))]
    facts.codes += [DemoCode(code, slug, version.device_limit, situation) for code in made]
    facts.save()
    return made


def _row_of(code: str) -> Code:
    return Code.objects.get(hash=codes.digest(codes.parse(code)))


def _days_ago(days: int) -> Any:
    return clock.standing_at(-timedelta(days=days))
