"""Short names: what rules, macros and addresses know a thing by. Made of its name once, and never changed."""

from django.db.models import Model
from django.utils.text import slugify

LONGEST = 50


def unused(model: type[Model], name: str) -> str:
    """A short name that no other row of this table has."""
    wanted = slugify(name)[:LONGEST] or "x"
    slug, number = wanted, 1
    rows = model._default_manager  # noqa: SLF001 - documented; every model has it under this name
    while rows.filter(slug=slug).exists():
        number += 1
        slug = f"{wanted}-{number}"
    return slug
