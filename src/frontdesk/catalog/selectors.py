"""Reads of the catalogue for public pages."""

from frontdesk.catalog.models import Product
from frontdesk.core.errors import NotFound


def listed_products() -> list[Product]:
    """What the public pages show, by name."""
    return list(Product.objects.filter(is_listed=True).order_by("name", "slug"))


def listed_product(slug: str) -> Product:
    """One of them. Raises NotFound."""
    product = Product.objects.filter(slug=slug, is_listed=True).first()
    if product is None:
        raise NotFound
    return product
