"""The categories of an import: what `categories.yaml` says of them, and the ones that files name."""

import re
import unicodedata
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre import categories
from frontdesk.support.helpcentre.categories import LONGEST_SLUG, LONGEST_TITLE, Shelving
from frontdesk.support.helpcentre.importing import front_matter
from frontdesk.support.helpcentre.importing.front_matter import Document, Unreadable
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.models import Category
from frontdesk.support.helpcentre.writing import language_code

FILE = "categories.yaml"
PARTING = re.compile(r"""[-\s,:;&/()'"!?–—’‘“”„«»]+""")
DIGEST = 8  # hexadecimal digits that tell names apart whose slugs are the same


def take_file(actor: Actor, folder: Path, done: Imported) -> None:
    """What the file of categories says of them, if there is one."""
    if not (folder / FILE).is_file():
        return
    try:
        held = front_matter.read_mapping(folder / FILE)
    except Unreadable as why:
        done.wrong[FILE] = str(why)
        return
    for slug, said in held.items():
        try:
            categories.save(actor=actor, slug=slug, shelving=_shelving(said))
        except RequestInvalid as refusal:
            done.wrong[FILE] = f"{slug}: its {refusal.members['field']} cannot be"


def _shelving(said: Any) -> Shelving:
    if not isinstance(said, dict):
        raise RequestInvalid(field="titles")
    position = str(said.get("position", "0"))
    if not position.isdecimal():
        raise RequestInvalid(field="position")
    texts = {name: _by_language(said.get(name, {}), name) for name in ("titles", "descriptions")}
    icon = str(said.get("icon", categories.ICON))
    return Shelving(texts["titles"], texts["descriptions"], icon, int(position))


def _by_language(said: Any, name: str) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(text, str) for text in said.values()):
        raise RequestInvalid(field=name)
    if any(front_matter.UNKEPT.search(text) for text in said.values()):
        raise RequestInvalid(field=name)
    return {language_code(language): text for language, text in said.items()}


class Shelves:
    """The category behind each name that files use: by slug, or by a title. Unknown ones are made."""

    def __init__(self, actor: Actor, documents: Iterable[Document]) -> None:
        self.actor = actor
        self.by_slug: dict[str, Category] = {}
        self.by_title: dict[str, Category] = {}
        for category in Category.objects.all():
            self._remember(category)
        for document in documents:
            if document.category and self.find(document.category) is None:
                made = self._made(document.category, document.language)
                self._remember(made)
                self.by_title[_title_key(document.category)] = made

    def find(self, name: str) -> Category | None:
        """The category that is called so; titles are kept as far as there is room for them."""
        return self.by_slug.get(name.casefold()) or self.by_title.get(_title_key(name))

    def named(self, name: str) -> Category:
        """The same, of a document of this import."""
        found = self.find(name)
        if found is None:
            raise LookupError(name)
        return found

    def _remember(self, category: Category) -> None:
        self.by_slug[category.slug] = category
        for title in category.titles.values():
            self.by_title.setdefault(_title_key(title), category)

    def _made(self, name: str, language: str) -> Category:
        """A slug that says all of the name is its category's, whatever an editor calls it now. Of one that leaves
        something out (C++ and C# are both c) this cannot be said: it is told apart."""
        slug = slugify(name)[:LONGEST_SLUG].strip("-")
        free = categories.free_slug(slug) if slug and _says_all(slug, name) else _told_apart(slug or "category", name)
        if free in self.by_slug:
            return self.by_slug[free]
        title = name if name != slug else name.replace("-", " ").capitalize()
        return categories.save(actor=self.actor, slug=free, shelving=Shelving({language: title[:LONGEST_TITLE]}))


def _title_key(title: str) -> str:
    return " ".join(title.split())[:LONGEST_TITLE].casefold()


def _says_all(slug: str, name: str) -> bool:
    """Whether the slug leaves nothing out but capitals, accents and what parts words."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return slug.replace("-", "") == PARTING.sub("", plain)


def _told_apart(slug: str, name: str) -> str:
    digest = sha256(" ".join(name.casefold().split()).encode()).hexdigest()[:DIGEST]
    return f"{slug[: LONGEST_SLUG - DIGEST - 1].rstrip('-')}-{digest}"
