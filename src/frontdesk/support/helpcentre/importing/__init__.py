"""`frontdesk help import FOLDER`: Markdown files with front matter (title, slug, category, language, keywords).

Files are read first, then taken in batches of a transaction each: a crash leaves whole articles, and the next run does
the rest. What ties articles together (reasons, related) comes at the end, when all are there.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from frontdesk.core.actors import Actor
from frontdesk.core.alone import alone
from frontdesk.support.helpcentre.importing import batches, front_matter, shelving, ties
from frontdesk.support.helpcentre.importing.batches import Taking
from frontdesk.support.helpcentre.importing.front_matter import Document, Unreadable
from frontdesk.support.helpcentre.importing.links import Folder
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.importing.shelving import Shelves

__all__ = ["AlreadyRunning", "Imported", "import_folder"]
BATCH = 200  # articles in a transaction


class AlreadyRunning(Exception):
    """Another import is under way."""


def import_folder(*, actor: Actor, folder: Path) -> Imported:
    """Take every *.md below the folder: a new article, a new revision, or nothing when it says the same; published.

    Front matter also knows summary, kind, product, audience (everybody, team), reasons, related, position; what a file
    does not name stays as it is. A file that cannot be read or kept is told of and left out; the others are taken. A
    category that nobody knows is made; categories.yaml says what they are called. Raises AlreadyRunning.
    """
    done = Imported()
    with alone("helpcentre import") as is_alone:
        if not is_alone:
            raise AlreadyRunning
        documents = list(_documents(folder, done))
        shelving.take_file(actor, folder, done)
        whole = Folder(folder, {document.file: document.slug for document in documents})
        taking = Taking(actor, whole, Shelves(actor, documents), done)
        for batch in _batches(documents):
            batches.take(taking, batch)
        taken = [document for document in documents if document.file not in done.wrong]
        ties.tie(actor, taken, done)
    done.same = len(taken) - done.new - done.changed
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


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """All languages of an article stay together."""
    by_slug: dict[str, list[Document]] = {}
    for document in documents:
        by_slug.setdefault(document.slug, []).append(document)
    slugs = sorted(by_slug)
    for start in range(0, len(slugs), BATCH):
        yield [document for slug in slugs[start : start + BATCH] for document in by_slug[slug]]
