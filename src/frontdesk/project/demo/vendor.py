"""Halcyon's catalogue: products, plans, and releases with small real files."""

import io
import zipfile
from typing import Any

from django.core.files import File

from frontdesk.catalog import plans, products, releases
from frontdesk.catalog.models import Plan, Product, Release
from frontdesk.core.actors import Actor
from frontdesk.project.demo.sources import FOLDER, read

ACTOR = Actor.system("demo")


def build_catalog() -> None:
    """Make the products and plans that are not there yet, or that an earlier demo had without trial and devices."""
    for row in read("catalogue")["products"]:
        product = Product.objects.filter(slug=row["slug"]).first() or products.create(
            actor=ACTOR,
            slug=row["slug"],
            name=row["name"],
            tagline=row["tagline"],
            description=row["description"].strip(),
            icon=row["icon"],
        )
        for plan in row["plans"]:
            _build_plan(product, plan)


def _build_plan(product: Product, row: dict[str, Any]) -> None:
    plan = Plan.objects.filter(product=product, slug=row["slug"]).first() or plans.create(
        actor=ACTOR, product=product, slug=row["slug"], name=row["name"], position=row["position"]
    )
    current = plans.current(plan)
    if current and current.prices.filter(device_minor__isnull=False).exists():
        return
    plans.new_version(
        actor=ACTOR,
        plan=plan,
        device_limit=row["devices"],
        prices=row["prices"],
        term_months=12 * row["years"],
        code_days=365 * row["years"],
        features=row["features"],
        trial_days=row.get("trial_days", 0),
        device_prices=row["device_prices"],
    )


def build_releases() -> None:
    """Make and publish the releases that are not there yet; their files are signed by the release key."""
    for row in read("releases")["releases"]:
        product = Product.objects.get(slug=row["product"])
        release = Release.objects.filter(
            product=product, version=row["version"], channel=row["channel"]
        ).first() or releases.create(
            actor=ACTOR,
            product=product,
            version=row["version"],
            channel=row["channel"],
            notes=row["notes"].strip(),
            is_public=row["is_public"],
        )
        for platform in row["platforms"]:
            if not release.files.filter(platform=platform).exists():
                name = f"{product.slug}-{row['version']}-{platform}.zip"
                content = File(io.BytesIO(_archive(product.slug, row["version"], platform)), name=name)
                releases.add_file(actor=ACTOR, release=release, platform=platform, source_file=content)
        releases.publish(actor=ACTOR, release=release)


def _archive(product: str, version: str, platform: str) -> bytes:
    """A ZIP file, the same bytes each time."""
    texts = {path.name: path.read_text() for path in (FOLDER / "releases" / product).iterdir()}
    texts["VERSION"] = f"{product} {version} for {platform}\n"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(texts.items()):
            archive.writestr(zipfile.ZipInfo(f"{product}-{version}/{name}"), text)
    return buffer.getvalue()
