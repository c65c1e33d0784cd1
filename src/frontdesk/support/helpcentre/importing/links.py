"""What files of an import say of each other: pictures beside them, and links to other files of the folder."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from django.urls import reverse

from frontdesk.core.actors import Actor
from frontdesk.support.helpcentre import markdown, pictures
from frontdesk.support.helpcentre.errors import PictureRefused
from frontdesk.support.helpcentre.importing.front_matter import Document
from frontdesk.support.helpcentre.importing.outcome import Imported
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.helpcentre.writing import Writing

PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^)\s:]+\.(?:png|jpe?g|webp|gif))\)", re.IGNORECASE)
# Code is as it is; then links with their address in brackets, then those whose address stands at the end of the text.
LINK = re.compile(
    r"(?P<code>^ {0,3}(?P<fence>`{3,}|~{3,}).*?(?:^ {0,3}(?P=fence)|\Z)|(?P<ticks>`+)[^`\n]+(?P=ticks))"
    r"|(?P<before>\]\(|^ {0,3}\[[^\]\n]+\]:[ \t]+)(?P<open><?)(?P<target>[^\s()<>]+)(?P<close>>?)",
    re.DOTALL | re.MULTILINE,
)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|/", re.IGNORECASE)  # a scheme, or an address of the site
INDEX = ("", ".md", "/index.md", "/README.md")


@dataclass(frozen=True)
class Folder:
    """The folder of an import, and the slug of each of its files."""

    path: Path
    slugs: Mapping[str, str]

    def slug_of(self, file: str, target: str) -> str:
        """The slug of the file that a link in another leads to; empty where there is none."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), target))
        return next((self.slugs[path + end] for end in INDEX if path + end in self.slugs), "")


def settled(document: Document, *, article: Article, folder: Folder, actor: Actor, done: Imported) -> Writing:
    """The writing with the addresses of its pictures, which are taken in from beside the file, and of the articles
    that it leads to."""

    def taken(found: re.Match[str]) -> str:
        name = unquote(found[2])
        path = (folder.path / document.file).parent / name
        if name.startswith("/") or not path.resolve().is_relative_to(folder.path.resolve()):
            return found[0]
        try:
            with path.open("rb") as source:
                image = pictures.add(actor=actor, article=article, source=source)
        except (OSError, PictureRefused):
            done.doubtful[document.file] = f"the picture {name} cannot be taken"
            return found[0]
        return f"![{found[1]}]({image.address})"

    body = PICTURE.sub(taken, document.writing.body)
    return replace(document.writing, body=linked(body, document.file, folder, done))


def linked(body: str, file: str, folder: Folder, done: Imported) -> str:
    """The text with links to articles where it had some to files; what leads nowhere is told of."""

    def address(found: re.Match[str]) -> str:
        target = found["target"]
        if found["code"] or ELSEWHERE.match(target) or _is_picture(found, body):
            return found[0]
        path, hash_sign, anchor = unquote(target).partition("#")
        slug = folder.slug_of(file, path.partition("?")[0]) if path else ""
        if path and not slug:
            done.doubtful[file] = f"its link to {unquote(target)} leads to no file of the import"
            return found[0]
        page = reverse("helpcentre:article", args=[slug]) if slug else ""
        place = f"#{markdown.anchor_of(anchor)}" if anchor else hash_sign
        return f"{found['before']}{found['open']}{page}{place}{found['close']}"

    return LINK.sub(address, body) if "](" in body or "]:" in body else body


def _is_picture(found: re.Match[str], body: str) -> bool:
    """Whether what stands before the address is the end of a picture's words."""
    begins = body.rfind("[", 0, found.start()) if found["before"] == "](" else -1
    return begins > 0 and body[begins - 1] == "!"
