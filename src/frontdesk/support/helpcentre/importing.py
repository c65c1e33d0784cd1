"""`frontdesk help import FOLDER`: Markdown files with front matter (title, slug, category, language, keywords)."""

from dataclasses import dataclass, field
from pathlib import Path

from frontdesk.core.actors import Actor


@dataclass
class Imported:
    """What an import did, and what it could not read (file: why)."""

    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: dict[str, str] = field(default_factory=dict)


def import_folder(*, actor: Actor, folder: Path) -> Imported:
    """Take every *.md below the folder: a new article, a new revision, or nothing when it says the same; published.

    Front matter also knows summary, kind, product, reasons, related, position. A file that cannot be read is told of
    and left out; the others are taken.
    """
    raise NotImplementedError
