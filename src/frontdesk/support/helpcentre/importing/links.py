"""What files of an import say of each other: pictures beside them, and links to other files of the folder."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import pictures
from frontdesk.support.helpcentre.errors import PictureRefused
from frontdesk.support.helpcentre.importing.front_matter import Document
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.helpcentre.writing import Writing

PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^)\s:]+\.(?:png|jpe?g|webp|gif))\)", re.IGNORECASE)


def settled(document: Document, *, article: Article, folder: Path, actor: Actor, done: Imported) -> Writing:
    """The writing with the addresses of its pictures, which are taken in from beside the file."""

    def taken(found: re.Match[str]) -> str:
        name = unquote(found[2])
        path = (folder / document.file).parent / name
        if name.startswith("/") or not path.resolve().is_relative_to(folder.resolve()):
            return found[0]
        try:
            with path.open("rb") as source:
                image = pictures.add(actor=actor, article=article, source=source)
        except (OSError, PictureRefused):
            done.doubtful[document.file] = f"the picture {name} cannot be taken"
            return found[0]
        return f"![{found[1]}]({image.address})"

    return replace(document.writing, body=PICTURE.sub(taken, document.writing.body))
