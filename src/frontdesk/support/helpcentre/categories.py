"""The shelves of the help centre."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.text import slugify
from lucide import IconDoesNotExist

from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre import notes
from frontdesk.support.helpcentre.models import Category
from frontdesk.ui.templatetags.ui import icon

# What else stands beneath /help/.
RESERVED = frozenset({"articles", "pictures", "search", "r"})
LONGEST_SLUG, LONGEST_TITLE, LONGEST_DESCRIPTION, LAST_POSITION = 80, 80, 300, 32_767
ICON = "book-open"


@dataclass(frozen=True)
class Shelving:
    """What a category says; titles and descriptions by language."""

    titles: Mapping[str, str] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)
    icon: str = ICON
    position: int = 0


def free_slug(text: str) -> str:
    """A category's slug made of a text. Raises RequestInvalid where nothing is left of it."""
    slug = slugify(text)[:LONGEST_SLUG].strip("-")
    if not slug:
        raise RequestInvalid(field="slug")
    return f"{slug}-articles" if slug in RESERVED else slug


def unused_slug(text: str) -> str:
    """A slug made of a text that no category has."""
    base, number = free_slug(text if slugify(text).strip("-") else "category"), 2
    slug = base
    while Category.objects.filter(slug=slug).exists():
        slug, number = f"{base[: LONGEST_SLUG - 6]}-{number}", number + 1
    return slug


@transaction.atomic
def save(*, actor: Actor, slug: str, shelving: Shelving) -> Category:
    """Make a category, or change the one that has this slug. Raises RequestInvalid."""
    titles, descriptions = _texts(shelving.titles), _texts(shelving.descriptions)
    _check("titles", titles, LONGEST_TITLE)
    _check("descriptions", descriptions, LONGEST_DESCRIPTION)
    if not titles or slug != free_slug(slug):
        raise RequestInvalid(field="slug" if titles else "titles")
    if not _is_icon(shelving.icon):
        raise RequestInvalid(field="icon")
    if not 0 <= shelving.position <= LAST_POSITION:
        raise RequestInvalid(field="position")
    values = {"titles": titles, "descriptions": descriptions, "icon": shelving.icon, "position": shelving.position}
    held = Category.objects.select_for_update(no_key=True).filter(slug=slug).first()
    if held is not None and all(getattr(held, name) == value for name, value in values.items()):
        return held
    category, _is_new = Category.objects.update_or_create(slug=slug, defaults=values)
    notes.about_category(category, actor=actor, action="category.saved")
    return category


def _is_icon(name: str) -> bool:
    """Whether pages can draw it: one that is not in the set would break the overview."""
    try:
        icon(name)
    except IconDoesNotExist:
        return False
    return True


def _texts(by_language: Mapping[str, str]) -> dict[str, str]:
    return {language: " ".join(text.split()) for language, text in by_language.items() if text.strip()}


def _check(name: str, texts: Mapping[str, str], longest: int) -> None:
    if any(len(text) > longest or "\0" in text for text in texts.values()):
        raise RequestInvalid(field=name)
