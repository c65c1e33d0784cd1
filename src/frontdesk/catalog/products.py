"""Verbs on products."""

from typing import Any

from django.db import transaction

from frontdesk.catalog.models import Product
from frontdesk.catalog.validation import checked
from frontdesk.core import audit
from frontdesk.core.actors import Actor

SHOWN = ("tagline", "description", "icon")


@transaction.atomic
def create(
    *,
    actor: Actor,
    slug: str,
    name: str,
    tagline: str = "",
    description: str = "",
    icon: str = "package",
    reference_currency: str = "EUR",
    is_listed: bool = True,
) -> Product:
    """A new product. Its slug is built into every shipped copy and never changes. Raises NameTaken, RequestInvalid."""
    product = checked(
        Product(
            slug=slug,
            name=name,
            tagline=tagline,
            description=description,
            icon=icon,
            reference_currency=reference_currency,
            is_listed=is_listed,
        )
    )
    product.save(force_insert=True)
    _record(actor, "product.created", product, {"slug": slug, "name": name})
    return product


@transaction.atomic
def rename(*, actor: Actor, product: Product, name: str) -> Product:
    """Give the product another name; its slug stays. Raises RequestInvalid."""
    return _change(actor, "product.renamed", product, {"name": name})


@transaction.atomic
def describe(*, actor: Actor, product: Product, tagline: str, description: str, icon: str) -> Product:
    """Change what the product page says. Raises RequestInvalid."""
    values = {"tagline": tagline, "description": description, "icon": icon}
    return _change(actor, "product.described", product, values)


@transaction.atomic
def set_listed(*, actor: Actor, product: Product, is_listed: bool) -> Product:
    """Show the product on the public pages, or stop showing it; what was sold goes on working."""
    return _change(actor, "product.listed" if is_listed else "product.unlisted", product, {"is_listed": is_listed})


def _change(actor: Actor, action: str, product: Product, values: dict[str, Any]) -> Product:
    current = Product.objects.select_for_update().get(pk=product.pk)
    changed = {name: value for name, value in values.items() if getattr(current, name) != value}
    if not changed:
        return current
    for name, value in changed.items():
        setattr(current, name, value)
    checked(current).save(update_fields=list(changed))
    _record(actor, action, current, changed)
    return current


def _record(actor: Actor, action: str, product: Product, data: dict[str, Any]) -> None:
    audit.record(actor=actor, action=action, subject_type="product", subject=product.pk, data=data)
