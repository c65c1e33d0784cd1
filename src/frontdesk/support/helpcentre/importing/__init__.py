"""`frontdesk help import FOLDER`: Markdown files with front matter (title, slug, category, language, keywords).

Files are read first, then taken in batches of a transaction each: a crash leaves whole articles, and the next run does
the rest. What ties articles together (reasons, related) comes at the end, when all are there.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from frontdesk.core.actors import Actor
from frontdesk.core.alone import alone
from frontdesk.core.errors import RequestInvalid
from frontdesk.support.helpcentre import categories
from frontdesk.support.helpcentre.categories import Shelving
from frontdesk.support.helpcentre.importing import batches, front_matter, ties
from frontdesk.support.helpcentre.importing.front_matter import Document, Unreadable
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.models import Category
from frontdesk.support.helpcentre.writing import language_code

__all__ = ["AlreadyRunning", "Imported", "import_folder"]
CATEGORIES = "categories.yaml"
BATCH = 200  # articles in a transaction


class AlreadyRunning(Exception):
    """Another import is under way."""


def import_folder(*, actor: Actor, folder: Path) -> Imported:
    """Take every *.md below the folder: a new article, a new revision, or nothing when it says the same; published.

    Front matter also knows summary, kind, product, reasons, related, position; what a file does not name stays as it
    is. A file that cannot be read is told of and left out; the others are taken. A category that nobody knows is made;
    categories.yaml says what they are called. Raises AlreadyRunning.
    """
    done = Imported()
    with alone("helpcentre import") as is_alone:
        if not is_alone:
            raise AlreadyRunning
        documents = list(_documents(folder, done))
        _take_categories(actor, folder, done)
        known = _categories_for(actor, documents)
        for batch in _batches(documents):
            batches.take(actor, batch, folder, known, done)
        ties.tie(actor, documents, done)
    done.same = len(documents) - done.new - done.changed
    return done


def _documents(folder: Path, done: Imported) -> Iterator[Document]:
    """In the order of their names, so that of two who claim the same it is always the same one that has it."""
    taken: dict[tuple[str, str], str] = {}
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in Path(name).parts) or not path.is_file():
            continue
        try:
            document = front_matter.read(path, name)
        except Unreadable as why:
            done.wrong[name] = str(why)
            continue
        other = taken.setdefault((document.slug, document.language), name)
        if other != name:
            done.wrong[name] = f"{other} has the slug {document.slug} in this language already"
            continue
        yield document


def _take_categories(actor: Actor, folder: Path, done: Imported) -> None:
    """What the file of categories says of them, if there is one."""
    if not (folder / CATEGORIES).is_file():
        return
    try:
        held = front_matter.read_mapping(folder / CATEGORIES)
    except Unreadable as why:
        done.wrong[CATEGORIES] = str(why)
        return
    for slug, said in held.items():
        try:
            categories.save(actor=actor, slug=slug, shelving=_shelving(said))
        except RequestInvalid as refusal:
            done.wrong[CATEGORIES] = f"{slug}: its {refusal.members['field']} cannot be"


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
    return {language_code(language): text for language, text in said.items()}


def _categories_for(actor: Actor, documents: Iterable[Document]) -> Mapping[str, Category]:
    """The category behind each name that files use: by slug, or by a title; unknown ones are made."""
    known: dict[str, Category] = {}
    for category in Category.objects.all():
        known[category.slug] = category
        for title in category.titles.values():
            known.setdefault(title.casefold(), category)
    for document in documents:
        name = document.category or ""
        if name and name.casefold() not in known:
            known[name.casefold()] = _made(actor, known, name, document.language)
    return known


def _made(actor: Actor, known: Mapping[str, Category], name: str, language: str) -> Category:
    try:
        slug = categories.free_slug(name)
    except RequestInvalid:
        slug = categories.free_slug(f"category-{name.encode().hex()[:40]}")  # a script that has no Latin letters
    title = name if name != slug else name.replace("-", " ").capitalize()
    return known.get(slug) or categories.save(
        actor=actor, slug=slug, shelving=Shelving({language: title[: categories.LONGEST_TITLE]})
    )


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """All languages of an article stay together."""
    by_slug: dict[str, list[Document]] = {}
    for document in documents:
        by_slug.setdefault(document.slug, []).append(document)
    slugs = sorted(by_slug)
    for start in range(0, len(slugs), BATCH):
        yield [document for slug in slugs[start : start + BATCH] for document in by_slug[slug]]
