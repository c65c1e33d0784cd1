"""A stocked desk for tests of pages: a product with priced plans and downloads, customers with licences and devices."""

from io import BytesIO
from typing import Any

from django.core.files import File

from frontdesk.accounts.models import Person
from frontdesk.catalog import plans, products, releases
from frontdesk.catalog.models import Plan, PlanVersion, Product, ReleaseFile
from frontdesk.core import signing
from frontdesk.core.actors import Actor
from frontdesk.licensing import redemption, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, License
from tests.support.shop import device, new_code

SYSTEM = Actor.system("test")
NETWORK = "192.0.2.0/24"


def shield() -> Product:
    """Halcyon Shield, as the public pages show it."""
    found = Product.objects.filter(slug="halcyon-shield").first()
    return found or products.create(
        actor=SYSTEM,
        slug="halcyon-shield",
        name="Halcyon Shield",
        tagline="Quiet protection for every machine you own.",
        description="Works **in the background**.\n\n<script>alert(1)</script>",
        icon="shield-check",
    )


def plan(slug: str = "plus-3", name: str = "Plus", devices: int = 3, minor: int = 3000, **values: Any) -> PlanVersion:
    """A priced plan of the product."""
    product = shield()
    found = Plan.objects.filter(product=product, slug=slug).first()
    made = found or plans.create(actor=SYSTEM, product=product, slug=slug, name=name)
    current = plans.current(made)
    prices = values.pop("prices", {"EUR": minor})
    return current or plans.new_version(actor=SYSTEM, plan=made, device_limit=devices, prices=prices, **values)


def publish(
    version: str = "3.2.0", platforms: tuple[str, ...] = ("linux", "windows"), *, is_public: bool = True
) -> list[ReleaseFile]:
    """A published release, with keys of its own if there are none yet."""
    try:
        signing.signer("release")
    except signing.NoKeys:
        signing.rotate(root=signing.load_root(signing.new_root()[0]))
    notes = "- Starts twice as fast\n- <b>Fixes</b> a rare crash"
    release = releases.create(actor=SYSTEM, product=shield(), version=version, notes=notes, is_public=is_public)
    files = [
        releases.add_file(
            actor=SYSTEM,
            release=release,
            platform=platform,
            source_file=File(BytesIO(platform.encode() * 9000), name=f"shield-{version}-{platform}.bin"),
        )
        for platform in platforms
    ]
    releases.publish(actor=SYSTEM, release=release)
    return files


def licensed(person: Person, version: PlanVersion | None = None) -> tuple[License, ParsedCode]:
    """A licence that the person has from a shop card, and the card's code."""
    code = new_code(version or plan())
    done = redemption.redeem(actor=Actor.customer(person.pk), person=person, code_text=code.text, ip_prefix=NETWORK)
    return done.license, code


def seat(license: License, name: str = "Ada's laptop", platform: str = "linux") -> Activation:
    """A device on the licence."""
    taken = seats.take(actor=SYSTEM, device=device(name, platform=platform), license=license.pk)
    license.refresh_from_db()
    return Activation.objects.get(pk=taken.activation)
