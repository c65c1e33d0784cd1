"""A small catalogue: one product, a plan, signing keys, a public and a licensed release."""

from io import BytesIO

import pytest
from django.core.files import File

from frontdesk.catalog import plans, products, releases
from frontdesk.catalog.models import Plan, PlanVersion, Product, Release, ReleaseFile
from frontdesk.core import signing
from frontdesk.core.actors import Actor

SYSTEM = Actor.system("test")
CONTENT = bytes(range(256)) * 4000


def upload(content: bytes = CONTENT, name: str = "halcyon-shield-3.2.0.tar.gz") -> "File[bytes]":
    """A file as a form or a command hands it in."""
    return File(BytesIO(content), name=name)


@pytest.fixture
def keys(db: None) -> signing.Signer:
    """Signing keys, made under a fresh trust root, which is returned."""
    root = signing.load_root(signing.new_root()[0])
    signing.rotate(root=root)
    return root


@pytest.fixture
def product(db: None) -> Product:
    """Halcyon Shield."""
    return products.create(actor=SYSTEM, slug="halcyon-shield", name="Halcyon Shield")


@pytest.fixture
def plan(product: Product) -> Plan:
    """Plus, without a version."""
    return plans.create(actor=SYSTEM, product=product, slug="plus-5", name="Plus")


@pytest.fixture
def version(plan: Plan) -> PlanVersion:
    """Plus, five devices."""
    return plans.new_version(actor=SYSTEM, plan=plan, device_limit=5, prices={"EUR": 3995, "USD": 4295})


def publish(
    product: Product, version: str, *, platform: str = "linux", channel: str = "stable", is_public: bool = True
) -> ReleaseFile:
    """A published release with one file."""
    release = releases.create(actor=SYSTEM, product=product, version=version, channel=channel, is_public=is_public)
    file = releases.add_file(actor=SYSTEM, release=release, platform=platform, source_file=upload())
    releases.publish(actor=SYSTEM, release=release)
    return file


@pytest.fixture
def release(product: Product, keys: signing.Signer) -> Release:
    """A release that is not published."""
    return releases.create(actor=SYSTEM, product=product, version="3.2.0")


@pytest.fixture
def file(product: Product, keys: signing.Signer) -> ReleaseFile:
    """A file that is offered to everybody."""
    return publish(product, "3.2.0")
